import { changedAnswer } from './forger.ts';
import { type Change, type Files, linesOf, type Row, rowsOf, textOf, withLines, withRows } from './files.ts';

/** The files of the sample. */
export const SAMPLE = 'evidence/sample.jsonl';
export const PROOFS = 'evidence/sample-proofs.jsonl';

/** The rows with a change of the first one. */
export const first = (rows: readonly Row[], change: (row: Row) => Row): readonly Row[] =>
  rows.map((row, at) => (at === 0 ? change(row) : row));
/** No row. */
export const none = (): readonly Row[] => [];
/** A change of the first row of an answer, also in its file for spreadsheets. */
/** The rows with a change of the first one. */
export const firstOf =
  (question: string, change: (row: Row) => Row): Change =>
  (files) =>
    changedAnswer(files, question, (rows) => first(rows, change));
/** A change of the first grant, also in the sample. */
export const grantAndSample =
  (change: (row: Row) => Row): Change =>
  (files) => {
    const { id } = rowsOf(files, SAMPLE)[0] ?? {};
    const ofOne = (rows: readonly Row[]) => rows.map((row) => (row['id'] === id ? change(row) : row));
    const changed = changedAnswer(files, 'grants', ofOne);
    return withRows(changed, SAMPLE, ofOne(rowsOf(files, SAMPLE)));
  };
/** The same folder with other lines in the file for spreadsheets of one answer. */
export const csvOf = (
  files: Files,
  question: string,
  change: (lines: readonly string[]) => readonly string[],
): Files =>
  withLines(files, `evidence/${question}.csv`, change(linesOf(textOf(files, `evidence/${question}.csv`))));
/** The leases of the answer `grants`. */
export const grantIds = (files: Files): readonly string[] =>
  rowsOf(files, 'evidence/grants.jsonl').map(({ id }) => String(id));
/** The leases of the sample. */
export const sampleIds = (files: Files): readonly string[] =>
  rowsOf(files, SAMPLE).map(({ id }) => String(id));
