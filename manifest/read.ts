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
  /** The names of objects that count no more, because their lease has a newer one. */
  replaced: readonly string[];
}>;

type Reading = Readonly<{ manifest: Manifest; removed: boolean }>;

/** How often a whole reading is tried, because a writer can replace an object between the list and the read. */
const READINGS = 10;
const AT_ONCE = 32;

/**
 * Reads the whole manifest. An object counts only when one of the keys signed it and its name is that of its entry. Throws when
 * the store cannot be listed or read, so an error is never an empty manifest. `known` has the entries of earlier readings by the names
 * of their objects, which are not read again. It gets each entry as it arrives, so a reading that was given up is continued by the next one.
 */
export async function readManifest(
  store: ManifestStore,
  publicKeys: readonly KeyObject[],
  signal: AbortSignal,
  known: Map<string, ManifestEntry> = new Map(),
): Promise<Manifest> {
  for (let reading = 0; reading < READINGS; reading += 1) {
    const { manifest, removed } = await readOnce({ store, publicKeys, known }, signal);
    // An object was removed after it was listed, because a newer one replaced it. Without another reading, its lease would seem to have no entry.
    if (!removed) return manifest;
  }
  throw new ManifestUnavailable('the manifest changed during each of several readings');
}

type From = Readonly<{
  store: ManifestStore;
  publicKeys: readonly KeyObject[];
  known: Map<string, ManifestEntry>;
}>;

async function readOnce({ store, publicKeys, known }: From, signal: AbortSignal): Promise<Reading> {
  const names = [...(await store.list(signal))].sort();
  const listed = new Set(names);
  // Another reading of this process can be under way, with another list. So `known` is not what this one found.
  const entries = new Map([...known].filter(([name]) => listed.has(name)));
  const problems: string[] = [];
  let removed = false;
  const readObject = async (name: string): Promise<void> => {
    const text = parseEntryName(name) ? await store.get(name, signal) : '';
    if (text === undefined) return void (removed = true);
    const entry = entryIn(name, text, publicKeys);
    if (typeof entry === 'string') problems.push(`${shown(name)}: ${entry}`);
    else for (const each of [entries, known]) each.set(name, entry);
  };
  const unknown = names.filter((name) => !entries.has(name));
  const readNext = async (): Promise<void> => {
    for (let name = unknown.shift(); name !== undefined; name = unknown.shift()) {
      signal.throwIfAborted();
      await readObject(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  for (const name of known.keys()) if (!listed.has(name)) known.delete(name);
  return { manifest: { ...newestOf(entries), problems: problems.sort() }, removed };
}

function newestOf(entries: ReadonlyMap<string, ManifestEntry>): Omit<Manifest, 'problems'> {
  const newest = new Map<LeaseId, ManifestEntry>();
  for (const entry of entries.values())
    if (entry.serial > (newest.get(entry.lease)?.serial ?? 0)) newest.set(entry.lease, entry);
  return {
    entries: [...newest.values()].sort((a, b) => (a.lease < b.lease ? -1 : 1)),
    serial: Math.max(0, ...[...newest.values()].map(({ serial }) => serial)),
    replaced: [...entries].flatMap(([name, { lease, serial }]) =>
      newest.get(lease)?.serial === serial ? [] : [name],
    ),
  };
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
