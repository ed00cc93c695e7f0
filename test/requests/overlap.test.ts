import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { until } from '../until.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, attempt } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const recordEnd = (request: RequestId) =>
  fixture.ledger.record({
    request,
    name: 'end',
    via: 'workflow',
    command: (_state, at) => ({ kind: 'end', by: 'ana' as PersonId, eligibility: ELIGIBLE, at }),
  });
const revoke = (deps: typeof fixture.deps, request: RequestId) =>
  revokeLease(deps, { lease: firstLease(request), via: 'workflow', ...attempt });

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
