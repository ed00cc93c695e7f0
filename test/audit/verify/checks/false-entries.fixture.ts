import { type Files, KEY, type Log } from '../bundle.fixture.ts';
import { canonicalText, entryOf, type Row } from '../rows.fixture.ts';
import { checkpointNote, leafOf, treeOver } from '../signed-log.fixture.ts';
import { type FalseFolders, withFile } from './false-folder.fixture.ts';
import {
  bundleOf,
  eventRow,
  filesOf,
  instantAt,
  otherRow,
  ROWS,
  shaOf,
  signedLog,
  timeAt,
} from './honest-log.fixture.ts';

// Logs of which an entry is false, and which somebody signed who has the key.

/** The files of a log with these rows. */
const signed = (rows: readonly Row[]): Files => filesOf(signedLog(rows, { sizes: [3, rows.length] }));
const withRows =
  (...rows: readonly Row[]) =>
  () => ({ files: signed([...ROWS, ...rows]) });

/** The files of the honest log with one more line in entries.jsonl, whatever it is. `leaf`: its hash in the tree. */
function withEntry(entry: Buffer | string, leaf = leafOf(entry)) {
  return () => {
    const log = signedLog(ROWS);
    const entries = [...log.entries, Buffer.from(entry)];
    const tree = treeOver([...log.tree.leaves, leaf]);
    const size = entries.length;
    const note = checkpointNote('curfew.example.com/log', size, tree.root(size), [KEY]);
    const changed: Log = { ...log, entries, tree, notes: [...log.notes, { size, note }] };
    const files = bundleOf({ ...changed, rows: [...ROWS, otherRow('visit', 'visit_2', 7, {})] });
    return { files: withFile(files, 'bundle/entries.jsonl', lines(entries)) };
  };
}
const lines = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(entries.flatMap((each) => [each, Buffer.from('\n')]));

const other = { at: timeAt(7), body: {}, id: 'visit_2', type: 'visit' };
const event = { ...other, id: 'req_3/0', step: 'step', type: 'event', via: 'slack' };
/** The hash in the tree of an entry that is longer than an entry may be. */
const TOO_LONG = Buffer.from(shaOf(''), 'hex');
const step = (seq: number, minute: number) => eventRow('req_1', seq, minute, { kind: 'refused' });

export const FALSE_ENTRIES: FalseFolders = {
  'an event has the id of an earlier one': withRows(step(2, 7)),
  'an entry has the id of an earlier one of its type': withRows(otherRow('visit', 'visit_1', 7, {})),
  'an event comes after a later one of its request': withRows(step(4, 7), step(3, 7)),
  'an event has an earlier time than the one before it': withRows(step(3, 1)),
  'an event of a request is missing': withRows(step(4, 7)),
  'an event has another time in its body': withRows({
    ...step(3, 7),
    body: { kind: 'refused', at: instantAt(8) },
  }),
  'the long body of an entry is missing': () => {
    const body = { more: 'y'.repeat(61_000) };
    const { entry } = entryOf(otherRow('visit', 'visit_2', 7, body));
    return withEntry(entry)();
  },

  'an entry is longer than an entry may be': withEntry('x'.repeat(65_536), TOO_LONG),
  'an entry is not UTF-8': withEntry(Buffer.of(0x22, 0xff, 0x22)),
  'an entry is not JSON': withEntry('x'),
  'an entry has a space': withEntry(canonicalText(other).replace(',', ', ')),
  'an entry has its names in another order': withEntry(JSON.stringify(event)),
  'an entry has half a surrogate pair': withEntry(
    canonicalText({ ...other, id: '!' }).replace('!', String.raw`\ud800`),
  ),
  'an entry is nested too deeply': withEntry(
    canonicalText({ ...other, body: '!' }).replace('"!"', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`),
  ),
  'an entry is a number': withEntry('7'),
  'an entry has no body': withEntry(canonicalText({ at: other.at, id: other.id, type: other.type })),
  'an entry has a day that does not exist': withEntry(
    canonicalText({ ...other, at: '2026-13-02T09:00:00.000Z' }),
  ),
  'an entry that is no event has one more field': withEntry(canonicalText({ ...other, more: 1 })),
  'an event has one more field': withEntry(canonicalText({ ...event, more: 1 })),
  'an event has a number that is written with a zero': withEntry(canonicalText({ ...event, id: 'req_3/00' })),
};
