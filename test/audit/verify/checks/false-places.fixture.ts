import { entryBundle } from '../signed-log.fixture.ts';
import { type Files } from '../bundle.fixture.ts';
import { type FalseFolders, withFile, withoutFile } from './false-folder.fixture.ts';
import { filesOf, otherRow, ROWS, signedLog } from './honest-log.fixture.ts';

// Places of which a file is false.

const log = signedLog(ROWS);
const files = filesOf(log);
/** A log with so many entries that it has a tile of the second level. */
const long = filesOf(
  signedLog(
    Array.from({ length: 260 }, (_, at) => otherRow('visit', `visit_${at}`, at, {})),
    { sizes: [260] },
  ),
  [],
);

const TILE = 'bucket/tile/0/000.p/7';
const ENTRIES = 'bucket/tile/entries/000.p/7';
const UPPER = 'bucket/tile/1/000.p/1';
const BODY = [...files.keys()].find((path) => path.startsWith('bucket/bodies/')) ?? '';

const ofPlace = (changed: Files) => () => ({ files: changed, places: ['bucket'] });
const replaced = (path: string, bytes: Buffer) => ofPlace(withFile(files, path, bytes));
const removed = (path: string) => ofPlace(withoutFile(files, path));
const bytesOf = (all: Files, path: string): Buffer => {
  const bytes = all.get(path);
  if (!bytes) throw new Error(`there is no file ${path}`);
  return bytes;
};
const flipped = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]);

export const FALSE_PLACES: FalseFolders = {
  'a place does not have a tile': removed(TILE),
  'a tile of a place is too short': replaced(TILE, bytesOf(files, TILE).subarray(0, -1)),
  'a tile of a place has a wrong hash': replaced(TILE, flipped(bytesOf(files, TILE))),
  'a place does not have a tile of the second level': ofPlace(withoutFile(long, UPPER)),
  'a tile of the second level has a wrong hash': ofPlace(
    withFile(long, UPPER, flipped(bytesOf(long, UPPER))),
  ),
  'a place does not show a checkpoint': removed('bucket/checkpoint'),
  'a place has a checkpoint under the size of another one': replaced(
    `bucket/checkpoints/${'4'.padStart(20, '0')}`,
    Buffer.from(log.notes[0]!.note),
  ),
  'a place shows an older checkpoint than it has': replaced(
    'bucket/checkpoint',
    Buffer.from(log.notes[0]!.note),
  ),
  'a place does not have its entries': removed(ENTRIES),
  'a place does not have its last entry': replaced(ENTRIES, entryBundle(log.entries.slice(0, -1))),
  'a place has another entry': replaced(ENTRIES, entryBundle(log.entries.with(0, Buffer.from('{}')))),
  'a place does not have a long body': removed(BODY),
  'a place has another long body': replaced(BODY, Buffer.from('{}')),
  'the bundle has fewer entries than a place': ofPlace(
    new Map([
      ...files,
      ...[...filesOf(signedLog(ROWS.slice(0, 5), { sizes: [3, 5] }), [])].filter(([path]) =>
        path.startsWith('bundle/'),
      ),
    ]),
  ),
};

/** Everything that the folders above are made of. */
export const HONEST_PLACES: FalseFolders = { 'a place with tiles of the second level': ofPlace(long) };
