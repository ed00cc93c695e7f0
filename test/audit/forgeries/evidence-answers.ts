import { changedAnswer } from './forger.ts';
import { changedObject, changedTable, type Row, withText } from './files.ts';
import { CONTROLS } from './evidence-order-forger.ts';
import type { Forgery } from './forgery.ts';
import { none, firstOf, grantAndSample, csvOf, grantIds, sampleIds } from './evidence-forger.ts';

/** Answers that do not have the rows that the log has. */
export const FORGED_ANSWERS: readonly Forgery[] = [
  [
    'a row of grants is removed, and its count is lower',
    (files) => changedAnswer(files, 'grants', (rows) => rows.slice(1)),
  ],
  [
    'a row of grants that is not in the sample is removed, and its count is lower',
    (files) => {
      const sampled = sampleIds(files);
      const gone = grantIds(files).find((id) => !sampled.includes(id));
      return changedAnswer(files, 'grants', (rows) => rows.filter(({ id }) => id !== gone));
    },
  ],
  ['the answer of approvals is empty', (files) => changedAnswer(files, 'approvals', none)],
  ['the answer of overstays is empty', (files) => changedAnswer(files, 'overstays', none)],
  ['the answer of drift is empty', (files) => changedAnswer(files, 'drift', none)],
  ['the answer of pairs is empty', (files) => changedAnswer(files, 'pairs', none)],
  ['the answer of readings is empty', (files) => changedAnswer(files, 'readings', none)],
  ['the answer of refusals is empty', (files) => changedAnswer(files, 'refusals', none)],
  [
    'an answer is empty, and its count still says how many rows there were',
    (files) => changedTable(files, 'evidence/overstays', none),
  ],
  [
    'a count is lower, and the rows are there',
    (files) =>
      changedObject(files, CONTROLS, (about) => ({
        ...about,
        answers: (about['answers'] as Row[]).map((each) => ({ ...each, rows: 0 })),
      })),
  ],
  [
    'an answer has another order of its rows',
    (files) => changedAnswer(files, 'grants', (rows) => rows.toReversed()),
  ],
  [
    'an answer has a row twice',
    (files) => changedAnswer(files, 'approvals', (rows) => [...rows.slice(0, 1), ...rows]),
  ],
  ['an approval has another person', firstOf('approvals', (row) => ({ ...row, person: 'zoe' }))],
  ['an approval took an hour', firstOf('approvals', (row) => ({ ...row, seconds: 3_600 }))],
  ['an approval has another account', firstOf('approvals', (row) => ({ ...row, account: 'U0ZOE' }))],
  ['a grant ended an hour earlier', grantAndSample((row) => ({ ...row, until: '2026-10-01T00:00:00.000Z' }))],
  [
    'a grant was to end a day later',
    grantAndSample((row) => ({ ...row, planned_end: '2026-12-24T00:00:00.000Z' })),
  ],
  ['a grant has a lower level', grantAndSample((row) => ({ ...row, level: 'read-only' }))],
  ['a grant has another person', grantAndSample((row) => ({ ...row, person: 'zoe' }))],
  ['a grant has another approver', grantAndSample((row) => ({ ...row, approved_by: ['zoe'] }))],
  [
    'a grant has the approval of another request',
    grantAndSample((row) => ({ ...row, approvals: ['req_01jgyq8zk7f5v2m9c3x4b6n8p0/2'] })),
  ],
  [
    'a grant has a receipt that it does not have',
    grantAndSample((row) => ({ ...row, receipt: row['granted_event'] })),
  ],
  ['a grant has another account', grantAndSample((row) => ({ ...row, account_name: 'service-account' }))],
  ['a row has a field more', firstOf('grants', (row) => ({ ...row, checked_by: 'the auditor' }))],
  ['a row lacks a field', firstOf('grants', ({ level: _level, ...row }) => row)],
  ['the number of an overstay is a text', firstOf('overstays', (row) => ({ ...row, seconds: '1' }))],
  [
    'a policy was used first on another day',
    firstOf('policies', (row) => ({ ...row, at: '2026-10-01T00:00:00.000Z' })),
  ],
  [
    'a decision about a finding was not refused',
    (files) =>
      changedAnswer(files, 'decisions', (rows) =>
        rows.map((row) => ({ ...row, refused: row['refused'] === null ? 'own-finding' : null })),
      ),
  ],
  ['a refusal is of another person', firstOf('refusals', (row) => ({ ...row, person: 'zoe' }))],
  ['a person who read a page is another one', firstOf('readings', (row) => ({ ...row, person: 'zoe' }))],
  [
    'a purge is invented',
    (files) =>
      changedAnswer(files, 'purges', () => [
        {
          id: 'x',
          at: '2026-11-01T10:00:00.000Z',
          before: '2026-11-01T00:00:00.000Z',
          requests: 3,
          entries: 9,
        },
      ]),
  ],
  [
    'the spreadsheet alone says another approver',
    (files) =>
      csvOf(files, 'grants', (lines) =>
        lines.map((line) => line.replace(',bo,', ',zoe,').replace(',ana,', ',zoe,')),
      ),
  ],
  ['the spreadsheet alone lacks a row', (files) => csvOf(files, 'overstays', (lines) => lines.slice(0, -1))],
  [
    'the spreadsheet has the names of two columns swapped',
    (files) =>
      csvOf(files, 'grants', ([names = '', ...lines]) => [
        names.replace('until,planned_end', 'planned_end,until'),
        ...lines,
      ]),
  ],
  [
    'the spreadsheet has a cell that a program takes for a formula',
    (files) =>
      csvOf(files, 'approvals', ([names = '', line = '', ...lines]) => [
        names,
        line.replace(/,/, ',=1+1'),
        ...lines,
      ]),
  ],
  [
    'the spreadsheet has a line with a note',
    (files) =>
      csvOf(files, 'self-approvals', (lines) => [...lines, 'All of these were discussed with the auditor.']),
  ],
  ['the spreadsheet is empty', (files) => withText(files, 'evidence/grants.csv', '')],
];
