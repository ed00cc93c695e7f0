import { overEntries, entriesOf } from './forger.ts';
import { linesOf, rowsOf, textOf, withLines, withText } from './files.ts';
import type { Forgery } from './forgery.ts';
import { aboutOf, withTable, eachLine, grantsOnly, objections, eachDecision } from './review-forger.ts';

/** What a review says of its lines and decisions. */
export const FORGED_DECISIONS: readonly Forgery[] = [
  [
    'a decision is turned from objected to certified in the lines',
    objections((row) => ({ ...row, decision: 'certified' })),
  ],
  [
    'a decision is turned from objected to certified everywhere',
    (files) => {
      const lines = objections((row) => ({ ...row, decision: 'certified', reason: null, salt: null }))(files);
      return withTable(lines, 'decisions', (rows) => rows.map((row) => ({ ...row, decision: 'certified' })));
    },
  ],
  [
    'the entries of the objections say certify, and the tree is computed anew',
    (files) => {
      const entries = entriesOf(files).map((entry) => entry.replace('"kind":"object"', '"kind":"certify"'));
      return overEntries(files, entries, 'old signatures');
    },
  ],
  [
    'a certified line is said to be decided by another person',
    eachLine((row) => ({ ...row, decided_by: 'bo' })),
  ],
  ['the decisions are by another person', eachDecision((row) => ({ ...row, person: 'bo' }))],
  [
    'the decisions were made a day earlier',
    eachDecision((row) => ({ ...row, at: '2026-11-02T10:00:00.000Z' })),
  ],
  [
    'the lines were decided a day earlier',
    eachLine((row) => ({ ...row, decided_at: '2026-11-02T10:00:00.000Z' })),
  ],
  ['a decision that was refused counts', eachDecision((row) => ({ ...row, refused: null }))],
  [
    'the decision that was refused is left out',
    (files) => withTable(files, 'decisions', (rows) => rows.filter(({ refused }) => refused === null)),
  ],
  [
    'the objections are left out and their lines are not decided',
    (files) => {
      const lines = objections((row) => ({
        ...row,
        decision: null,
        decided_by: null,
        decided_at: null,
        decision_id: null,
        reason: null,
        salt: null,
      }))(files);
      return aboutOf(
        withTable(lines, 'decisions', (rows) => rows.filter(({ decision }) => decision === 'certified')),
        (row) => ({ ...row, finishedAt: null }),
      );
    },
  ],
  [
    'a decision is there twice',
    (files) => withTable(files, 'decisions', (rows) => [...rows, ...rows.slice(-1)]),
  ],
  [
    'the decisions are in another order',
    (files) => withTable(files, 'decisions', (rows) => rows.toReversed()),
  ],
  [
    'the decisions are those of the other review',
    (files, other) => withTable(files, 'decisions', () => rowsOf(other, 'evidence/decisions.jsonl')),
  ],
  [
    'the reason of an objection is another one',
    objections((row) => ({ ...row, reason: 'It was a mistake to object.' })),
  ],
  [
    'the reason of an objection has a salt that hides its first line',
    objections((row) => ({ ...row, salt: `${String(row['salt'])}\nNobody`, reason: 'needs this.' })),
  ],
  [
    'a certified line has a reason',
    eachLine((row) =>
      row['decision'] === 'certified' ? { ...row, reason: 'Checked with the owner.', salt: 'x' } : row,
    ),
  ],
  [
    'a line has the decision of another line',
    (files) => {
      const id = rowsOf(files, 'evidence/lines.jsonl').at(-1)?.['decision_id'];
      return withTable(files, 'lines', (rows) =>
        rows.map((row, at) => (at === 0 ? { ...row, decision_id: id } : row)),
      );
    },
  ],
  ['a grant has another approver', grantsOnly((row) => ({ ...row, approved_by: ['zoe'] }))],
  ['a grant has no approver', grantsOnly((row) => ({ ...row, approved_by: [], approvals: [] }))],
  ['a grant is of another person', grantsOnly((row) => ({ ...row, person: 'zoe' }))],
  ['a grant has a lower level', grantsOnly((row) => ({ ...row, level: 'none' }))],
  ['a grant is of another target', grantsOnly((row) => ({ ...row, target_name: 'a harmless thing' }))],
  [
    'a grant is said to have ended',
    grantsOnly((row) => ({ ...row, until: row['at'], receipt: row['granted_event'] })),
  ],
  ['a grant is called standing access', grantsOnly((row) => ({ ...row, kind: 'standing' }))],
  [
    'the spreadsheet alone says that all is certified',
    (files) =>
      withText(
        files,
        'evidence/lines.csv',
        textOf(files, 'evidence/lines.csv').replaceAll('objected', 'certified'),
      ),
  ],
  [
    'the spreadsheet of the decisions lacks the objections',
    (files) =>
      withLines(
        files,
        'evidence/decisions.csv',
        linesOf(textOf(files, 'evidence/decisions.csv')).filter((line) => !line.includes('objected')),
      ),
  ],
];
