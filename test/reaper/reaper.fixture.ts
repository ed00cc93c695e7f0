import type { Instant, LeaseId } from '../../core/ids.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import type { ManifestStore } from '../../manifest/store.ts';
import { fakeProvider, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import type { FakeLevel } from '../../providers/fake/log.ts';
import type { Remover } from '../../providers/provider.ts';
import type { PassLimits } from '../../reaper/limits.ts';
import { reap, type ReapDeps } from '../../reaper/reap.ts';
import { entryOf, memoryStore, noon, ours, putEntry } from '../manifest/manifest.fixture.ts';
import { newLease } from '../providers/conformance/harness.fixture.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';

export const secondsAfterNoon = (seconds: number): Instant => (noon + seconds * 1000) as Instant;

/** Short, so that no test waits. */
export const SHORT: PassLimits = {
  passMs: 2_000,
  readMs: 50,
  clockMs: 50,
  attemptMs: 50,
  retryMs: 1,
  atOnce: 4,
  slowMs: 10,
};

/** One lease of the fake vendor: whose, on what, which level, until when, and whether the vendor and the manifest know it. */
export type Lease = Readonly<{
  lease: LeaseId;
  account: string;
  resource: string;
  level: Exclude<FakeLevel, 'none'>;
  endsAt: Instant;
}>;

export const leaseOf = (over: Partial<Lease> = {}): Lease => ({
  lease: newLease(),
  account: 'ana',
  resource: 'orders',
  level: 'write',
  endsAt: noon,
  ...over,
});

/** A fake vendor whose clock is that of the reaper, and a manifest in memory. The time is 31 s after noon. */
export function world(over: Readonly<{ now?: Instant; vendorNow?: Instant }> = {}) {
  const { now = secondsAfterNoon(31), vendorNow = now } = over;
  const vendor = fakeVendor(memoryLog(), () => vendorNow);
  const provider = fakeProvider(vendor, () => vendorNow);
  const ids = new Map(['ana', 'bo'].map((name) => [name, vendor.makeAccount(name)]));
  for (const resource of ['orders', 'billing']) vendor.makeTarget(resource);
  const store: ManifestStore = memoryStore();
  let serial = 0;
  return {
    vendor,
    provider,
    store,
    async grant({ lease, account, resource, level, endsAt }: Lease) {
      const subject = { id: ids.get(account) ?? '', name: account };
      const target = { resource, level };
      await provider.ensurePresent({ lease, subject, target, level, endsAt }, neverAborts);
    },
    /** Writes the entry of a lease, signed with our key unless another one is passed. */
    async write(lease: Lease, entry: Partial<ManifestEntry> = {}, key = ours) {
      const { account, resource, level } = lease;
      serial += 1;
      const of = { lease: lease.lease, level, endsAt: lease.endsAt, serial };
      const at = { targetKey: resource, spec: { resource, level } };
      const subject = { id: ids.get(account) ?? '', name: account };
      await putEntry(store, entryOf({ ...of, ...at, subject, ...entry }), key);
    },
    unmark: ({ lease }: Lease) => vendor.log.append({ at: vendorNow, op: 'unmarked', lease }),
    /** One pass. */
    reap: (deps: Partial<ReapDeps> = {}) =>
      reap(
        {
          removers: new Map<string, Remover>([['fake', provider as Remover]]),
          readManifest: (signal) => readManifest(store, [ours.publicKey], signal),
          limits: SHORT,
          ...deps,
        },
        { now: () => now, signal: neverAborts },
      ),
  };
}

/** The changes of levels that Curfew sent, in their order. */
export const changesAt = ({ vendor }: ReturnType<typeof world>): readonly string[] =>
  vendor.log.read().flatMap((entry) => (entry.op === 'level-set' ? [`${entry.target} ${entry.level}`] : []));
