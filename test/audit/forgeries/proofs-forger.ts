import { LOG_NAME } from '../log.fixture.ts';
import { checkpointNote, treeOf } from '../verify/signed-log.fixture.ts';
import { entriesOf, OWN_KEY, OWN_WITNESS, proofOf, sizeOf } from './forger.ts';
import { type Change, type Files, type Row, rowsOf, withRows } from './files.ts';

/** The file with the proofs. */
export const PROOFS = 'proofs.jsonl';

/** Whether a proof shows that an entry is in the log. */
export const isInclusion = (row: Row): boolean => 'entry' in row;
/** A change of each proof that shows an entry. */
export const each =
  (change: (row: Row) => Row): Change =>
  (files) =>
    withRows(
      files,
      PROOFS,
      rowsOf(files, PROOFS).map((row) => (isInclusion(row) ? change(row) : row)),
    );
/** A change of the proof of the approval. */
export const ofApproval = (change: (row: Row) => Row) =>
  each((row) => (String(row['entry']).includes('"kind":"approved"') ? change(row) : row));
/** A change of the proof that a log is the beginning of another one. */
export const ofGrowth =
  (change: (row: Row) => Row): Change =>
  (files) =>
    withRows(
      files,
      PROOFS,
      rowsOf(files, PROOFS).map((row) => (isInclusion(row) ? row : change(row))),
    );
/** A proof with another text in its entry. */
export const replaced =
  (from: string | RegExp, to: string) =>
  (row: Row): Row => ({ ...row, entry: String(row['entry']).replace(from, to) });
/** The hashes of a proof. */
export const pathOf = (row: Row): readonly string[] => row['path'] as readonly string[];
/** A change of the note of each proof that shows an entry. */
export const eachNoteOfProof = (change: (note: string) => string) =>
  each((row) => ({ ...row, note: change(String(row['note'])) }));
/** Entries as a tree takes them. */
export const bytesOf = (entries: readonly string[]): readonly Buffer[] =>
  entries.map((entry) => Buffer.from(entry));

/** The proofs of a log of the forger, in which bo approved as zoe. */
export const ownLog = (
  files: Files,
  all: Files,
  signatures: (note: string, old: string) => string,
): Files => {
  const old = String(rowsOf(files, PROOFS)[0]?.['note']);
  const entries = entriesOf(all)
    .slice(0, sizeOf(old))
    .map((entry) => entry.replaceAll('"by":"bo"', '"by":"zoe"'));
  const tree = treeOf(bytesOf(entries));
  const note = signatures(
    checkpointNote(LOG_NAME, entries.length, tree.root(entries.length), [OWN_KEY, OWN_WITNESS]),
    old,
  );
  return each((row) => proofOf(entries, Number(row['index']), note, tree))(files);
};
