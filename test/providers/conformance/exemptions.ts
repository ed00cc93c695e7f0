import { expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import { intentFor, type Exempt, type ProviderFixture } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

/** What the vendor must not have, so that the cases of one kind may be left out. */
const LACKS: Record<keyof Exempt, <T>(fixture: ProviderFixture<T>) => unknown> = {
  standing: ({ vendor }) => vendor.setLevel,
  account: ({ vendor }) => vendor.recreateAccount ?? vendor.renameAccount ?? vendor.deleteAccount,
  'target-deleted': ({ vendor }) => vendor.deleteTarget,
  'target-renamed': ({ vendor }) => vendor.renameTarget,
  'ignored-write': ({ faults }) => faults.ignoreNextWrite,
  stale: ({ faults }) => faults.staleReads,
  throttled: ({ faults }) => faults.throttleNextCall,
  preflight: ({ underprivileged }) => underprivileged,
  'target-recreated': ({ vendor }) => vendor.recreateTarget,
  owner: ({ vendor }) => vendor.renameOwner,
  'read-back': ({ faults }) => faults.beforeReadBack,
  changed: ({ vendor }) => vendor.changeGranted,
  'throttled-long': ({ faults }) => faults.throttleNextCallFor,
  conflict: ({ faults }) => faults.conflictNextWrite,
  narrowed: ({ faults }) => faults.narrowCredential,
  'narrowed-after': ({ faults }) => faults.narrowAfterNextWrite,
  pages: ({ vendor }) => vendor.fillTarget,
  'late-write': ({ faults }) => faults.lateNextWrite,
  use: async (fixture) => {
    const { lease, subject, target } = await intentFor(fixture);
    const now = Date.now() as Instant;
    const use = await fixture.provider
      .readUse({ lease, subject, target, grantedAt: now, now }, neverAborts)
      .catch(() => undefined);
    return use?.kind === 'known' ? use : undefined;
  },
  found: async (fixture) => {
    if (!fixture.vendor.setLevel) return undefined;
    const intent = await intentFor(fixture);
    return (await fixture.provider.ensurePresent(intent, neverAborts)).found;
  },
  marks: async (fixture) => {
    await fixture.provider.ensurePresent(await intentFor(fixture), neverAborts);
    return (await fixture.provider.listManaged(neverAborts))[0];
  },
};

/** Checks that each kind of case that the provider leaves out is impossible at its vendor. */
export function exemptions<T>(exempt: Exempt, open: () => Promise<ProviderFixture<T>>): void {
  for (const [kind, reason] of Object.entries(exempt) as [keyof Exempt, string][])
    test(`the cases of the kind "${kind}" do not apply: ${reason}`, async () => {
      expect(await LACKS[kind](await open())).toBeUndefined();
    });
}
