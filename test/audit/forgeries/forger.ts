import { createHash } from 'node:crypto';
import { LOG_NAME } from '../log.fixture.ts';
import { checkpointNote, inclusionPath, signerOf, type Tree, treeOf } from '../verify/signed-log.fixture.ts';
import {
  changedObject,
  changedTable,
  type Files,
  linesOf,
  objectOf,
  type Row,
  rowsOf,
  textOf,
  withLines,
  withRows,
} from './files.ts';

// What somebody can do who wants an auditor to believe something false. They have every honest folder and keys of their own, and compute every hash
// again. They do not have the key of the log, nor that of its witness.

/** The forger's own key, under the name of the log. */
export const OWN_KEY = signerOf(LOG_NAME, 'a key of the forger');
/** The forger's own witness, under the name of the real one. */
export const OWN_WITNESS = signerOf('witness.example.org/w1', 'a witness of the forger', 4);

export const ENTRIES = 'entries.jsonl';
export const LEDGER = 'checkpoints/ledger.jsonl';
/** Files that hold inclusion proofs. */
const PROOF_FILES = ['evidence/sample-proofs.jsonl', 'evidence/proofs.jsonl', 'proofs.jsonl'];
/** Files that say of which checkpoint the evidence is. */
const ABOUT_FILES = ['evidence/controls.json', 'evidence/review.json'];

/** The entries of a folder, as lines. */
export const entriesOf = (files: Files): readonly string[] => linesOf(textOf(files, ENTRIES));

/** The notes of the ledger, oldest first. */
export const notesOf = (files: Files): readonly string[] =>
  rowsOf(files, LEDGER).map(({ note }) => String(note));

/** How many entries a note covers. */
export const sizeOf = (note: string): number => Number(note.split('\n')[1]);

/** The root that a note has, in base64. */
export const rootOf = (note: string): string => note.split('\n')[2] ?? '';

/** The same files, with other notes in the list of the ledger. */
export const withNotes = (files: Files, notes: readonly string[]): Files =>
  withRows(
    files,
    LEDGER,
    notes.map((note) => ({ note })),
  );

/** The same files, with a change of each note in the list of the ledger, and of the same notes in the lists of places. */
export function eachNote(files: Files, change: (note: string, at: number) => string): Files {
  const before = notesOf(files);
  const changed = new Map(before.map((note, at) => [note, change(note, at)]));
  let all = files;
  for (const path of files.keys())
    if (path.startsWith('checkpoints/'))
      all = withRows(
        all,
        path,
        rowsOf(files, path).map((row) => ({ ...row, note: changed.get(String(row['note'])) ?? row['note'] })),
      );
  return all;
}

/** The same files, with the first entries alone. */
export const cutAt = (files: Files, size: number): Files =>
  changedObject(withLines(files, ENTRIES, entriesOf(files).slice(0, size)), 'bundle.json', (about) => ({
    ...about,
    size,
  }));

/** The text of a checkpoint, and what signed it. */
export function partsOf(note: string): Readonly<{ text: string; signatures: readonly string[] }> {
  const end = note.indexOf('\n\n') + 1;
  return { text: note.slice(0, end), signatures: linesOf(note.slice(end + 1)) };
}

/** A note with other lines of signatures. */
export const signedBy = (note: string, signatures: readonly string[]): string =>
  `${partsOf(note).text}\n${signatures.map((line) => `${line}\n`).join('')}`;

/** How the forger signs a tree of their own: with the old signatures, or with keys of their own. */
export type Signing = 'old signatures' | 'own keys';

function noteOf(note: string, tree: Tree, size: number, signing: Signing): string {
  const root = tree.root(size);
  const forged = checkpointNote(LOG_NAME, size, root, [OWN_KEY, OWN_WITNESS]);
  return signing === 'own keys' ? forged : signedBy(forged, partsOf(note).signatures);
}

/** The same folder over other entries: every checkpoint, proof and number is computed anew. */
export function overEntries(files: Files, entries: readonly string[], signing: Signing): Files {
  const tree = treeOf(entries.map((entry) => Buffer.from(entry)));
  const old = notesOf(files);
  const sizes = [
    ...new Set(old.map((note) => Math.min(sizeOf(note), entries.length)).concat(entries.length)),
  ];
  const notes = sizes.map((size) => {
    const like = old.find((note) => sizeOf(note) >= size) ?? old.at(-1) ?? '';
    return noteOf(like, tree, size, signing);
  });
  const numbered = changedObject(withLines(files, ENTRIES, entries), 'bundle.json', (about) => ({
    ...about,
    size: entries.length,
  }));
  return withHead(withNotes(numbered, notes), notes.at(-1) ?? '', entries);
}

/** The same folder, whose proofs and head are those of this note over these entries. */
export function withHead(files: Files, note: string, entries = entriesOf(files)): Files {
  const size = sizeOf(note);
  const tree = treeOf(entries.slice(0, size).map((entry) => Buffer.from(entry)));
  let changed = files;
  for (const path of PROOF_FILES)
    if (files.has(path)) {
      const proofs = rowsOf(files, path).map(({ entry }) => provenAnew(String(entry), entries, tree, note));
      changed = withRows(changed, path, proofs);
    }
  for (const path of ABOUT_FILES)
    if (files.has(path))
      changed = changedObject(changed, path, (about) => ({
        ...about,
        checkpoint: { ...(about['checkpoint'] as Row), size, root: rootOf(note) },
      }));
  return changed;
}

const idOf = (entry: string): unknown => (JSON.parse(entry) as Row)['id'];

function provenAnew(old: string, entries: readonly string[], tree: Tree, note: string): Row {
  const index = entries.findIndex((entry) => idOf(entry) === idOf(old));
  return index < 0 ? {} : proofOf(entries, index, note, tree);
}

/** A proof of an entry in the tree of a note. */
export function proofOf(
  entries: readonly string[],
  index: number,
  note: string,
  tree = treeOf(entries.slice(0, sizeOf(note)).map((entry) => Buffer.from(entry))),
): Row {
  const size = sizeOf(note);
  const path = inclusionPath(tree, index, size).map((hash) => hash.toString('base64'));
  return { format: 'curfew-inclusion-proof/1', entry: entries[index], index, size, path, note };
}

/** The ids that a root chooses: those with the lowest ranks. */
export function drawn(ids: readonly string[], root: string, wanted: number): readonly string[] {
  const rank = (id: string): string => createHash('sha256').update(`${root}\n${id}`).digest('hex');
  return ids.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1)).slice(0, wanted);
}

/** The same evidence with other rows in one answer. Its file for spreadsheets and its count are right again. */
export function changedAnswer(
  files: Files,
  question: string,
  change: (rows: readonly Row[]) => readonly Row[],
): Files {
  const changed = changedTable(files, `evidence/${question}`, change);
  const rows = rowsOf(changed, `evidence/${question}.jsonl`).length;
  return changedObject(changed, 'evidence/controls.json', (about) => ({
    ...about,
    answers: (about['answers'] as readonly Row[]).map((each) =>
      each['question'] === question ? { ...each, rows } : each,
    ),
  }));
}

/** The same evidence with these rows of `grants` as its sample, with proofs that the log really has. */
export function withSample(files: Files, ids: readonly string[], wanted = ids.length): Files {
  const grants = rowsOf(files, 'evidence/grants.jsonl');
  const rows = ids.flatMap((id) => grants.filter((row) => row['id'] === id));
  const entries = entriesOf(files);
  const note = notesOf(files).at(-1) ?? '';
  const tree = treeOf(entries.slice(0, sizeOf(note)).map((entry) => Buffer.from(entry)));
  const events = rows.flatMap((row) => [
    ...(row['approvals'] as readonly string[]),
    ...[row['granted_event'], row['receipt']].filter((id) => typeof id === 'string'),
  ]);
  const proofs = events.map((id) =>
    proofOf(
      entries,
      entries.findIndex((entry) => idOf(entry) === id),
      note,
      tree,
    ),
  );
  const sampled = withRows(files, 'evidence/sample.jsonl', rows);
  return changedObject(
    withRows(sampled, 'evidence/sample-proofs.jsonl', proofs),
    'evidence/controls.json',
    (about) => ({
      ...about,
      sample: { wanted, rows: rows.length },
    }),
  );
}

/** The index of the order of a folder in its log. */
export function orderAt(files: Files): number {
  const path = ABOUT_FILES.find((each) => files.has(each)) ?? '';
  const { order } = objectOf(files, path);
  return entriesOf(files).findIndex((entry) => entry.includes('"type":"copy"') && idOf(entry) === order);
}
