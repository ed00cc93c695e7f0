import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import type { Step } from '../../ledger/request/record.ts';
import { ana, bo, sam } from '../core/request/request.fixture.ts';
import { openedIn } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

const approveBy =
  (by: PersonId, digest = 'd1'): Step['command'] =>
  (_state, at) => ({ kind: 'approve', by, digest, eligibility: ELIGIBLE, at });

/** A press of "Approve" by somebody, as the dispatcher records it. */
const press = (request: RequestId, by: PersonId, digest = 'd1') =>
  ledger.record({
    request,
    name: `click/${clickIdOf(uuidv7())}`,
    via: 'slack',
    command: approveBy(by, digest),
  });
/** A press of "Deny". */
const deny = (request: RequestId, by: PersonId) =>
  ledger.record({
    request,
    name: `click/${clickIdOf(uuidv7())}`,
    via: 'slack',
    command: (_state, at) => ({ kind: 'deny', by, digest: 'd1', eligibility: ELIGIBLE, hasReason: true, at }),
  });
const refusedIn = async (request: RequestId) =>
  (await ledger.readTrail(request)).flatMap(({ event }) =>
    event.kind === 'refused' ? [[event.by, event.refusal.code]] : [],
  );
const unsent = (request: RequestId) =>
  rows<{ step: string; repeated: boolean | null }>(
    `select body ->> 'step' as step, (body -> 'repeated')::boolean as repeated from outbox
      where request_id = $1 and sent_at is null order by id`,
    [request],
  );

test('two hundred refused presses of one person are one event, and each of them is refused', async () => {
  const request = await openedIn(ledger, { targets: [] });
  for (let time = 0; time < 200; time += 1)
    expect((await press(request, ana)).outcome).toEqual({ ok: false, error: { code: 'own-request' } });
  expect(await refusedIn(request)).toEqual([['ana', 'own-request']]);
  expect((await ledger.readTrail(request)).length).toBe(3);
});

test('a refusal that repeats an earlier one is recorded once too when no click is behind it', async () => {
  const request = await openedIn(ledger, { targets: [] });
  for (const name of ['first', 'second'])
    expect((await ledger.record({ request, name, via: 'cli', command: approveBy(ana) })).outcome.ok).toBe(
      false,
    );
  expect(await refusedIn(request)).toEqual([['ana', 'own-request']]);
});

test('the same person who is refused for another reason is one more event', async () => {
  const request = await openedIn(ledger, { targets: [] });
  for (const digest of ['old', 'old', 'd1', 'd1', 'd1']) await press(request, bo, digest);
  expect(await refusedIn(request)).toEqual([
    ['bo', 'changed'],
    ['bo', 'already-approved'],
  ]);
});

describe('a repeated refusal is the outcome of its click for ever, also when nobody stores it afterwards', () => {
  const refusal = { code: 'own-request' } as const;
  const decidedWithoutState = async (step: Omit<Step, 'command'>) =>
    ledger.recordRefusal(step, { by: ana, tried: 'approve', refusal });
  const decidedOnState = async (step: Omit<Step, 'command'>) =>
    (await ledger.record({ ...step, command: approveBy(ana) })).outcome;

  test.each([
    ['the state of the request', decidedOnState],
    ['what is known without the state', decidedWithoutState],
  ])('decided on %s', async (_what, refuse) => {
    const request = await openedIn(ledger, { targets: [] });
    const id = clickIdOf(uuidv7());
    await ledger.writeClick({
      id,
      request,
      via: 'cli',
      account: 'x',
      person: ana,
      kind: 'approve',
      body: {},
    });
    await press(request, ana);
    expect(await refuse({ request, name: `click/${id}`, via: 'cli' })).toEqual({ ok: false, error: refusal });
    expect(await ledger.clickOutcome(id)).toEqual({ kind: 'refused', refusal });
    expect(await ledger.takeClicks(['approve'], 10, 1_000)).toEqual([]);
  });
});

test('a click that was decided keeps its outcome when a refusal is recorded for it later', async () => {
  const request = await openedIn(ledger, { targets: [] });
  const step = { request, name: `click/${clickIdOf(uuidv7())}`, via: 'slack' } as const;
  const { outcome } = await ledger.record({ ...step, command: approveBy(bo) });
  const again = await ledger.recordRefusal(step, {
    ...{ by: bo, tried: 'approve', refusal: { code: 'unknown-person' } },
  });
  expect(again).toEqual(outcome);
  expect(await refusedIn(request)).toEqual([]);
});

test('another person, another reason and another attempt are events of their own', async () => {
  const request = await openedIn(ledger, { targets: [] });
  await press(request, ana);
  await press(request, sam);
  await press(request, 'tom' as PersonId);
  await press(request, bo, 'd0');
  await press(request, bo, 'd0');
  await press(request, ana);
  await deny(request, ana);
  await deny(request, ana);
  expect(await refusedIn(request)).toEqual([
    ['ana', 'own-request'],
    ['sam', 'not-an-approver'],
    ['tom', 'not-an-approver'],
    ['bo', 'changed'],
    ['ana', 'own-request'],
  ]);
});

test('whoever presses again is told again, once while Slack is unavailable, and the card is not drawn for it', async () => {
  const request = await openedIn(ledger, { targets: [] });
  await press(request, ana);
  await press(request, ana); // the first one is not told yet, and tells the same
  expect((await unsent(request)).map(({ repeated }) => repeated)).toEqual([null, null]);
  await rows('update outbox set sent_at = ledger_now() where request_id = $1', [request]);
  for (let time = 0; time < 50; time += 1) await press(request, ana);
  expect((await unsent(request)).map(({ repeated }) => repeated)).toEqual([true]);
  const [told] = await rows(
    `select body -> 'from' as from, body -> 'to' as to from outbox where request_id = $1 and sent_at is null`,
    [request],
  );
  expect(told).toEqual({ from: 2, to: 3 }); // the event of the first refusal
});

test('whoever presses again is told again while another event of the request is not told yet', async () => {
  const request = await openedIn(ledger, { targets: [] });
  for (const by of [ana, sam]) await press(request, by);
  await rows(`update outbox set sent_at = ledger_now() where request_id = $1 and body -> 'from' = '2'`, [
    request,
  ]);
  await press(request, ana);
  expect((await unsent(request)).map(({ repeated }) => repeated)).toEqual([null, null, true]);
});

test('a refusal that was decided before there was a request is recorded once for each reason', async () => {
  const request = await openedIn(ledger, { targets: [] });
  const refused = { by: null, tried: 'approve', refusal: { code: 'unknown-person' } } as const;
  for (let time = 0; time < 20; time += 1)
    await ledger.recordRefusal({ request, name: `click/${clickIdOf(uuidv7())}`, via: 'slack' }, refused);
  expect(await refusedIn(request)).toEqual([[null, 'unknown-person']]);
});

test('accounts that nobody has are told apart by why they may do nothing (I19)', async () => {
  const request = await openedIn(ledger, { targets: [] });
  const whys = ['guest', 'bot', 'guest', 'bot', 'deactivated'] as const;
  for (const why of whys)
    await ledger.recordRefusal(
      { request, name: `click/${clickIdOf(uuidv7())}`, via: 'slack' },
      { by: null, tried: 'approve', refusal: { code: 'not-a-member', why } },
    );
  const trail = await ledger.readTrail(request);
  expect(
    trail.flatMap(({ event }) =>
      event.kind === 'refused' && 'why' in event.refusal ? event.refusal.why : [],
    ),
  ).toEqual(['guest', 'bot', 'deactivated']);
});
