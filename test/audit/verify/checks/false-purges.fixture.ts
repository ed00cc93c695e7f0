import type { Files } from '../bundle.fixture.ts';
import { canonicalText, entryOf, type Row } from '../rows.fixture.ts';
import { leafOf } from '../signed-log.fixture.ts';
import { edited, type FalseFolder, type FalseFolders, withFile } from './false-folder.fixture.ts';
import { eventRow, filesOf, otherRow, requestedRow, shaOf, signedLog, timeAt } from './honest-log.fixture.ts';

// Logs from which entries left with a purge. The older export, which has these entries, is in the folder `archive`.

const PURGE = '0f1c0000-0000-4000-8000-000000000000';
/** The id of a request that was made long before every other one. */
const OLD = 'req_00000000000000000000000001';

type Purged = Readonly<{
  /** The entries before that of the purge. */
  rows: readonly Row[];
  /** The indexes of those that have only their hash. */
  left: readonly number[];
  /** The index of the entry of the purge. */
  at: number;
  sizes: readonly number[];
  /** What the entry of the purge says. */
  body: (fitting: Readonly<{ digest: string; entries: number; exportSize: number }>) => object;
}>;

const HONEST: Purged = {
  rows: [
    requestedRow(OLD, 0),
    eventRow(OLD, 1, 1, { kind: 'closed', ending: { kind: 'withdrawn' } }),
    otherRow('visit', 'visit_1', 2, { by: 'dee', readings: [] }),
    otherRow('visit', 'visit_2', 3, { by: 'dee', readings: [] }),
  ],
  left: [0, 1],
  at: 4,
  sizes: [3, 5],
  body: (fitting) => fitting,
};

/** The files of a purged log, with the older export. */
function purgedFiles({ rows, left, at, sizes, body }: Purged): Files {
  const hashOf = (index: number) => leafOf(entryOf(rows[index]!).entry).toString('base64');
  const digest = shaOf(left.map((index) => `${index} ${hashOf(index)}\n`).join(''));
  const fitting = { digest, entries: left.length, exportSize: 3, requests: 1, by: 'root', before: timeAt(0) };
  const purge = otherRow('purge', PURGE, 9, body(fitting));
  const log = signedLog(rows.toSpliced(at, 0, purge), { sizes });
  const places = left.map((index) => (index < at ? index : index + 1));
  const lines = log.entries.map((entry, index) =>
    places.includes(index)
      ? canonicalText({ leaf: leafOf(entry).toString('base64'), purge: PURGE })
      : entry.toString(),
  );
  const older = log.entries.map((entry) => `${entry.toString()}\n`).join('');
  const files = filesOf(log, []);
  return withFile(
    withFile(files, 'bundle/entries.jsonl', lines.map((line) => `${line}\n`).join('')),
    'archive/entries.jsonl',
    older,
  );
}

const purged =
  (change: Partial<Purged> = {}) =>
  (): FalseFolder => ({
    files: purgedFiles({ ...HONEST, ...change }),
    archives: ['archive'],
  });

export const FALSE_PURGES: FalseFolders = {
  'a purge is recorded before an entry that left with it': purged({ left: [0, 1], at: 1, sizes: [3, 5] }),
  'a purge names another number of entries': purged({ body: (fitting) => ({ ...fitting, entries: 3 }) }),
  'a purge names other entries': purged({ body: (fitting) => ({ ...fitting, digest: '0'.repeat(64) }) }),
  'a purge names an export that no checkpoint shows': purged({
    body: (fitting) => ({ ...fitting, exportSize: 4 }),
  }),
  'a purge names an export without an entry that left with it': purged({
    sizes: [1, 5],
    body: (fitting) => ({ ...fitting, exportSize: 1 }),
  }),
  'a purged entry is not of a request': purged({ left: [0, 1, 2] }),
  'a purged entry is of a new request': purged({
    rows: [
      ...HONEST.rows.slice(0, 2),
      eventRow('req_zzzzzzzzzzzzzzzzzzzzzzzzzz', 0, 2, { kind: 'refused' }),
      HONEST.rows[3]!,
    ],
    left: [0, 1, 2],
  }),
  'the request of purged entries was not closed': purged({
    rows: HONEST.rows.with(1, eventRow(OLD, 1, 1, { kind: 'refused' })),
  }),
  'nobody gave the export that has the purged entries': () => ({ files: purgedFiles(HONEST) }),
};

/** Everything that the folders above are made of. */
export const HONEST_PURGES: FalseFolders = { 'a purged log with the older export': purged() };

/** Two checks find this one: that the purge is unknown, and that nobody could read what left with it. */
export const UNKNOWN_PURGE: FalseFolders = {
  'entries left with a purge that the log does not have': () => ({
    ...purged()(),
    files: edited(purgedFiles(HONEST), 'bundle/entries.jsonl', (text) =>
      text.replaceAll(`"purge":"${PURGE}"`, '"purge":"1f1c0000-0000-4000-8000-000000000000"'),
    ),
  }),
};
