import { objectOf, type Row, without, withText, mixed } from './files.ts';
import type { Forgery } from './forgery.ts';
import { CONTROLS, aboutOf, about, narrowed, otherOrder, answerFiles } from './evidence-order-forger.ts';

/** Evidence that says of another order, period, scope or control than it was ordered for. */
export const FORGED_ORDERS: readonly Forgery[] = [
  [
    'the period begins later in controls.json',
    about((row) => ({ ...row, from: '2026-11-01T12:00:00.000Z' })),
  ],
  ['the period ends earlier in controls.json', about((row) => ({ ...row, to: '2026-11-01T12:00:00.000Z' }))],
  ['the period ends later in controls.json', about((row) => ({ ...row, to: '2026-11-30T00:00:00.000Z' }))],
  [
    'the period is written in another way',
    about((row) => ({ ...row, from: String(row['from']).replace('.000Z', 'Z') })),
  ],
  [
    'the scope says orders-db, and the answers are of everything',
    about((row) => ({ ...row, entitlement: 'orders-db' })),
  ],
  ['the scope is one provider, and the answers are of all', about((row) => ({ ...row, provider: 'fake' }))],
  ['the answers are of orders-db, and the scope is everything', narrowed],
  [
    'the answers are of orders-db, and the scope says so',
    (files) => aboutOf(narrowed(files), (row) => ({ ...row, entitlement: 'orders-db' })),
  ],
  [
    'the order is of orders-db, and the tree is computed anew',
    otherOrder((body) => ({ ...body, entitlement: 'orders-db' })),
  ],
  [
    'the order has a smaller sample, and the tree is computed anew',
    otherOrder((body) => ({ ...body, sample: 1 })),
  ],
  [
    'the order is that of the other evidence',
    (files, other) =>
      aboutOf(mixed(other, files), (row) => ({ ...row, order: objectOf(other, CONTROLS)['order'] })),
  ],
  [
    'the order is one that the log does not have',
    about((row) => ({ ...row, order: '00000000-0000-7000-8000-000000000000' })),
  ],
  [
    'the order is that of a folder of a review',
    (files, _other, { review }) =>
      aboutOf(files, (row) => ({ ...row, order: objectOf(review.files, 'evidence/review.json')['order'] })),
  ],
  ['the order is missing', about(({ order: _order, ...row }) => row)],
  [
    'some of the time before is said to be incomplete',
    about((row) => ({ ...row, incompleteBefore: '2026-11-01T10:00:00.000Z' })),
  ],
  [
    'the sample is said to have been wanted smaller',
    about((row) => ({ ...row, sample: { ...(row['sample'] as Row), wanted: 1 } })),
  ],
  [
    'the controls are none, and there is no answer',
    (files) =>
      aboutOf(without(files, ...answerFiles(files)), (row) => ({ ...row, controls: [], answers: [] })),
  ],
  ['one control is left out', about((row) => ({ ...row, controls: (row['controls'] as Row[]).slice(1) }))],
  [
    'a control is there that was not ordered',
    about((row) => ({
      ...row,
      controls: [
        ...(row['controls'] as Row[]),
        { ...(row['controls'] as Row[])[0], id: 'CC9.9', title: 'Everything is well' },
      ],
    })),
  ],
  [
    'a control has fewer questions',
    about((row) => ({
      ...row,
      controls: (row['controls'] as Row[]).map((each) => ({ ...each, questions: ['grants'] })),
    })),
  ],
  [
    'the question overstays is left out, with its answer',
    (files) =>
      aboutOf(without(files, 'evidence/overstays.jsonl', 'evidence/overstays.csv'), (row) => ({
        ...row,
        controls: (row['controls'] as Row[]).map((each) => ({
          ...each,
          questions: (each['questions'] as string[]).filter((name) => name !== 'overstays'),
        })),
        answers: (row['answers'] as Row[]).filter(({ question }) => question !== 'overstays'),
      })),
  ],
  [
    'an answer about findings is invented, which has no row',
    (files) =>
      aboutOf(
        withText(withText(files, 'evidence/findings.jsonl', ''), 'evidence/findings.csv', 'id\n'),
        (row) => ({
          ...row,
          answers: [
            ...(row['answers'] as Row[]),
            { question: 'findings', title: 'Access that no request explains', rows: 0 },
          ],
        }),
      ),
  ],
  [
    'a file with an empty answer about findings lies beside the others',
    (files) => withText(files, 'evidence/findings.jsonl', ''),
  ],
  [
    'a letter lies beside the answers',
    (files) => withText(files, 'evidence/letter.txt', 'There was no overstay.\n'),
  ],
  ['a letter lies beside the bundle', (files) => withText(files, 'LETTER.md', 'There was no overstay.\n')],
  ['the evidence is of an earlier format', about((row) => ({ ...row, format: 'curfew-evidence/1' }))],
  ['the evidence is of a later format', about((row) => ({ ...row, format: 'curfew-evidence/3' }))],
  ['the evidence has no format', about(({ format: _format, ...row }) => row)],
];
