import { ELIGIBLE } from '../../core/request/commands.ts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { sweep } from '../../upkeep/sweep.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { levelsWritten } from '../requests/requests.fixture.ts';
import { approvedWithoutWorkflow, attempt } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { saveHistory } from './histories.ts';
import { firstLease, type WorkflowFixture, startWorkflowFixture } from './workflow.fixture.ts';
import { active, endRequest, workflowResult, expiringSoon } from './steps.fixture.ts';

let fixture: WorkflowFixture;
beforeAll(async () => {
  fixture = await startWorkflowFixture();
});
afterEach(async () => {
  await fixture.shiftClock(0);
  fixture.vendor.setLevel('ana', 'thing', 'none');
});
afterAll(() => fixture?.stop());

const recordEnd = (request: RequestId) =>
  fixture.ledger.record({
    request,
    name: 'end',
    via: 'workflow',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
const revoke = (deps: typeof fixture.deps, request: RequestId) =>
  revokeLease(deps, { lease: firstLease(request), expire: false, via: 'workflow', ...attempt });

test('standing access at a lower level is restored at the end (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const request = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('read');
});

test('standing access above the requested level is never lowered (I5, B16)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const request = await active(fixture);
  await endRequest(fixture, request);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, request)).toEqual([]);
});

test('access that somebody granted manually between two requests remains after the second request (B08)', async () => {
  const first = await active(fixture);
  await endRequest(fixture, first);
  fixture.vendor.setLevel('ana', 'thing', 'write');
  const second = await active(fixture);
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('write');
});

test('an account has the highest level of its live requests, and its prior level after the last end (I5, I6)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'read');
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  expect(fixture.levelOf()).toBe('admin');
  await endRequest(fixture, higher);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, lower);
  expect(fixture.levelOf()).toBe('read');
});

test('prior access that somebody revoked manually during a request is not restored at the end (I5)', async () => {
  fixture.vendor.setLevel('ana', 'thing', 'admin');
  const first = await active(fixture);
  fixture.vendor.setLevel('ana', 'thing', 'none');
  const second = await active(fixture);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, first);
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant that begins during a revocation observes the account only after the receipt of the revocation (F15, I5)', async () => {
  const [first, second] = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
  const elsewhere = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
  const grant = (request: RequestId) => grantLease(fixture.deps, { lease: firstLease(request), ...attempt });
  const before = fixture.providerControl.countOf('observe');
  await grant(first);
  const ofOneGrant = fixture.providerControl.countOf('observe') - before;
  let allowReceipt = (): void => undefined;
  const receiptAllowed = new Promise<void>((resolve) => (allowReceipt = resolve));
  const record: typeof fixture.ledger.record = async (step) => {
    if (step.name.startsWith('revoked/')) await receiptAllowed;
    return fixture.ledger.record(step);
  };
  await recordEnd(first);
  const revoking = revoke({ ...fixture.deps, ledger: { ...fixture.ledger, record } }, first);
  await until('the access is revoked at the provider', () => fixture.levelOf() === 'none' || undefined);
  const observations = fixture.providerControl.countOf('observe');
  const granting = grant(second);
  await grant(elsewhere); // It takes the same steps, and nothing delays it.
  expect(fixture.providerControl.countOf('observe')).toBe(observations + ofOneGrant);
  allowReceipt();
  await Promise.all([revoking, granting]);
  expect(fixture.levelOf()).toBe('write');
  await recordEnd(second);
  await revoke(fixture.deps, second);
  expect(fixture.levelOf()).toBe('none');
  await recordEnd(elsewhere);
  await revoke(fixture.deps, elsewhere);
});

test('a late revocation of a lease that is already revoked does not revoke the next lease (I5, F16)', async () => {
  const [first, second] = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
  await grantLease(fixture.deps, { lease: firstLease(first), ...attempt });
  await recordEnd(first);
  let allowLock = (): void => undefined;
  const lockAllowed = new Promise<void>((resolve) => (allowLock = resolve));
  let waitsForLock = false;
  const withLock: typeof fixture.ledger.withLock = async (key, work) => {
    waitsForLock = true;
    await lockAllowed;
    return fixture.ledger.withLock(key, work);
  };
  const late = revoke({ ...fixture.deps, ledger: { ...fixture.ledger, withLock } }, first);
  await until('the late revocation waits for its lock', () => waitsForLock || undefined);
  await revoke(fixture.deps, first);
  await grantLease(fixture.deps, { lease: firstLease(second), ...attempt });
  allowLock();
  await late;
  expect(fixture.levelOf()).toBe('write');
  await recordEnd(second);
  await revoke(fixture.deps, second);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant just after a revocation waits until the consistency window has passed (F15, I5)', async () => {
  const [first, second] = [await approvedWithoutWorkflow(fixture), await approvedWithoutWorkflow(fixture)];
  await grantLease(fixture.deps, { lease: firstLease(first), ...attempt });
  await recordEnd(first);
  await revoke(fixture.deps, first);
  const lagging = { ...fixture.providerControl.provider, consistencyWindowMs: 60_000 };
  const deps = { ...fixture.deps, providers: new Map([['fake', lagging]]) };
  const grantSecond = () => grantLease(deps, { lease: firstLease(second), ...attempt });
  await expect(grantSecond()).rejects.toMatchObject({
    code: 'not-verified',
    retryAfterMs: expect.any(Number),
  });
  expect(fixture.levelOf()).toBe('none');
  await fixture.shiftClock(61_000);
  await grantSecond();
  expect(fixture.levelOf()).toBe('write');
  await recordEnd(second);
  await revoke(deps, second);
  expect(fixture.levelOf()).toBe('none');
});

test('the end of a lower level has no effect at the provider while a higher level is live (I6)', async () => {
  const lower = await active(fixture);
  const higher = await active(fixture, { entitlement: 'top' });
  await endRequest(fixture, lower);
  expect(fixture.levelOf()).toBe('admin');
  expect(levelsWritten(fixture, lower)).toEqual(['write']);
  await endRequest(fixture, higher);
  expect(fixture.levelOf()).toBe('none');
});

test('the access of two equal requests is revoked at the second end, not at the first (B14)', async () => {
  const first = await expiringSoon(fixture);
  const second = await active(fixture);
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, second);
  expect(fixture.levelOf()).toBe('none');
  expect(await workflowResult(fixture, first)).toEqual({ ending: 'expired' });
  await saveHistory(fixture, first, 'overlapping');
});

test('a later and shorter request does not shorten the first request (B15)', async () => {
  const long = await active(fixture, { length: '8h' });
  const short = await expiringSoon(fixture);
  await fixture.waitForState(short, 'closed');
  expect(fixture.levelOf()).toBe('write');
  expect(await fixture.state(long)).toMatchObject({ kind: 'active' });
  await endRequest(fixture, long);
  expect(fixture.levelOf()).toBe('none');
});

test('a grant that begins during the revocation of another request remains (F16, F26)', async () => {
  const first = await active(fixture);
  const pausedCall = fixture.providerControl.pauseNext('ensureAbsent', 'after');
  const ending = fixture.answer(first, 'end', 'ana');
  await pausedCall.reached;
  const second = active(fixture);
  await fixture.waitForState(first, 'revoking');
  pausedCall.release();
  await ending;
  const live = await second;
  await fixture.waitForState(first, 'closed');
  expect(fixture.levelOf()).toBe('write');
  await endRequest(fixture, live);
  expect(fixture.levelOf()).toBe('none');
});

test('a request that was ended early is not revoked again at its original end (B19)', async () => {
  const first = await active(fixture);
  await endRequest(fixture, first);
  const second = await active(fixture, { length: '4h' });
  await fixture.shiftClock(1.5 * 3_600_000);
  expect((await sweep(fixture.deps)).revoked).toEqual([]);
  expect(fixture.levelOf()).toBe('write');
  await fixture.shiftClock(0);
  await endRequest(fixture, second);
});

test('two requests that end at the same moment cause one change at the provider (F26)', async () => {
  const [first, second] = [await active(fixture), await active(fixture)];
  await Promise.all([endRequest(fixture, first), endRequest(fixture, second)]);
  expect(fixture.levelOf()).toBe('none');
  expect(
    [...levelsWritten(fixture, first), ...levelsWritten(fixture, second)].filter((level) => level === 'none'),
  ).toHaveLength(1);
  // The third request has a new holding, whose prior level is none.
  const third = await active(fixture);
  await endRequest(fixture, third);
  expect(fixture.levelOf()).toBe('none');
});
