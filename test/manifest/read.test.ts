import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entryName, type ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import { sign } from '../../manifest/signature.ts';
import { RUNS } from '../laws.fixture.ts';
import { entryOf, foreign, leaseNamed, memoryStore, never, ours, putEntry } from './manifest.fixture.ts';

const read = async (store: ReturnType<typeof memoryStore>) => {
  const { replaced: _replaced, ...rest } = await readManifest(store, [ours.publicKey], never);
  return rest;
};
const byLease = (entries: readonly ManifestEntry[]) =>
  entries.toSorted((a, b) => (a.lease < b.lease ? -1 : 1));

/** Entries of four leases with different serials, as several writers make them. */
const anyWrites = fc
  .array(fc.record({ lease: fc.constantFrom('a', 'b', 'c', 'd'), state: fc.constantFrom('live', 'over') }), {
    maxLength: 20,
  })
  .map((writes) =>
    writes.map(({ lease, state }, index) =>
      entryOf({ lease: leaseNamed(lease), state: state as ManifestEntry['state'], serial: index + 1 }),
    ),
  );
const anyOrder = anyWrites.chain((writes) =>
  fc.tuple(fc.constant(writes), fc.shuffledSubarray(writes, { minLength: writes.length })),
);

describe('reading the manifest', () => {
  test('any order of writes by several writers gives the same result: the highest serial of each lease (I25)', () =>
    fc.assert(
      fc.asyncProperty(anyOrder, async ([writes, order]) => {
        const store = memoryStore();
        for (const entry of order) await putEntry(store, entry);
        const newest = new Map(writes.map((entry) => [entry.lease, entry]));
        const { entries, ...rest } = await read(store);
        expect({ ...rest, entries: byLease(entries) }).toEqual({
          entries: byLease([...newest.values()]),
          serial: writes.length,
          problems: [],
        });
      }),
      { numRuns: RUNS },
    ));

  test('it is the same when a writer removed the older objects of a lease', () =>
    fc.assert(
      fc.asyncProperty(anyOrder, async ([writes, order]) => {
        const [kept, cleaned] = [memoryStore(), memoryStore()];
        for (const entry of order) await putEntry(kept, entry);
        for (const entry of order) {
          await putEntry(cleaned, entry);
          for (const older of writes.filter(
            ({ lease, serial }) => lease === entry.lease && serial < entry.serial,
          ))
            await cleaned.remove(entryName(older), never);
        }
        expect(byLease((await read(cleaned)).entries)).toEqual(byLease((await read(kept)).entries));
      }),
      { numRuns: RUNS },
    ));

  test('a writer that replaces an object between the list and the read does not hide its lease', async () => {
    const replacements = [2, 3];
    const store = memoryStore((objects) => {
      const serial = replacements.shift();
      if (serial === undefined) return;
      objects.clear();
      const next = entryOf({ serial });
      objects.set(entryName(next), sign(next, ours.privateKey));
    });
    await putEntry(store, entryOf({ serial: 1 }));
    expect(await read(store)).toEqual({ entries: [entryOf({ serial: 3 })], serial: 3, problems: [] });
  });

  test('a manifest that changes during every reading throws, and is never half a manifest', async () => {
    let serial = 1;
    const store = memoryStore((objects) => {
      objects.clear();
      const next = entryOf({ serial: (serial += 1) });
      objects.set(entryName(next), sign(next, ours.privateKey));
    });
    await putEntry(store, entryOf());
    await expect(read(store)).rejects.toThrow('changed during each of several readings');
  });

  test.each<[what: string, name: string, text: string, why: string]>([
    [
      'an object with the name of a newer entry and no signature',
      entryName(entryOf({ serial: 9 })),
      JSON.stringify({ entry: entryOf({ serial: 9, state: 'over' }) }),
      'it is not a signed object',
    ],
    [
      'a newer entry that a foreign key signed',
      entryName(entryOf({ serial: 9 })),
      sign(entryOf({ serial: 9, state: 'over' }), foreign.privateKey),
      'no key that is configured signed it',
    ],
    [
      'a copy of an older entry under a newer name',
      entryName(entryOf({ serial: 9 })),
      sign(entryOf({ serial: 2 }), ours.privateKey),
      'it is a copy of',
    ],
    [
      'a copy of an entry under the name of another lease',
      entryName(entryOf({ serial: 9, lease: leaseNamed('b') })),
      sign(entryOf({ serial: 9 }), ours.privateKey),
      'it is a copy of',
    ],
    ['an object with another name', 'README.md', 'Hello', 'it has not the name of an entry'],
  ])('%s is named as a problem and hides nothing', async (_what, name, text, why) => {
    const store = memoryStore();
    await putEntry(store, entryOf({ serial: 3 }));
    store.objects.set(name, text);
    expect(await read(store)).toEqual({
      entries: [entryOf({ serial: 3 })],
      serial: 3,
      problems: [expect.stringContaining(name)],
    });
    expect((await read(store)).problems[0]).toContain(why);
  });

  test('an object that a newer one of its lease replaced is named, so that it can be removed', async () => {
    const store = memoryStore();
    for (const serial of [1, 2, 3]) await putEntry(store, entryOf({ serial }));
    const { replaced } = await readManifest(store, [ours.publicKey], never);
    expect(replaced).toEqual([1, 2].map((serial) => entryName(entryOf({ serial }))));
  });

  test('an entry that was read before is not read again, and is gone when its object is', async () => {
    let reads = 0;
    const store = memoryStore(() => void (reads += 1));
    await putEntry(store, entryOf());
    const known = new Map<string, ManifestEntry>();
    for (const _time of [1, 2]) await readManifest(store, [ours.publicKey], never, known);
    expect(reads).toBe(1);
    store.objects.clear();
    expect((await readManifest(store, [ours.publicKey], never, known)).entries).toEqual([]);
  });

  test('a reading that was given up is continued by the next one, so a large manifest is read in parts', async () => {
    const objects = 100;
    let stop = new AbortController();
    let reads = 0;
    const store = memoryStore(() => {
      reads += 1;
      if (reads % 40 === 0) stop.abort();
    });
    for (let serial = 1; serial <= objects; serial += 1) await putEntry(store, entryOf({ serial }));
    const known = new Map<string, ManifestEntry>();
    const readPart = () => readManifest(store, [ours.publicKey], stop.signal, known);
    for (const _part of [1, 2]) {
      await expect(readPart()).rejects.toThrow('aborted');
      stop = new AbortController();
    }
    expect((await readPart()).serial).toBe(objects);
    expect(reads).toBe(objects);
  });

  test('no more than 32 objects are read at the same time', async () => {
    const store = memoryStore();
    let [open, most] = [0, 0];
    const slow: typeof store = {
      ...store,
      async get(name, signal) {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => void setImmediate(resolve));
        open -= 1;
        return store.get(name, signal);
      },
    };
    for (let serial = 1; serial <= 100; serial += 1) await putEntry(store, entryOf({ serial }));
    await readManifest(slow, [ours.publicKey], never);
    expect(most).toBe(32);
  });

  test('an empty store is an empty manifest', async () => {
    expect(await read(memoryStore())).toEqual({ entries: [], serial: 0, problems: [] });
  });

  test.each(['list', 'get'] as const)(
    'a store that fails at "%s" throws and is never an empty manifest',
    async (call) => {
      const store = memoryStore();
      await putEntry(store, entryOf());
      const broken = { ...store, [call]: () => Promise.reject(new Error('no answer')) };
      await expect(readManifest(broken, [ours.publicKey], never)).rejects.toThrow('no answer');
    },
  );
});
