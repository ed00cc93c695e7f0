import { expect, test } from '@jest/globals';
import { claimRemoval, mayRemove } from '../../requests/findings/may-remove.ts';
import type { LeaseAtProvider } from '../../requests/lease-at-provider.ts';

const current = {
  lease: { id: 'lease_1' },
  provider: { name: 'fake', targetKey: () => 'thing' },
  target: {},
} as unknown as LeaseAtProvider;

/** Whether a look may revoke, and whether it gets a place, at a target of ten members of which so many were revoked within the hour. */
async function asked(isQuarantined: boolean, count: number): Promise<readonly boolean[]> {
  const removals = { count, members: 10 };
  const deps = {
    ledger: {
      isQuarantined: () => Promise.resolve(isQuarantined),
      removalsAt: () => Promise.resolve(removals),
      claimRemoval: (_of: unknown, mayTake: (of: typeof removals) => boolean) =>
        Promise.resolve(mayTake(removals) ? { lease: 'lease_1', before: null } : undefined),
    },
  } as unknown as Parameters<typeof mayRemove>[0];
  return [await mayRemove(deps, current), (await claimRemoval(deps, current)) !== undefined];
}

test.each<[string, boolean, number, boolean]>([
  ['below the cap of the target', false, 1, true],
  ['at the cap', false, 2, false],
  ['while the ledger is in quarantine, also where it began after the first question', true, 0, false],
])('what no person decided is revoked: %s (B18, I25)', async (_what, isQuarantined, count, expected) => {
  expect(await asked(isQuarantined, count)).toEqual([expected, expected]);
});
