import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clickIdOf, type LeaseId, leaseIdOf, type RequestId, requestIdOf } from '../../core/ids.ts';
import { accessKey } from '../../manifest/due.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import { sign } from '../../manifest/signature.ts';
import { never } from '../manifest/manifest.fixture.ts';
import { revokeLost } from '../../upkeep/sweep.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from './steps.fixture.ts';

const YEAR = 365 * 24 * 60 * 60;

let fixture: RequestsFixture;
beforeEach(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture?.stop());

/** Writes, as the role of a provider's process, a plan that is over and that has this lost lease, whose end is `seconds` away. */
const forge = ({ lease, entry, signed = 'forged', seconds }: Forged) =>
  asAdmin(async (owner) => {
    await owner.query(
      `with plan as (
           insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id)
           values ('forged', 0, 0, ledger_now(), 'eve', 'x', nextval('log_id')) returning id)
         insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
         select plan.id, $1, 'unknown', $2, $3, 'req_forged', $4, ledger_now() + $5 * interval '1 second' from plan`,
      [lease, JSON.stringify(entry), signed, 'subject' in entry ? accessKey(entry) : 'none', seconds],
    );
  }, fixture.url);
type Forged = Readonly<{ lease: LeaseId; entry: ManifestEntry; signed?: string; seconds: number }>;

const otherLease = (): LeaseId => leaseIdOf(requestIdOf(clickIdOf(randomUUID())), 0);
function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is missing');
  return value;
}
const manifest = () => defined(fixture.deps.manifest);
/** The request of an access that was granted, and the entry that the manifest has of it. */
async function withEntry() {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  const { entries } = await readManifest(manifest().store, manifest().publicKeys, never);
  return { request, entry: defined(entries.find(({ lease }) => lease === firstLease(request))) };
}
async function end(request: RequestId) {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}

describe('a row of a lost lease that a stolen login wrote (T24)', () => {
  test('keeps no access when no key of the manifest signed it (I1)', async () => {
    const { request, entry } = await withEntry();
    const lease = otherLease();
    await forge({ lease, entry: { ...entry, lease, level: 'admin' }, seconds: 30 * YEAR });
    await end(request);
    expect([fixture.levelOf(), (await fixture.state(request)).kind]).toEqual(['none', 'closed']);
  });

  test('removes no access of somebody else when no key of the manifest signed it', async () => {
    const { request, entry } = await withEntry();
    await end(request);
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    const lease = otherLease();
    await forge({ lease, entry: { ...entry, lease }, seconds: -1 });
    const { failedRevocations, problems } = await revokeLost(fixture.deps);
    expect([failedRevocations, problems]).toEqual([
      [
        {
          lease,
          why: `no key of the manifest signed the row of the lost lease ${lease}, so it ends nothing`,
        },
      ],
      [],
    ]);
    expect(fixture.levelOf()).toBe('admin');
  });

  test('removes no access of somebody else with the old entry of a lease that is over', async () => {
    const { request, entry } = await withEntry();
    const { lease } = entry;
    await end(request);
    fixture.vendor.setLevel('ana', 'thing', 'admin');
    await forge({ lease, entry, signed: sign(entry, manifest().privateKey), seconds: -1 });
    expect((await revokeLost(fixture.deps)).failedRevocations).toEqual([
      { lease, why: `the ledger has the grant of lease ${lease}, so it ends as every other lease` },
    ]);
    expect(fixture.levelOf()).toBe('admin');
  });

  test.each<[string, (entry: ManifestEntry, lease: LeaseId) => ManifestEntry]>([
    ['lease', (entry) => entry],
    ['access', (entry, lease) => ({ ...entry, lease, subject: { id: 'other', name: 'other' } })],
  ])('keeps no access with a signed entry of another %s (I1)', async (_what, other) => {
    const { request, entry } = await withEntry();
    const lease = otherLease();
    await forge({
      ...{ lease, entry: { ...entry, lease }, seconds: 30 * YEAR },
      signed: sign(other(entry, lease), manifest().privateKey),
    });
    await end(request);
    expect([fixture.levelOf(), (await fixture.state(request)).kind]).toEqual(['none', 'closed']);
  });

  test('leads to no receipt of the lease that it names when no key signed it (I4)', async () => {
    const { entry } = await withEntry();
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const lease = firstLease(request);
    await forge({ lease, entry: { ...entry, lease }, seconds: -1 });
    await expect(end(request)).rejects.toThrow(
      `no key of the manifest signed the row of the lost lease ${lease}`,
    );
    expect((await fixture.state(request)).kind).toBe('revoking');
  });

  test('stops no other end when its entry is none (I3)', async () => {
    await forge({ lease: otherLease(), entry: { serial: 1 } as ManifestEntry, seconds: -1 });
    const { failedRevocations, problems } = await revokeLost(fixture.deps);
    expect([failedRevocations.length, problems]).toEqual([1, []]);
  });
});
