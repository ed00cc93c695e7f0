import { expect, test } from '@jest/globals';
import { checkManifest, checkManifestOf, checkManifestSometimes } from '../../requests/check-manifest.ts';
import type { Deps } from '../../requests/deps.ts';
import { freshMemory } from '../../requests/manifest-access.ts';
import { entryOf, leaseNamed, memoryStore, never, ours, putEntry } from '../manifest/manifest.fixture.ts';

test('a comparison that failed does not count: before the next grant it is made again, and one that succeeded is not (F05)', async () => {
  let isDown = true;
  let compared = 0;
  const store = memoryStore();
  const list: typeof store.list = (signal) =>
    isDown ? Promise.reject(new Error('the disk is gone')) : store.list(signal);
  const deps = {
    manifest: {
      ...{ store: { ...store, list }, privateKey: ours.privateKey, publicKeys: [ours.publicKey] },
      memory: freshMemory(),
    },
    ledger: {
      manifestSerial: () => Promise.resolve(0),
      knownLeases: () => Promise.resolve(((compared += 1), [])),
    },
  } as unknown as Deps;
  for (const attempt of [1, 2])
    await expect(checkManifestSometimes(deps, never).then(() => attempt)).rejects.toMatchObject({
      code: 'manifest-unavailable',
    });
  isDown = false;
  for (let count = 0; count < 2; count += 1) await checkManifestSometimes(deps, never);
  expect(compared).toBe(1);
});

test.each([
  ['is higher than that of the ledger', 3, [9]],
  ['is that of the ledger', 9, []],
])(
  'a serial that this process was given, and that no entry has, %s (I25, F37)',
  async (_what, known, found) => {
    const quarantines: number[] = [];
    const deps = {
      manifest: {
        ...{ store: memoryStore(), privateKey: ours.privateKey, publicKeys: [ours.publicKey] },
        memory: { ...freshMemory(), highest: 9 },
      },
      ledger: {
        manifestSerial: () => Promise.resolve(known),
        knownLeases: () => Promise.resolve([]),
        quarantine: ({ manifestSerial }: { manifestSerial: number }) =>
          Promise.resolve(void quarantines.push(manifestSerial)),
      },
    } as unknown as Deps;
    await checkManifest(deps, never);
    expect(quarantines).toEqual(found);
  },
);

test('a comparison of one access does not count as one of all: lost access of somebody else is found before the next grant (I25, F05)', async () => {
  const store = memoryStore();
  await putEntry(store, entryOf({ lease: leaseNamed('b'), subject: { id: 'u2', name: 'bo' } }));
  const plans: unknown[] = [];
  const deps = {
    manifest: {
      ...{ store, privateKey: ours.privateKey, publicKeys: [ours.publicKey] },
      memory: freshMemory(),
    },
    ledger: {
      manifestSerial: () => Promise.resolve(1),
      knownLeases: () => Promise.resolve([]),
      quarantine: ({ plan }: { plan: readonly { lease: string }[] }) =>
        Promise.resolve(void plans.push(plan.map(({ lease }) => lease))),
    },
  } as unknown as Deps;
  await checkManifestOf(deps, entryOf(), never);
  expect(plans).toEqual([]);
  await checkManifestSometimes(deps, never);
  expect(plans).toEqual([[leaseNamed('b')]]);
});
