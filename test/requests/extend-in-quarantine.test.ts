import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, asked, attempt, extended } from './steps.fixture.ts';

let fixture: RequestsFixture;
let request: RequestId;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
beforeEach(async () => {
  request = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
  for (const lease of leases()) await grantLease(fixture.deps, { lease, ...attempt });
  await asked(fixture, request);
});
afterEach(async () => {
  await quarantineEnded();
  await answered(fixture, request, { kind: 'end', by: 'ana' });
});
afterAll(() => fixture?.stop());

/** The processes of providers, whose vendor stores the end (A), or stores none, so that the manifest must have it (C). */
const withEnforcement = (
  enforcement: 'A' | 'C',
): Pick<RequestsFixture, 'deps' | 'ledger' | 'state' | 'url'> => {
  const { deps } = fixture;
  const fake = deps.providers.get('fake');
  if (!fake) throw new Error('there is no simulated vendor');
  const providers = new Map([...deps.providers, ['fake', { ...fake, enforcementClass: () => enforcement }]]);
  return { ...fixture, deps: { ...deps, providers } };
};
const leases = (): readonly LeaseId[] => [firstLease(request), leaseIdOf(request, 1)];
const approved = async () => {
  for (const by of ['bo', 'cy']) await answered(fixture, request, { kind: 'approve', by });
};
const quarantined = () =>
  fixture.ledger.quarantine({ reason: 'restored', ledgerSerial: 1, manifestSerial: 2, plan: [] });
const quarantineEnded = () =>
  rowsOf(
    fixture.url,
    `update quarantine set ended_at = ledger_now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null returning id`,
  );
const endsAtVendor = () =>
  leases().map((lease) => fixture.vendor.state().marks.find((mark) => mark.lease === lease)?.endsAt);
const endInLedger = async () => {
  const state = await fixture.state(request);
  return 'endsAt' in state ? state.endsAt : undefined;
};

describe.each(['A', 'C'] as const)(
  'while the ledger is in quarantine, for enforcement class %s (I25)',
  (enforcement) => {
    test('an extension that was approved before moves no end, at the provider or in the ledger', async () => {
      await approved();
      const before = [...endsAtVendor(), await endInLedger()];
      await quarantined();
      for (const lease of leases())
        await expect(extended(withEnforcement(enforcement), request, lease)).rejects.toMatchObject({
          code: 'quarantine',
        });
      expect([...endsAtVendor(), await endInLedger()]).toEqual(before);
      expect(await fixture.kinds(request)).not.toContain('extended');
    });

    test('an extension whose first lease has the later end does not move that of the second one', async () => {
      await approved();
      const [, second] = endsAtVendor();
      const end = await endInLedger();
      await extended(withEnforcement(enforcement), request);
      await quarantined();
      await expect(
        extended(withEnforcement(enforcement), request, leaseIdOf(request, 1)),
      ).rejects.toMatchObject({
        code: 'quarantine',
      });
      expect(endsAtVendor()[1]).toBe(second);
      expect(await endInLedger()).toBe(end);
    });
  },
);

test('nobody gives the last approval of an extension while the ledger is in quarantine (I25)', async () => {
  await answered(fixture, request, { kind: 'approve', by: 'bo' });
  await quarantined();
  expect((await answered(fixture, request, { kind: 'approve', by: 'cy' })).outcome).toMatchObject({
    ...{ ok: false, error: { code: 'quarantine' } },
  });
  expect(await fixture.kinds(request)).not.toContain('extension-started');
});

test('the extension moves the end after the quarantine ended', async () => {
  await approved();
  const end = (await endInLedger()) ?? 0;
  await quarantined();
  await expect(extended(fixture, request)).rejects.toMatchObject({ code: 'quarantine' });
  await quarantineEnded();
  for (const lease of leases()) await extended(fixture, request, lease);
  expect(await endInLedger()).toBe(end + 30 * 60_000);
});
