import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { openUndo } from '../../requests/undo.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { approvedWithoutWorkflow, attempt, granted } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.stop());

test('an undo has the levels and ends of the other leases whose grant is confirmed, and of no other one (I6)', async () => {
  const confirmed = await approvedWithoutWorkflow(fixture, { length: '8h' });
  const intended = await approvedWithoutWorkflow(fixture, { entitlement: 'top' });
  await granted(fixture, confirmed);
  const recover = fixture.providerControl.failFrom('ensurePresent');
  await expect(granted(fixture, intended)).rejects.toThrow();
  recover();
  const state = await fixture.state(confirmed);
  const request = await approvedWithoutWorkflow(fixture, { entitlement: 'look' });
  const { undo } = await granted(fixture, request);
  expect(openUndo(fixture.deps, firstLease(request), undo)?.others).toEqual([
    { level: 'write', endsAt: state.kind === 'active' ? state.endsAt : 0 },
  ]);
});

test('an undo is not used after a revocation with the ledger’s data, when the ledger goes away before it is asked what somebody changed (I6)', async () => {
  const request = await approvedWithoutWorkflow(fixture, { length: '2m' });
  const { undo } = await granted(fixture, request);
  fixture.vendor.setLevel('ana', 'thing', 'admin'); // so that there is something to ask
  await fixture.shiftClock(121_000);
  const away = () => Promise.reject(new Fault('ledger-unavailable', 'it is unavailable'));
  const ledger = { ...fixture.ledger, lastRevokedAt: away, canWrite: () => Promise.resolve(false) };
  const input = { lease: firstLease(request), via: 'workflow', ...(undo && { undo }), ...attempt } as const;
  await expect(revokeLease({ ...fixture.deps, ledger }, input)).rejects.toMatchObject({
    code: 'ledger-unavailable',
  });
  expect(fixture.providerControl.countOf('ensureAbsent')).toBe(1);
});
