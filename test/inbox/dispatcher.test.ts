import { ELIGIBLE } from '../../core/request/commands.ts';
import { expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { isAnswer, recordAnswer } from '../../requests/answer.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { BLANK } from '../../core/request/state.ts';
import { ok } from '../../core/result.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { type Click } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { grantedIn, openedIn } from '../ledger/ledger.fixture.ts';
import { ledger, rows } from '../ledger/own-ledger.fixture.ts';

const click = (kind: 'end' | 'approve' | 'deny' | 'withdraw', by: PersonId, on?: RequestId): Click => {
  const id = clickIdOf(uuidv7());
  const request = on ?? requestIdOf(id);
  return { id, request, via: 'cli', account: by, person: by, kind, body: { digest: 'd1', note: 'no' } };
};

const openRequest = () => openedIn(ledger, { targets: [] });
const everyoneIsEligible = { eligibility: () => Promise.resolve(ELIGIBLE) };
const record = (each: Parameters<typeof recordAnswer>[1]) =>
  recordAnswer({ ledger, policy: everyoneIsEligible as unknown as Policy }, each);
const dependencies = {
  isAnswer,
  recordAnswer: record,
  checkAccount: () => Promise.resolve(undefined),
  onError: (error: unknown) => console.error(error),
};

test('a denial counts from the moment it is written, also while Temporal is down, and no later approval replaces it (B22)', async () => {
  const request = await openRequest();
  let isTemporalDown = true;
  const dispatcher = startDispatcher({
    ledger,
    ...dependencies,
    workflows: {
      start: () => Promise.resolve(),
      answer: () =>
        isTemporalDown
          ? Promise.reject(new Error('Temporal does not answer'))
          : Promise.resolve({ kind: 'no-workflow' }),
    },
  });
  const denial = click('deny', cy, request);
  await ledger.writeClick(denial);
  const kinds = async () => (await ledger.readTrail(request)).map(({ event }) => event.kind).join(' ');
  await until('it is denied', async () => (await kinds()) === 'requested judged closed' || undefined);
  expect(await ledger.clickOutcome(denial.id)).toBeUndefined(); // the workflow does not know of it yet
  const approval = click('approve', bo, request);
  await ledger.writeClick(approval);
  isTemporalDown = false;
  expect(await until('the approval is answered', () => ledger.clickOutcome(approval.id))).toMatchObject({
    kind: 'refused',
    refusal: { code: 'wrong-state', ending: { kind: 'denied', by: cy } },
  });
  expect(await until('the denial is settled', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered-by-ledger',
  });
  await dispatcher.stop();
});

test('an approval is not delayed by a hundred ends that wait for a provider (F32)', async () => {
  const waiting = new Set<string>();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const dispatcher = startDispatcher({
    ledger,
    workflows: {
      start: () => Promise.resolve(),
      async answer(_request, { click: id, kind }) {
        if (kind === 'end') {
          waiting.add(id);
          await released;
        }
        return { kind: 'answered', result: { state: 'closed' } };
      },
    },
    ...dependencies,
    recordAnswer: async () => ({ outcome: ok([]), state: BLANK, trail: [] }),
  });
  const ends = Array.from({ length: 100 }, () => click('end', ana));
  for (const each of ends) await ledger.writeClick(each);
  await until('all ends wait', () => waiting.size === ends.length || undefined);

  const approval = click('approve', bo);
  await ledger.writeClick(approval);
  await until('the approval is settled', () => ledger.clickOutcome(approval.id));
  const [end] = ends;
  expect(end && (await ledger.clickOutcome(end.id))).toBeUndefined();
  release();
  for (const each of ends) await until('the end is settled', () => ledger.clickOutcome(each.id));
  await dispatcher.stop();
});

test('a denial, a withdrawal and an end count while a hundred approvals wait for Slack and for Temporal (F06, F20, I14)', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let waiting = 0;
  const dispatcher = startDispatcher({
    ledger,
    ...dependencies,
    workflows: { start: () => released, answer: () => Promise.resolve({ kind: 'no-workflow' }) },
    async checkAccount({ kind }) {
      if (kind === 'approve') {
        waiting += 1;
        await released;
      }
      return undefined;
    },
  });
  const approvals = Array.from({ length: 100 }, () => click('approve', bo));
  for (const each of approvals) await ledger.writeClick(each);
  await until('as many approvals wait as can wait at once', () => waiting >= 32 || undefined);
  const active = await grantedIn(ledger);
  const answers = [
    click('deny', cy, await openRequest()),
    click('withdraw', ana, await openRequest()),
    click('end', ana, active),
  ];
  for (const each of answers) await ledger.writeClick(each);
  for (const { id, kind } of answers)
    expect(await until(`the click to ${kind} is settled`, () => ledger.clickOutcome(id))).toEqual({
      kind: 'answered-by-ledger',
    });
  expect(waiting).toBe(32); // as many as may wait at the same time
  release();
  for (const each of approvals) await until('the approval is answered', () => ledger.clickOutcome(each.id));
  await dispatcher.stop();
});

test('each queue asks for the clicks of its own kinds, which are tried again after two seconds', async () => {
  const asked: unknown[] = [];
  const takeClicks: typeof ledger.takeClicks = (...args) => Promise.resolve((asked.push(args), []));
  const watch: typeof ledger.watch = (channel, look) => {
    asked.push(channel);
    void look();
    return { stop: () => Promise.resolve() };
  };
  const workflows = {
    start: () => Promise.resolve(),
    answer: () => Promise.resolve({ kind: 'no-workflow' } as const),
  };
  const queues = startDispatcher({ ...dependencies, workflows, ledger: { ...ledger, takeClicks, watch } });
  await queues.stop();
  expect(asked).toEqual([
    ...['curfew_click', [['end', 'withdraw', 'deny'], 32, 2_000]],
    ...['curfew_click', [['request', 'approve'], 32, 2_000]],
  ]);
});

test('a queue never asks for more clicks than may still wait at the same time', async () => {
  const asked: number[] = [];
  let look: () => Promise<unknown> = () => Promise.resolve();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const queues = startDispatcher({
    ...dependencies,
    workflows: { start: () => released, answer: () => Promise.resolve({ kind: 'no-workflow' }) },
    checkAccount: () => released.then(() => ({ code: 'not-a-member', why: 'guest' }) as const),
    ledger: {
      ...ledger,
      recordRefusal: () => Promise.resolve(),
      storeOutcome: () => Promise.resolve(),
      takeClicks(_kinds, most) {
        asked.push(most);
        return Promise.resolve(Array.from({ length: Math.min(most, 10) }, () => click('approve', bo)));
      },
      watch(_channel, looks) {
        look = looks; // that of the second queue, which is started last
        return { stop: () => Promise.resolve() };
      },
    },
  });
  for (let time = 0; time < 4; time += 1) await look();
  expect(asked).toEqual([32, 22, 12, 2]);
  const waits = look();
  expect(asked).toHaveLength(4); // until one of them has its outcome
  release();
  await waits;
  expect(asked).toHaveLength(5);
  await queues.stop();
});

test('a full queue goes on as soon as one of its clicks is done, while all others still wait', async () => {
  let look: () => Promise<unknown> = () => Promise.resolve();
  const releases: (() => void)[] = [];
  const taken: Click[] = [];
  const queues = startDispatcher({
    ...dependencies,
    workflows: {
      start: () => Promise.resolve(),
      answer: () => Promise.resolve({ kind: 'answered', result: { state: 'active' } }),
    },
    checkAccount: () => new Promise((done) => releases.push(() => done(undefined))),
    ledger: {
      ...ledger,
      storeOutcome: () => Promise.resolve(),
      takeClicks(_kinds, most) {
        const found = Array.from({ length: most }, () => click('approve', bo));
        taken.push(...found);
        return Promise.resolve(found);
      },
      watch(_channel, looks) {
        look = looks; // that of the second queue, which is started last
        return { stop: () => Promise.resolve() };
      },
    },
  });
  await look();
  const waits = look();
  expect(taken).toHaveLength(32);
  releases.splice(7, 1).forEach((release) => release());
  await waits;
  expect(taken).toHaveLength(33);
  releases.forEach((release) => release());
  await queues.stop();
});

test('an inbox that cannot be read is reported, and is read again', async () => {
  const errors: unknown[] = [];
  let isAway = true;
  const away = new Error('the ledger is away');
  const dispatcher = startDispatcher({
    ...dependencies,
    ledger: {
      ...ledger,
      takeClicks: (...args) => (isAway ? Promise.reject(away) : ledger.takeClicks(...args)),
    },
    workflows: { start: () => Promise.resolve(), answer: () => Promise.resolve({ kind: 'no-workflow' }) },
    onError: (error) => errors.push(error),
  });
  await until('both queues are reported', () => errors.length >= 2);
  isAway = false;
  const denial = click('deny', cy, await openRequest());
  await ledger.writeClick(denial);
  expect(await until('the denial is settled', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered-by-ledger',
  });
  expect(new Set(errors)).toEqual(new Set([away]));
  await dispatcher.stop();
});

test('a click whose outcome cannot be stored is reported, and is dispatched again', async () => {
  const reported: unknown[] = [];
  const away = new Error('the ledger is away');
  let isAway = true;
  const dispatcher = startDispatcher({
    ...dependencies,
    ledger: {
      ...ledger,
      async storeOutcome(...outcome) {
        if (isAway) throw away;
        await ledger.storeOutcome(...outcome);
      },
    },
    workflows: { start: () => Promise.resolve(), answer: () => Promise.resolve({ kind: 'no-workflow' }) },
    onRetry(each, error) {
      reported.push([each.id, error]);
      isAway = false;
    },
  });
  const denial = click('deny', cy, await openRequest());
  await ledger.writeClick(denial);
  expect(await until('the denial is settled', () => ledger.clickOutcome(denial.id))).toEqual({
    kind: 'answered-by-ledger',
  });
  await dispatcher.stop();
  expect(reported).toEqual([[denial.id, away]]);
});

test('a click that is still being dispatched is not dispatched again, although it is due again (F18)', async () => {
  const dispatched: string[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const dispatcher = startDispatcher({
    ledger,
    ...dependencies,
    recordAnswer: async () => ({ outcome: ok([]), state: BLANK, trail: [] }),
    workflows: {
      start: () => Promise.resolve(),
      async answer(_request, { click: id }) {
        dispatched.push(id);
        if (id === slow.id) await released;
        return { kind: 'answered', result: { state: 'closed' } };
      },
    },
  });
  const slow = click('end', ana);
  await ledger.writeClick(slow);
  await until('it is dispatched', () => dispatched.length === 1);
  await rows('update click set next_try_at = ledger_now() where id = $1', [slow.id]);
  const other = click('end', ana);
  await ledger.writeClick(other);
  await until('the other click is settled', () => ledger.clickOutcome(other.id));
  const taken = await rows('select from click where id = $1 and next_try_at > ledger_now()', [slow.id]);
  expect([taken.length, dispatched]).toEqual([1, [slow.id, other.id]]);
  release();
  await until('it is settled', () => ledger.clickOutcome(slow.id));
  await dispatcher.stop();
});
