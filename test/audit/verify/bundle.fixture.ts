import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkpointNote, type Signer, signerOf, tilesOf, type Tree, treeOf } from './signed-log.fixture.ts';
import { canonicalText, entryOf, type Random, type Row } from './rows.fixture.ts';

export const ORIGIN = 'curfew.example.com/log';
export const KEY = signerOf(ORIGIN, 'the key of the log');
export const NEXT_KEY = signerOf(ORIGIN, 'the key after it');
export const OTHER_KEY = signerOf(ORIGIN, 'a key of somebody else');
export const WITNESS = signerOf('witness.example.org/w1', 'the key of a witness', 4);

/** The files of a bundle, of the folders of two places, and a kept note. A path begins with `bundle/`, `bucket/` or `git/`. */
export type Files = ReadonlyMap<string, Buffer>;

export type Log = Readonly<{
  rows: readonly Row[];
  entries: readonly Buffer[];
  tree: Tree;
  /** Of each checkpoint, oldest first. */
  notes: readonly Readonly<{ size: number; note: string }>[];
  /** Those that the place `git` has. */
  published: readonly number[];
  keys: readonly Signer[];
}>;

/** A log with checkpoints at random sizes, the last one at its end. Some logs have a new key from the middle on, and a witness. */
export function logOf(rows: readonly Row[], random: Random): Log {
  const entries = rows.map((row) => entryOf(row).entry);
  const tree = treeOf(entries);
  const isRotated = random(3) === 0;
  const isWitnessed = random(2) === 0;
  const sizes: number[] = [];
  for (let size = 1 + random(9); size <= rows.length; size += 1 + random(25)) sizes.push(size);
  if (sizes.at(-1) !== rows.length) sizes.push(rows.length);
  const notes = sizes.map((size, at) => {
    const change = Math.floor(sizes.length / 2);
    const signers = !isRotated || at < change ? [KEY] : at === change ? [KEY, NEXT_KEY] : [NEXT_KEY];
    const witnesses = isWitnessed && random(2) === 0 ? [WITNESS] : [];
    return {
      size,
      note: checkpointNote(ORIGIN, size, tree.root(size), [...signers, ...witnesses], 1_767_000_000 + at),
    };
  });
  const published = notes.flatMap((_, at) => (random(3) > 0 || at === notes.length - 1 ? [at] : []));
  const keys = isRotated ? [KEY, NEXT_KEY] : [KEY];
  return { rows, entries, tree, notes, published, keys };
}

export const jsonLines = (values: readonly unknown[]): Buffer =>
  Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));

/** Every file of a log, its bundle and its places. */
export function filesOf(log: Log): Files {
  const listed = log.published.map((at) => log.notes[at]!);
  return new Map([
    ...bundleFiles(log),
    ...placeFiles('bucket', log, log.notes),
    ...placeFiles('git', log, listed),
    ['kept/notes.txt', Buffer.from(log.notes[Math.floor(log.notes.length / 2)]!.note)],
  ]);
}

export function bundleFiles({ rows, entries, notes, published, keys }: Log): Files {
  const long = rows.flatMap((row) => entryOf(row).long ?? []);
  const lines = (list: readonly Buffer[]) => Buffer.concat(list.flatMap((each) => [each, Buffer.from('\n')]));
  const about = {
    format: 'curfew-log-bundle/2',
    origin: ORIGIN,
    keys: keys.map(({ vkey }) => vkey),
    witnesses: [WITNESS.vkey],
    size: rows.length,
    exportedAt: '2026-11-28T10:00:00.000Z',
  };
  const noteLines = (list: readonly number[]) => jsonLines(list.map((at) => ({ note: notes[at]!.note })));
  // Every seventh text is erased.
  const texts = rows.flatMap(({ salt, texts: own }, index) =>
    own !== undefined && index % 7 !== 3 ? [{ index, salt, texts: own }] : [],
  );
  return new Map([
    ['bundle/bundle.json', Buffer.from(JSON.stringify(about))],
    ['bundle/entries.jsonl', lines(entries)],
    ['bundle/bodies.jsonl', jsonLines(long)],
    ['bundle/texts.jsonl', jsonLines(texts)],
    ['bundle/checkpoints/ledger.jsonl', noteLines([...notes.keys()])],
    ['bundle/checkpoints/bucket.jsonl', noteLines([...notes.keys()])],
    ['bundle/checkpoints/git.jsonl', noteLines(published)],
  ]);
}

export function placeFiles(
  place: string,
  { rows, entries, tree }: Pick<Log, 'rows' | 'entries' | 'tree'>,
  notes: Log['notes'],
): Files {
  const { size, note } = notes.at(-1)!;
  const long = rows.slice(0, size).flatMap((row) => entryOf(row).long ?? []);
  return new Map(
    [
      ['checkpoint', Buffer.from(note)] as const,
      ...notes.map(
        (each) => [`checkpoints/${String(each.size).padStart(20, '0')}`, Buffer.from(each.note)] as const,
      ),
      ...tilesOf(tree, entries, size),
      ...long.map(({ sha256, body }) => [`bodies/${sha256}`, Buffer.from(canonicalText(body))] as const),
    ].map(([path, bytes]) => [`${place}/${path}`, bytes]),
  );
}

/** What the person who verifies has: the keys, the folders of both places and the kept note. */
export const optionsOf = (folder: string, { keys }: Pick<Log, 'keys'>, isWithoutPlaces = false) => ({
  keys: keys.map(({ vkey }) => vkey),
  places: isWithoutPlaces ? [] : ['bucket', 'git'].map((place) => join(folder, place)),
  kept: isWithoutPlaces ? [] : [join(folder, 'kept/notes.txt')],
});

/** Writes files into a folder. A file that is null is removed. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Buffer | null>): void {
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    if (!bytes) rmSync(file, { force: true });
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  }
}
