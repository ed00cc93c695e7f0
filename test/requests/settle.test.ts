import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { SystemCommand } from '../../core/request/commands.ts';
import { ForgedCommand, settle } from '../../requests/settle.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, openedWithoutWorkflow } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const settled = (request: RequestId, command: SystemCommand, version = 0) =>
  settle(fixture.deps, { request, command, version, via: 'workflow' });
const HOSTILE = `a\0b\ud800${'💥'.repeat(LIMITS.endingReasonLength)}`;
const STORED = `ab\ufffd${'💥'.repeat(LIMITS.endingReasonLength - 3)}`;

test('a lapse counts only when the time is over by the ledger’s clock (I23)', async () => {
  const request = await openedWithoutWorkflow(fixture);
  expect((await settled(request, { kind: 'lapse' }, 2)).events).toEqual([]);
  expect(await fixture.state(request)).toMatchObject({ kind: 'pending' });
});

test('a lapse after the time closes the request, and returns the events from a version on', async () => {
  const request = await openedWithoutWorkflow(fixture);
  await fixture.shiftClock(8 * 3_600_000);
  expect((await settled(request, { kind: 'lapse' }, 2)).events).toMatchObject([
    { seq: 2, event: { kind: 'closed', ending: { kind: 'lapsed' } } },
  ]);
  expect((await fixture.ledger.readTrail(request)).at(-1)?.via).toBe('workflow');
});

test('why a request became void is recorded without invalid characters, and cut', async () => {
  const request = await openedWithoutWorkflow(fixture);
  await settled(request, { kind: 'void', why: HOSTILE });
  expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'voided', why: STORED } });
});

test.each([
  [{ fault: 'no-room' }, { kind: 'grant-failed', fault: 'no-room' }],
  [
    { fault: 'unknown', why: HOSTILE },
    { kind: 'grant-failed', fault: 'unknown', why: STORED },
  ],
] as const)('the failure %j starts the revocation', async (failure, ending) => {
  const request = await approvedWithoutWorkflow(fixture);
  await settled(request, { kind: 'fail-grant', ...failure });
  const state = await fixture.state(request);
  expect(state.kind === 'revoking' && state.ending).toEqual(ending);
});

test.each([
  'approve',
  'deny',
  'withdraw',
  'end',
  'deliver',
  'intend',
  'confirm-granted',
  'confirm-revoked',
  'expire',
])('a forged command to %s is an error, and records nothing (T11)', async (kind) => {
  const request = await openedWithoutWorkflow(fixture);
  const forged = { kind, by: 'bo', why: 'x'.repeat(200) };
  const error = await settled(request, forged as never).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ForgedCommand);
  expect(error).toMatchObject({
    name: 'ForgedCommand',
    message: `not a system command: ${JSON.stringify(forged).slice(0, 100)}`,
  });
  expect(await fixture.kinds(request)).toBe('requested judged');
});
