import { createHash } from 'node:crypto';
import {
  changedObject,
  changedTable,
  type Change,
  type Files,
  linesOf,
  type Row,
  rowsOf,
  textOf,
  withLines,
} from './files.ts';

export const REVIEW = 'evidence/review.json';
export const POPULATION = 'evidence/population.txt';
export const PROOFS = 'evidence/proofs.jsonl';

/** The same folder with a change of `review.json`. */
export const aboutOf = (files: Files, change: (row: Row) => Row): Files =>
  changedObject(files, REVIEW, change);
/** A change of `review.json`. */
export const about =
  (change: (row: Row) => Row): Change =>
  (files) =>
    aboutOf(files, change);
/** The lines changed in both tables, and the numbers of review.json as they follow from them. */
export const withTable = (
  files: Files,
  table: 'lines' | 'decisions',
  change: (rows: readonly Row[]) => readonly Row[],
): Files => {
  const changed = changedTable(files, `evidence/${table}`, change);
  const lines = rowsOf(changed, 'evidence/lines.jsonl');
  const decided = (kind: string): number => lines.filter(({ decision }) => decision === kind).length;
  return aboutOf(changed, (row) => ({
    ...row,
    lines: lines.length,
    decisions: rowsOf(changed, 'evidence/decisions.jsonl').length,
    certified: decided('certified'),
    objected: decided('objected'),
  }));
};
/** A change of each line. */
export const eachLine =
  (change: (row: Row) => Row): Change =>
  (files) =>
    withTable(files, 'lines', (rows) => rows.map(change));
/** A change of each line that is a lease. */
export const grantsOnly = (change: (row: Row) => Row) =>
  eachLine((row) => (row['kind'] === 'grant' ? change(row) : row));
/** A change of each line that somebody objected to. */
export const objections = (change: (row: Row) => Row) =>
  eachLine((row) => (row['decision'] === 'objected' ? change(row) : row));
/** A change of each decision. */
export const eachDecision =
  (change: (row: Row) => Row): Change =>
  (files) =>
    withTable(files, 'decisions', (rows) => rows.map(change));

/** The population with other ids, and its digest and count in review.json. */
export const withPopulation = (
  files: Files,
  change: (ids: readonly string[]) => readonly string[],
): Files => {
  const changed = withLines(files, POPULATION, change(linesOf(textOf(files, POPULATION))));
  const digest = createHash('sha256').update(textOf(changed, POPULATION)).digest('hex');
  return aboutOf(changed, (row) => ({
    ...row,
    digest,
    population: linesOf(textOf(changed, POPULATION)).length,
  }));
};
/** The ids of the population that are no line. */
export const outside = (files: Files): readonly string[] => {
  const lines = new Set(rowsOf(files, 'evidence/lines.jsonl').map((row) => row['line_id']));
  return linesOf(textOf(files, POPULATION)).filter((id) => !lines.has(id));
};
