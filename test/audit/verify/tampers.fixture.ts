import type { Problem, Report } from '../../../audit/verify/verify.mjs';
import {
  bundleFiles,
  type Files,
  jsonLines,
  KEY,
  type Log,
  ORIGIN,
  OTHER_KEY,
  placeFiles,
} from './bundle.fixture.ts';
import { entryOf, type Random, type Row } from './rows.fixture.ts';
import { checkpointNote, entryBundle, treeOf } from './signed-log.fixture.ts';

/**
 * What somebody did who owns the database, the export and the places one by one, but no key. `isNamed` says whether a problem
 * of the report names it. Undefined: this log has nothing to do it to.
 */
export type Tampered = Readonly<{
  changed: ReadonlyMap<string, Buffer | null>;
  isNamed: (problem: Problem) => boolean;
  /** Whether the person who verifies has no folder of a place. */
  isWithoutPlaces?: boolean;
}>;
export type Tamper = (log: Log, files: Files, random: Random) => Tampered | undefined;

const OLD = Buffer.from('');
const text = (files: Files, path: string): string => (files.get(path) ?? OLD).toString('utf8');
const linesOf = (files: Files, path: string): readonly string[] => text(files, path).split('\n').slice(0, -1);
const lines = (list: readonly string[]): Buffer => Buffer.from(list.map((line) => `${line}\n`).join(''));
const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, each) => each !== at);
const pick = <T>(list: readonly T[], random: Random): T | undefined => list[random(Math.max(list.length, 1))];
const isOneOf = (problem: Problem, ...kinds: readonly string[]): boolean => kinds.includes(problem.kind);
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

/** What the owner of the database exports for these rows: everything fits, except the checkpoints. */
function exported(log: Log, rows: readonly Row[]): Files {
  const changed = { ...log, rows, entries: rows.map((row) => entryOf(row).entry) };
  return new Map([...bundleFiles(changed)].filter(([path]) => !path.includes('checkpoints/')));
}

const newest = ({ notes }: Log): number => notes.at(-1)!.size;

/** Whether a problem names an entry exactly, or, without a place, a range between two checkpoints in which it is. */
const namesEntry =
  (log: Log, kind: string, index: number, isWithoutPlaces: boolean, names: Partial<Row> = log.rows[index]!) =>
  (problem: Problem): boolean => {
    if (!isWithoutPlaces) {
      const isThere = problem.index === index && problem.id === names.id && problem.at === names.at;
      // Of the last entry that a checkpoint covers nothing shows whether it was deleted or got another id.
      const isLast = kind === 'edited-entry' && index === newest(log) - 1;
      return isThere && (problem.kind === kind || (isLast && problem.kind === 'deleted-entry'));
    }
    if (problem.kind === 'truncated-log') return kind === 'truncated-log' && problem.index === index;
    const { from = Infinity, to = -1 } = problem;
    const end = log.notes.find(({ size }) => size > index)?.size ?? 0;
    const start = Math.max(0, ...log.notes.filter(({ size }) => size <= index).map(({ size }) => size));
    return problem.kind === 'changed-range' && from === start && to === end - 1;
  };

type Changed = Readonly<{ rows: readonly Row[]; kind: string; named?: Row; index?: number }>;

/** Changes the entries. The size fits afterwards. */
const ofEntries =
  (change: (log: Log, index: number, random: Random) => Changed): Tamper =>
  (log, _files, random) => {
    const chosen = random(newest(log));
    const isWithoutPlaces = random(3) === 0;
    const { rows, kind, named, index = chosen } = change(log, chosen, random);
    const isNamed = namesEntry(log, kind, index, isWithoutPlaces, named);
    return { changed: exported(log, rows), isNamed, isWithoutPlaces };
  };

const later = (at: string): string => new Date(Date.parse(at) + 1).toISOString();

const EDITS: readonly ((row: Row) => Row)[] = [
  (row) => ({ ...row, at: later(row.at) }),
  (row) => ({ ...row, body: { ...(row.body as object), by: 'mallory' } }),
  (row) => ({ ...row, ...(row.type === 'event' ? { via: 'cli ' } : { type: 'mass-endinG' }) }),
  (row) => ({ ...row, id: `${row.id}1` }),
];

/** The line of a file in the bundle. `isNamed` gets what was parsed from it. */
const ofLine =
  (
    file: string,
    change: (row: Record<string, unknown>, random: Random) => unknown,
    ...kinds: readonly string[]
  ): Tamper =>
  (_log, files, random) => {
    const rows = [...linesOf(files, `bundle/${file}`)];
    if (rows.length === 0) return undefined;
    const at = random(rows.length);
    const row = JSON.parse(rows[at]!) as Record<string, unknown>;
    return {
      changed: new Map([[`bundle/${file}`, lines(rows.with(at, JSON.stringify(change(row, random))))]]),
      isNamed: (problem) => isOneOf(problem, ...kinds) && problem.file === file && problem.line === at + 1,
    };
  };

const noteEdits: readonly ((note: string, log: Log) => string)[] = [
  (note) => note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`),
  (note) =>
    note.replace(
      /\n([\w+/]{43}=)\n/,
      (_, root: string) => `\n${flipped(Buffer.from(root, 'base64'), 3).toString('base64')}\n`,
    ),
  (note) => note.replace(ORIGIN, `${ORIGIN}2`),
  (note) =>
    note.replace(
      /— (\S+) (\S+)/,
      (_, name: string, signature: string) =>
        `— ${name} ${flipped(Buffer.from(signature, 'base64'), 20).toString('base64')}`,
    ),
  (note) => note.slice(0, note.indexOf('— ')),
  (note) => note.slice(0, 40),
];

/** One checkpoint in a list of the bundle, in the folder of a place or in a kept note is changed. */
const editCheckpoint: Tamper = (log, files, random) => {
  const edit = noteEdits[random(noteEdits.length)]!;
  const kinds = ['bad-checkpoint', 'bad-signature', 'bad-cosignature', 'not-signed', 'wrong-origin'];
  if (random(2) === 0) {
    const path = pick(
      [...files.keys()].filter((each) => /^(bucket|git)\/checkpoint/.test(each)),
      random,
    )!;
    const [place, ...rest] = path.split('/');
    return {
      changed: new Map([[path, Buffer.from(edit(text(files, path), log))]]),
      isNamed: (problem) =>
        isOneOf(problem, ...kinds) && problem.place === place && problem.file === rest.join('/'),
    };
  }
  const file = `checkpoints/${pick(['ledger', 'bucket', 'git'], random)}.jsonl`;
  return ofLine(file, ({ note }) => ({ note: edit(String(note), log) }), ...kinds)(log, files, random);
};

/** The list of the ledger is changed. Each checkpoint of it is also in the list of a place. */
const ofLedgerList =
  (
    change: (notes: string[], at: number, log: Log) => string[],
    isNamed: (problem: Problem, size: number) => boolean,
  ): Tamper =>
  (log, files, random) => {
    const path = 'bundle/checkpoints/ledger.jsonl';
    const notes = [...linesOf(files, path)];
    if (notes.length < 2) return undefined;
    const at = random(notes.length - 1);
    const { size } = log.notes[at]!;
    return {
      changed: new Map([[path, lines(change(notes, at, log))]]),
      isNamed: (problem) => isNamed(problem, size),
    };
  };

/** The signed log of an operator who owns the key and keeps two logs: they differ from `index` on. */
function otherLog(log: Log, random: Random): { index: number; other: Log } {
  const index = random(newest(log));
  const rows = log.rows.with(index, { ...log.rows[index]!, at: later(log.rows[index]!.at) });
  const entries = rows.map((row) => entryOf(row).entry);
  const tree = treeOf(entries);
  const notes = log.notes.map(({ size }) => ({
    size,
    note: checkpointNote(ORIGIN, size, tree.root(size), [KEY]),
  }));
  return { index, other: { ...log, rows, entries, tree, notes } };
}

const fork: Tamper = (log, files, random) => {
  const { index, other } = otherLog(log, random);
  const gone = [...files.keys()]
    .filter((path) => path.startsWith('git/'))
    .map((path) => [path, null] as const);
  return {
    changed: new Map<string, Buffer | null>([...gone, ...placeFiles('git', other, other.notes)]),
    isNamed: ({ kind, place, first }) => kind === 'fork' && place === 'git' && first === index,
  };
};

const forkInLists: Tamper = (log, _files, random) => {
  const { index, other } = otherLog(log, random);
  const at = log.notes.findIndex(({ size }) => size > index);
  const list = log.notes.map((each, which) => (which < at ? each : other.notes[which]!));
  return {
    changed: new Map([['bundle/checkpoints/git.jsonl', jsonLines(list.map(({ note }) => ({ note })))]]),
    isNamed: ({ kind, file, size }) =>
      kind === 'fork' && file === 'checkpoints/git.jsonl' && size === log.notes[at]!.size,
  };
};

/** A checkpoint that somebody kept is larger than the log, or has another root. */
const rollback: Tamper = (log, _files, random) => {
  const { index, other } = otherLog(log, random);
  const isLarger = random(2) === 0;
  const size = isLarger
    ? log.rows.length + 1 + random(9)
    : other.notes.find((each) => each.size > index)!.size;
  const note = isLarger
    ? checkpointNote(ORIGIN, size, Buffer.alloc(32, 1), [KEY])
    : other.notes.find((each) => each.size === size)!.note;
  return {
    changed: new Map([['kept/notes.txt', Buffer.from(note)]]),
    isNamed: (problem) => problem.kind === 'rollback' && problem.size === size,
  };
};

/** Somebody kept two signed checkpoints of one size. Neither is of this log. */
const contradiction: Tamper = (log, _files, random) => {
  const size = log.rows.length + 1 + random(9);
  const notes = [1, 2].map((byte) => checkpointNote(ORIGIN, size, Buffer.alloc(32, byte), [KEY]));
  return {
    changed: new Map([['kept/notes.txt', Buffer.from(notes.join(random(2) === 0 ? '' : '\n'))]]),
    isNamed: (problem) => problem.kind === 'fork' && problem.size === size,
  };
};

/** The database is older than what the places published, and everything in it is as it was then. */
const restored: Tamper = (log, _files, random) => {
  const at = random(log.notes.length);
  const end = at + 1 === log.notes.length ? 0 : log.notes[at]!.size;
  if (end === 0) return undefined;
  const earlier = {
    ...log,
    rows: log.rows.slice(0, end),
    entries: log.entries.slice(0, end),
    notes: log.notes.slice(0, at + 1),
    published: log.published.filter((each) => each <= at),
  };
  return {
    changed: bundleFiles(earlier),
    isNamed: ({ kind, size }) => kind === 'rollback' && size === newest(log),
  };
};

const placeRolledBack: Tamper = (log, files) => {
  const { notes } = log;
  if (notes.length < 2) return undefined;
  return {
    changed: new Map([['bucket/checkpoint', Buffer.from(notes[0]!.note)]]),
    isNamed: ({ kind, place, size }) =>
      kind === 'place-rollback' && place === 'bucket' && size === newest(log) && files.size > 0,
  };
};

/** A file of a place is changed. */
const ofPlace =
  (
    pattern: RegExp,
    change: (bytes: Buffer, random: Random) => Buffer | null,
    ...kinds: readonly string[]
  ): Tamper =>
  (_log, files, random) => {
    const path = pick(
      [...files.keys()].filter((each) => pattern.test(each)),
      random,
    );
    if (path === undefined) return undefined;
    const [place, ...rest] = path.split('/');
    return {
      changed: new Map([[path, change(files.get(path)!, random)]]),
      isNamed: (problem) =>
        isOneOf(problem, ...kinds) && problem.place === place && problem.file === rest.join('/'),
    };
  };

const lastPublishedEntry: Tamper = (log, _files) => {
  const size = newest(log);
  const first = Math.floor((size - 1) / 256) * 256;
  const width = size - first;
  const file = `tile/entries/${String(first / 256).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;
  return {
    changed: new Map([[`git/${file}`, entryBundle(log.entries.slice(first, size - 1))]]),
    isNamed: (problem) => problem.kind === 'wrong-tile' && problem.place === 'git' && problem.file === file,
  };
};

/** An entry that a place publishes is replaced by another one. */
const publishedEntry: Tamper = (log, files, random) => {
  const path = pick(
    [...files.keys()].filter((each) => /\/tile\/entries\//.test(each)),
    random,
  )!;
  const [place, , , group = '', part] = path.split('/');
  const first = Number(group.replace('.p', '')) * 256;
  const width = part === undefined ? 256 : Number(part);
  const index = first + random(width);
  const list = log.entries
    .slice(first, first + width)
    .map((entry, at) => (first + at === index ? flipped(entry, 8) : entry));
  return {
    changed: new Map([[path, entryBundle(list)]]),
    isNamed: (problem) =>
      problem.kind === 'wrong-published-entry' && problem.place === place && problem.index === index,
  };
};

const about =
  (change: (value: Record<string, unknown>) => object, ...kinds: readonly string[]): Tamper =>
  (_log, files) => {
    const value = JSON.parse(text(files, 'bundle/bundle.json')) as Record<string, unknown>;
    return {
      changed: new Map([['bundle/bundle.json', Buffer.from(JSON.stringify({ ...value, ...change(value) }))]]),
      isNamed: (problem) => isOneOf(problem, ...kinds) && problem.file === 'bundle.json',
    };
  };

const missingFile: Tamper = (_log, files, random) => {
  const path = pick(
    [...files.keys()].filter((each) => /^bundle\/(?!checkpoints\/(bucket|git))/.test(each)),
    random,
  )!;
  return {
    changed: new Map([[path, null]]),
    isNamed: ({ kind, file }) => kind === 'missing-file' && `bundle/${file}` === path,
  };
};

/** The owner of the database writes the log anew and signs it with a key of their own. */
const rewritten: Tamper = (log, _files, random) => {
  const { other } = otherLog(log, random);
  const notes = other.notes.map(({ size }) => ({
    size,
    note: checkpointNote(ORIGIN, size, other.tree.root(size), [OTHER_KEY]),
  }));
  return {
    changed: bundleFiles({ ...other, notes, keys: [OTHER_KEY] }),
    isNamed: ({ kind, text: said }) => kind === 'wrong-key' && said.includes(OTHER_KEY.vkey),
  };
};

/** A byte somewhere in the entries is changed, so a line may no longer be JSON. */
const byteOfEntries: Tamper = (log, files, random) => {
  const index = random(newest(log));
  const start = log.entries.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
  const bytes = flipped(files.get('bundle/entries.jsonl')!, start + random(log.entries[index]!.length));
  return {
    changed: new Map([['bundle/entries.jsonl', bytes]]),
    isNamed: namesEntry(log, 'edited-entry', index, false),
  };
};

export const TAMPERS: Readonly<Record<string, Tamper>> = {
  'an entry is edited': ofEntries(({ rows }, index, random) => ({
    rows: rows.with(index, EDITS[random(EDITS.length)]!(rows[index]!)),
    kind: 'edited-entry',
  })),
  'an entry is deleted': ofEntries(({ rows }, index) => ({
    rows: without(rows, index),
    kind: index === rows.length - 1 ? 'truncated-log' : 'deleted-entry', // Without the last entry, the log is shorter.
  })),
  'an entry is inserted': ofEntries(({ rows }, index) => {
    const forged = {
      ...rows[index]!,
      id: `req_00000000000000000000000000/${index}`,
      type: 'event',
      step: 'x',
      via: 'cli',
    };
    return { rows: rows.toSpliced(index, 0, forged), kind: 'inserted-entry', named: forged };
  }),
  'the log is truncated': ofEntries(({ rows }, index) => ({
    rows: rows.slice(0, index),
    kind: 'truncated-log',
  })),
  'two entries are swapped': (log, files, random) =>
    newest(log) < 2
      ? undefined
      : ofEntries(({ rows }, index) => {
          const [one, other] = [
            index,
            newest(log) - 1 === index ? index - 1 : index + 1 + random(newest(log) - index - 1),
          ].sort((a, b) => a - b) as [number, number];
          const swapped = rows.with(one, rows[other]!).with(other, rows[one]!);
          return { rows: swapped, kind: 'reordered-entry', index: one };
        })(log, files, random),
  'a byte of an entry is changed': byteOfEntries,
  'a text is changed': ofLine(
    'texts.jsonl',
    ({ texts, ...row }) => ({ ...row, texts: (texts as readonly string[]).map((each) => `${each}.`) }),
    'wrong-text',
  ),
  'a salt is changed': ofLine('texts.jsonl', (row) => ({ ...row, salt: 'other' }), 'wrong-text'),
  'a text is moved to another event': ofLine(
    'texts.jsonl',
    (row) => ({ ...row, index: 999_999 }),
    'unknown-text',
  ),
  'a long body is changed': ofLine(
    'bodies.jsonl',
    ({ body, ...row }) => ({ ...row, body: { ...(body as object), more: 'y' } }),
    'wrong-body',
  ),
  'a checkpoint is edited': editCheckpoint,
  'a checkpoint of the ledger is deleted': ofLedgerList(
    without,
    ({ kind, size }, its) => kind === 'missing-checkpoint' && size === its,
  ),
  'the checkpoints of the ledger are truncated': ofLedgerList(
    (notes, at) => notes.slice(0, at),
    ({ kind, size }, its) => kind === 'missing-checkpoint' && size === its,
  ),
  'the checkpoints of the ledger are reordered': ofLedgerList(
    (notes, at) => notes.with(at, notes[at + 1]!).with(at + 1, notes[at]!),
    ({ kind, size }, its) => kind === 'checkpoint-order' && size === its,
  ),
  'a forged checkpoint is inserted': ofLedgerList(
    (notes, at, log) =>
      notes.toSpliced(
        at,
        0,
        JSON.stringify({
          note: checkpointNote(ORIGIN, log.notes[at]!.size, Buffer.alloc(32, 7), [OTHER_KEY]),
        }),
      ),
    ({ kind, size }, its) => kind === 'not-signed' && size === its,
  ),
  'the log is written anew and signed with another key': rewritten,
  'two logs are published at two places': fork,
  'two logs are in two lists of checkpoints': forkInLists,
  'a kept checkpoint is of another log': rollback,
  'two kept checkpoints contradict each other': contradiction,
  'the database is an older one': restored,
  'a place shows an older checkpoint': placeRolledBack,
  'a hash in a tile is changed': ofPlace(
    /\/tile\/\d\//,
    (bytes, random) => flipped(bytes, random(bytes.length)),
    'wrong-tile',
  ),
  'a hash in an upper tile is changed': ofPlace(
    /\/tile\/[1-9]\//,
    (bytes, random) => flipped(bytes, random(bytes.length)),
    'wrong-tile',
  ),
  'a tile is cut': ofPlace(/\/tile\/0\//, (bytes) => bytes.subarray(0, -1), 'wrong-tile'),
  'a tile is missing': ofPlace(/\/tile\//, () => null, 'missing-tile'),
  'the last entry of an entry bundle is missing': lastPublishedEntry,
  'an entry bundle is cut': ofPlace(/\/tile\/entries\//, (bytes) => bytes.subarray(0, -1), 'wrong-tile'),
  'a published entry is changed': publishedEntry,
  'a published long body is changed': ofPlace(/\/bodies\//, (bytes) => flipped(bytes, 20), 'wrong-body'),
  'a published long body is missing': ofPlace(/\/bodies\//, () => null, 'missing-file'),
  'the size in bundle.json is changed': about(({ size }) => ({ size: Number(size) + 1 }), 'wrong-size'),
  'the key in bundle.json is changed': about(() => ({ keys: [OTHER_KEY.vkey] }), 'wrong-key'),
  'the origin in bundle.json is changed': about(() => ({ origin: 'other.example.com/log' }), 'wrong-origin'),
  'a file is missing': missingFile,
};

/** Whether a report names what was done. */
export const isFound = ({ ok, problems }: Report, { isNamed }: Tampered): boolean =>
  !ok && problems.some(isNamed);
