import type { KeyObject } from 'node:crypto';
import type { LeaseId } from '../core/ids.ts';
import { type ManifestEntry, parseEntryName } from './entry.ts';
import { open } from './signature.ts';
import { type ManifestStore, ManifestUnavailable } from './store.ts';

/**
 * What the manifest says. `entries` has the entry with the highest serial of each lease, live and over. `serial` is the highest
 * serial of all, 0 when there is none. `problems` names each object that does not count, with the reason.
 */
export type Manifest = Readonly<{
  entries: readonly ManifestEntry[];
  serial: number;
  problems: readonly string[];
}>;

type Reading = Readonly<{ manifest: Manifest; removed: boolean }>;

/** So often a whole reading is tried again, because a writer replaced an object between the list and the read. */
const READINGS = 10;
const AT_ONCE = 16;

/**
 * Reads the whole manifest. An object counts only when one of the keys signed it and its name is that of its entry. Throws when
 * the store cannot be listed or read, so an error is never an empty manifest.
 */
export async function readManifest(
  store: ManifestStore,
  publicKeys: readonly KeyObject[],
  signal: AbortSignal,
): Promise<Manifest> {
  for (let reading = 0; reading < READINGS; reading += 1) {
    const { manifest, removed } = await readOnce(store, publicKeys, signal);
    // Its newer entry was not listed yet. Without another look, the lease would seem to have no entry.
    if (!removed) return manifest;
  }
  throw new ManifestUnavailable('the manifest changed during each of several readings');
}

async function readOnce(
  store: ManifestStore,
  publicKeys: readonly KeyObject[],
  signal: AbortSignal,
): Promise<Reading> {
  const names = [...(await store.list(signal))].sort();
  const newest = new Map<LeaseId, ManifestEntry>();
  const problems: string[] = [];
  let serial = 0;
  let removed = false;
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    const texts = await Promise.all(
      some.map(async (name) => (parseEntryName(name) ? store.get(name, signal) : '')),
    );
    for (const [index, name] of some.entries()) {
      const text = texts[index];
      if (text === undefined) {
        removed = true;
        continue;
      }
      const entry = entryIn(name, text, publicKeys);
      if (typeof entry === 'string') {
        problems.push(`${shown(name)}: ${entry}`);
        continue;
      }
      serial = Math.max(serial, entry.serial);
      if (entry.serial > (newest.get(entry.lease)?.serial ?? 0)) newest.set(entry.lease, entry);
    }
  }
  return { manifest: { entries: [...newest.values()], serial, problems }, removed };
}

/** The entry of an object, or why it does not count. A copy under another name does not. */
function entryIn(name: string, text: string, publicKeys: readonly KeyObject[]): ManifestEntry | string {
  const expected = parseEntryName(name);
  if (!expected) return 'it has not the name of an entry';
  const opened = open(text, publicKeys);
  if (!opened.ok) return opened.error;
  const { lease, serial } = opened.value;
  if (lease !== expected.lease || serial !== expected.serial)
    return `it is a copy of ${lease} with serial ${serial}`;
  return opened.value;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100).toWellFormed());
