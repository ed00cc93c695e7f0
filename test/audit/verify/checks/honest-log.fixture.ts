import { createHash } from 'node:crypto';
import { bundleFiles, type Files, jsonLines, KEY, type Log, ORIGIN, placeFiles } from '../bundle.fixture.ts';
import { entryOf, type Row } from '../rows.fixture.ts';
import { checkpointNote, leafOf, type Signer, treeOver } from '../signed-log.fixture.ts';

// A small log that somebody signs who has the key. So a false entry has a right hash and a right checkpoint.

const START = Date.parse('2026-11-02T09:00:00.000Z');
/** A time in minutes after the beginning, as milliseconds since 1970. */
export const instantAt = (minute: number): number => START + minute * 60_000;
/** A time in minutes after the beginning. */
export const timeAt = (minute: number): string => new Date(instantAt(minute)).toISOString();

/** The SHA-256 of a text, in hex. */
export const shaOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
/** The hash of a text with the salt that all texts here have. */
export const salted = (text: string): string => shaOf(`salt\n${text}`);

/** An event of a request. */
export const eventRow = (request: string, seq: number, minute: number, body: object): Row => ({
  ...{ id: `${request}/${seq}`, type: 'event', at: timeAt(minute), step: 'step', via: 'slack' },
  body: { at: instantAt(minute), ...body },
});

/** An entry that is no event. */
export const otherRow = (type: string, id: string, minute: number, body: object): Row => ({
  ...{ id, type, at: timeAt(minute), body },
});

/** The first event of a request. */
export const requestedRow = (request: string, minute: number, details: object = {}): Row =>
  eventRow(request, 0, minute, {
    kind: 'requested',
    details: {
      ...{ requester: 'ana', entitlement: 'orders-db', minutes: 60, targets: ['github'] },
      ...{ reasonHash: salted('a reason'), ...details },
    },
  });

/** The rows of an honest log: two requests, a text of an entry that is no event, and a body beside the log. */
export const ROWS: readonly Row[] = [
  requestedRow('req_1', 0),
  eventRow('req_1', 1, 1, { kind: 'approved', by: 'bo', stage: 0, digest: 'd' }),
  {
    ...otherRow('finding-decision', 'click_1', 2, { by: 'dee', why: { text: 0, hash: salted('a text') } }),
    ...{ salt: 'salt', texts: ['a text'] },
  },
  eventRow('req_1', 2, 3, { kind: 'closed', ending: { kind: 'withdrawn' } }),
  otherRow('visit', 'visit_1', 4, { by: 'dee', readings: [], more: 'x'.repeat(61_000) }),
  requestedRow('req_2', 5),
  eventRow('req_2', 1, 6, { kind: 'asked', by: 'bo', writtenHash: salted('a question') }),
];
const SIZES = [3, 5, 7];

/** What people wrote with the events of the honest rows. */
const FREE_TEXTS = [
  { id: 'req_1/reason', request: 'req_1', kind: 'reason', seq: null, salt: 'salt', body: 'a reason' },
  { id: 'req_2/question/1', request: 'req_2', kind: 'question', seq: 1, salt: 'salt', body: 'a question' },
];

type Signing = Readonly<{
  sizes?: readonly number[];
  signers?: readonly Signer[];
  /** Other hashes in the tree than those of the entries. */
  leaves?: ReadonlyMap<number, Buffer>;
}>;

/** A log with checkpoints of these sizes. */
export function signedLog(
  rows: readonly Row[],
  { sizes = SIZES, signers = [KEY], leaves = new Map() }: Signing = {},
): Log {
  const entries = rows.map((row) => entryOf(row).entry);
  const tree = treeOver(entries.map((entry, index) => leaves.get(index) ?? leafOf(entry)));
  const notes = sizes.map((size) => ({ size, note: checkpointNote(ORIGIN, size, tree.root(size), signers) }));
  return { rows, entries, tree, notes, published: [...notes.keys()], keys: [KEY] };
}

/** The files of the bundle of a log. */
export const bundleOf = (log: Log, freeTexts: readonly object[] = FREE_TEXTS): Files =>
  new Map([...bundleFiles(log), ['bundle/free-texts.jsonl', jsonLines(freeTexts)]]);

/** The files of a log: its bundle, a place, and a checkpoint that somebody kept. */
export const filesOf = (log: Log, freeTexts: readonly object[] = FREE_TEXTS): Files =>
  new Map([
    ...bundleOf(log, freeTexts),
    ...(log.notes.length > 0 ? placeFiles('bucket', log, log.notes) : []),
    ['kept/notes.txt', Buffer.from(log.notes[0]?.note ?? '')],
  ]);

/** A checkpoint of this size that says something else than the log, and that somebody signed with the key. */
export const otherNote = (size: number, byte = 1, signers: readonly Signer[] = [KEY]): string =>
  checkpointNote(ORIGIN, size, Buffer.alloc(32, byte), signers);

/** A checkpoint as a line of a list. */
export const noteLine = (note: unknown): string => JSON.stringify({ note });
