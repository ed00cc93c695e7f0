import { changedAnswer, entriesOf, orderAt, overEntries, withSample } from './forger.ts';
import { changedObject, type Change, type Files, objectOf, type Row, rowsOf } from './files.ts';

/** The file that says what the evidence is of. */
export const CONTROLS = 'evidence/controls.json';
/** The same folder with a change of `controls.json`. */
export const aboutOf = (files: Files, change: (row: Row) => Row): Files =>
  changedObject(files, CONTROLS, change);
/** A change of `controls.json`. */
export const about =
  (change: (row: Row) => Row): Change =>
  (files) =>
    aboutOf(files, change);
/** Some files of another folder. */
export const taken = (files: Files, other: Files, paths: readonly string[]): Files =>
  new Map([...files, ...[...other].filter(([path]) => paths.includes(path))]);
/** The files of the answers that `controls.json` names. */
export const answerFiles = (files: Files): readonly string[] =>
  (objectOf(files, CONTROLS)['answers'] as readonly Row[]).flatMap(({ question }) => [
    `evidence/${String(question)}.jsonl`,
    `evidence/${String(question)}.csv`,
  ]);
/** The rows of another scope, in each answer that has an entitlement. */
export const narrowed = (files: Files): Files => {
  let changed = files;
  for (const question of ['grants', 'approvals', 'self-approvals', 'refusals', 'overstays', 'drift'])
    changed = changedAnswer(changed, question, (rows) =>
      rows.filter(({ entitlement }) => entitlement === 'orders-db'),
    );
  return withSample(
    changed,
    rowsOf(changed, 'evidence/grants.jsonl')
      .map(({ id }) => String(id))
      .slice(0, 8),
  );
};
/** The entry of the order says what the forger wants, and the tree is computed anew. */
export const otherOrder =
  (change: (body: Row) => Row): Change =>
  (files) => {
    const entries = entriesOf(files);
    const at = orderAt(files);
    const entry = JSON.parse(entries[at] ?? '') as Row;
    const forged = JSON.stringify({ ...entry, body: change(entry['body'] as Row) });
    return overEntries(files, entries.with(at, forged), 'old signatures');
  };
