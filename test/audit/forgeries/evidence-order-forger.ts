import { entriesOf, orderAt, overEntries } from './forger.ts';
import { changedObject, type Files, objectOf, type Row, rowsOf } from './files.ts';
import { changedAnswer, withSample } from './forger.ts';

export type Change = (files: Files) => Files;

export const CONTROLS = 'evidence/controls.json';
export const aboutOf = (files: Files, change: (row: Row) => Row): Files =>
  changedObject(files, CONTROLS, change);
export const about =
  (change: (row: Row) => Row): Change =>
  (files) =>
    aboutOf(files, change);
export const isEvidence = (path: string): boolean => path.startsWith('evidence/');

/** The bundle of one folder and the evidence of another one. */
export const mixed = (bundle: Files, evidence: Files): Files =>
  new Map([
    ...[...bundle].filter(([path]) => !isEvidence(path)),
    ...[...evidence].filter(([path]) => isEvidence(path)),
  ]);
/** Some files of another folder. */
export const taken = (files: Files, other: Files, paths: readonly string[]): Files =>
  new Map([...files, ...[...other].filter(([path]) => paths.includes(path))]);
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
