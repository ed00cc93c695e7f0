import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answerClick,
  answered,
  approvedWithoutWorkflow,
  asked,
  granted,
  whileEdited,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

type Active = Extract<RequestState, { kind: 'active' }>;

async function activeRequest(more: Parameters<typeof approvedWithoutWorkflow>[1] = {}): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, more);
  await granted(fixture, request);
  return request;
}
const activeState = async (request: RequestId): Promise<Active> => {
  const state = await fixture.state(request);
  if (state.kind !== 'active') throw new Error(`it is ${state.kind}`);
  return state;
};

describe('a requester who asks for a later end', () => {
  test('gets an extension that the same people can approve, with a digest of its own and the later end', async () => {
    const request = await activeRequest();
    const before = await activeState(request);
    expect((await asked(fixture, request)).outcome.ok).toBe(true);
    const { extension, endsAt } = await activeState(request);
    expect(extension).toMatchObject({
      kind: 'pending',
      details: {
        minutes: 30,
        endsAt: before.endsAt + 30 * 60_000,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      requirements: { stages: before.requirements.stages, policy: before.requirements.policy },
      approvals: [],
    });
    expect(extension?.details.digest).not.toBe(before.details.digest);
    expect(endsAt).toBe(before.endsAt);
    expect(await fixture.ledger.readFreeText(request)).toMatchObject({
      reason: expect.stringMatching(/^incident 4312/),
      extension: 'the restore takes longer',
    });
    expect(JSON.stringify(await fixture.ledger.readTrail(request))).not.toContain('the restore');
  });

  test('has the end of the access as the latest time for an approval', async () => {
    const request = await activeRequest();
    await asked(fixture, request);
    const { extension, endsAt } = await activeState(request);
    expect(extension?.requirements.lapsesAt).toBe(endsAt);
  });

  test.each<[string, Parameters<typeof asked>[2], object]>([
    ['for a length that nobody can read', { length: 'soon' }, { code: 'length-unreadable' }],
    ['without a reason', { reason: ' \u200b ' }, { code: 'reason-missing' }],
    [
      'for longer than the entitlement allows in all (B55)',
      { length: '7h1m' },
      { code: 'too-long-in-total', longest: 480, left: 420 },
    ],
    ['for longer than any access may last', { length: '30d' }, { code: 'too-long-in-total', left: 420 }],
    ['for somebody else', { by: 'bo' }, { code: 'not-requester' }],
  ])('%s is refused, and the trail says so', async (_what, wanted, refusal) => {
    const request = await activeRequest();
    const { outcome } = await asked(fixture, request, wanted);
    expect(outcome).toMatchObject({ ok: false, error: refusal });
    expect(await fixture.kinds(request)).toMatch(/activated refused$/);
    expect((await activeState(request)).extension).toBeUndefined();
  });

  test('may use the whole length that the entitlement allows', async () => {
    const request = await activeRequest();
    expect((await asked(fixture, request, { length: '7h' })).outcome.ok).toBe(true);
  });

  test.each<[string, string, string, string, string]>([
    ['the length was lowered', 'catalogue.yaml', 'longest: 8h', 'longest: 1h', 'too-long-in-total'],
    ['their account changed', 'people.yaml', 'fake: ana', 'fake: anna', 'not-allowed'],
    ['what it grants changed', 'catalogue.yaml', 'level: write', 'level: admin', 'not-allowed'],
    ['its class changed', 'catalogue.yaml', 'class: confidential', 'class: internal', 'not-allowed'],
    ['they may not request it any more', 'catalogue.yaml', '[everyone]', '[group:owners]', 'not-allowed'],
    [
      'nobody can approve it any more',
      'people.yaml',
      'owners: [bo, cy]',
      'owners: [ana]',
      'nobody-can-approve',
    ],
    [
      'they are not active any more',
      'people.yaml',
      'name: Ana,',
      'name: Ana, active: false,',
      'unknown-person',
    ],
    [
      'the policy cannot be read (I14)',
      'catalogue.yaml',
      'title: The thing',
      'tilte: The thing',
      'not-allowed',
    ],
  ])('is judged by the policy of this moment: %s (I12)', async (_what, file, from, to, code) => {
    const request = await activeRequest();
    const { outcome } = await whileEdited(fixture, [file, from, to], () => asked(fixture, request));
    expect(outcome).toMatchObject({ ok: false, error: { code } });
  });

  test('has the route of this moment', async () => {
    const request = await activeRequest();
    const edit = ['people.yaml', 'owners: [bo, cy]', 'owners: [cy, dee]'] as const;
    await whileEdited(fixture, edit, () => asked(fixture, request));
    const { extension } = await activeState(request);
    expect(extension?.requirements.stages[0]?.approvers.map(({ person }) => person)).toEqual(['cy', 'dee']);
  });

  test('is asked once, however often the click is decided', async () => {
    const request = await activeRequest();
    const id = clickIdOf(uuidv7());
    await asked(fixture, request, { id });
    expect((await asked(fixture, request, { id })).outcome.ok).toBe(true);
    await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    expect((await asked(fixture, request, { id })).outcome.ok).toBe(true);
    expect((await fixture.kinds(request)).match(/extension-requested/g)).toHaveLength(1);
  });

  test('writes two reasons for two extensions, and the last one is read', async () => {
    const request = await activeRequest();
    await asked(fixture, request, { reason: 'the first' });
    await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    await asked(fixture, request, { reason: 'the second' });
    expect(await fixture.ledger.readFreeText(request)).toMatchObject({ extension: 'the second' });
    const texts = await rowsOf(
      fixture.url,
      `select body from event_free_text where request_id = $1 order by seq`,
      [request],
    );
    expect(texts).toEqual([{ body: 'the first' }, { body: 'the second' }]);
  });
});

describe('an answer while an extension waits', () => {
  test('with the digest of the extension approves it, and the workflow gets a wake-up', async () => {
    const request = await activeRequest();
    await asked(fixture, request);
    await asAdmin(async (owner) => void (await owner.query('delete from wake_up')), fixture.url);
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(outcome).toMatchObject({ value: [{ kind: 'extension-approved' }, { kind: 'extension-started' }] });
    expect(await rowsOf(fixture.url, 'select request_id from wake_up')).toEqual([{ request_id: request }]);
  });

  test('with the digest of the request approves nothing (I11)', async () => {
    const request = await activeRequest();
    const { details } = await activeState(request);
    await asked(fixture, request);
    const { outcome } = await answered(fixture, request, {
      kind: 'approve',
      by: 'cy',
      body: { digest: details.digest },
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
  });

  test('that denies it keeps the old end, and its reason is stored beside the events', async () => {
    const request = await activeRequest();
    const { endsAt } = await activeState(request);
    await asked(fixture, request);
    const denial = await answerClick(fixture, request, { kind: 'deny', by: 'cy' });
    await answered(fixture, request, {
      ...denial,
      by: 'cy',
      body: { ...denial.body, note: 'hand it over' },
    } as never);
    const state = await activeState(request);
    expect([state.endsAt, state.extension]).toEqual([endsAt, undefined]);
    expect(await fixture.kinds(request)).toMatch(/extension-requested extension-closed$/);
    expect(await fixture.ledger.readFreeText(request)).toMatchObject({ denial: 'hand it over' });
  });

  test('shows up in the list of those who can approve it, until each of them did', async () => {
    const request = await activeRequest();
    const listed = async (who: string) =>
      (await fixture.ledger.listRequests({ waitingFor: who as never })).map(({ id }) => id);
    expect(await listed('bo')).not.toContain(request);
    await asked(fixture, request);
    expect(await listed('bo')).toContain(request);
    expect(await listed('ana')).not.toContain(request);
    await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(await listed('bo')).not.toContain(request);
    expect(await listed('cy')).not.toContain(request);
  });
});
