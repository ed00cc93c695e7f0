import {
  drawn,
  notesOf,
  orderAt,
  entriesOf,
  partsOf,
  rootOf,
  signedBy,
  sizeOf,
  withHead,
  withNotes,
} from './forger.ts';
import {
  linesOf,
  objectOf,
  type Row,
  rowsOf,
  textOf,
  without,
  withLines,
  withRows,
  withText,
  isEvidence,
  mixed,
} from './files.ts';
import type { Forgery } from './forgery.ts';
import {
  REVIEW,
  POPULATION,
  PROOFS,
  aboutOf,
  about,
  withTable,
  withPopulation,
  outside,
} from './review-forger.ts';

/** What a review says of itself: its population, its lines, its scope and its time. */
export const FORGED_REVIEWS: readonly Forgery[] = [
  [
    'population.txt lacks a lease, and its digest is right in review.json',
    (files) => withPopulation(files, (ids) => ids.filter((id) => id !== outside(files)[0])),
  ],
  [
    'population.txt lacks a lease, and nothing else is changed',
    (files) =>
      withLines(
        files,
        POPULATION,
        linesOf(textOf(files, POPULATION)).filter((id) => id !== outside(files)[0]),
      ),
  ],
  [
    'population.txt has standing access that was not there',
    (files) =>
      withPopulation(files, (ids) => [...ids, 'find_00000000-0000-7000-8000-000000000000'].toSorted()),
  ],
  ['population.txt has an id twice', (files) => withPopulation(files, (ids) => [ids[0] ?? '', ...ids])],
  ['population.txt is in another order', (files) => withPopulation(files, (ids) => ids.toReversed())],
  [
    'the count of the population is higher',
    about((row) => ({ ...row, population: Number(row['population']) + 100 })),
  ],
  [
    'the lines are others of the population',
    (files) => {
      const liked = outside(files);
      return withTable(files, 'lines', (rows) =>
        rows.map((row, at) => ({ ...row, line_id: liked[at] ?? row['line_id'] })),
      );
    },
  ],
  ['the last line is left out', (files) => withTable(files, 'lines', (rows) => rows.slice(0, -1))],
  [
    'the last line is left out, and the sample was smaller',
    (files) =>
      aboutOf(
        withTable(files, 'lines', (rows) => rows.slice(0, -1)),
        (row) => ({ ...row, sample: Number(row['lines']) }),
      ),
  ],
  [
    'the lines are in another order',
    (files) =>
      withTable(files, 'lines', (rows) => rows.toReversed().map((row, at) => ({ ...row, position: at + 1 }))),
  ],
  [
    'there is no line, and the sample is not drawn',
    (files) =>
      aboutOf(
        withTable(
          withTable(files, 'lines', () => []),
          'decisions',
          () => [],
        ),
        (row) => ({ ...row, draw: null, finishedAt: null }),
      ),
  ],
  [
    'the draw is another checkpoint',
    (files) =>
      aboutOf(files, (row) => {
        const note = notesOf(files).at(-1) ?? '';
        return { ...row, draw: { size: sizeOf(note), root: rootOf(note) } };
      }),
  ],
  [
    'the draw is another checkpoint, which chooses the lines that the folder has',
    (files) => {
      const note = notesOf(files).at(-1) ?? '';
      const ids = drawn(linesOf(textOf(files, POPULATION)), rootOf(note), 5);
      const known = withTable(files, 'lines', (rows) =>
        rows.filter((row) => ids.includes(String(row['line_id']))),
      );
      return aboutOf(known, (row) => ({ ...row, draw: { size: sizeOf(note), root: rootOf(note) } }));
    },
  ],
  ['the whole population is said to be reviewed', about((row) => ({ ...row, sample: null, draw: null }))],
  ['the scope is one person', about((row) => ({ ...row, scope: { person: ['ana'] } }))],
  ['the scope is an entitlement', about((row) => ({ ...row, scope: { entitlement: ['orders-db'] } }))],
  ['the period begins later', about((row) => ({ ...row, from: '2026-11-01T12:00:00.000Z' }))],
  ['the period is longer', about((row) => ({ ...row, to: '2026-12-31T00:00:00.000Z' }))],
  ['the review was due later', about((row) => ({ ...row, due: '2027-12-31T00:00:00.000Z' }))],
  ['the review was opened earlier', about((row) => ({ ...row, openedAt: '2026-11-02T00:00:00.000Z' }))],
  ['the review was finished earlier', about((row) => ({ ...row, finishedAt: '2026-11-02T00:00:00.000Z' }))],
  ['the review is not finished', about((row) => ({ ...row, finishedAt: null }))],
  ['the review was opened by another person', about((row) => ({ ...row, by: 'zoe' }))],
  [
    'the review has another title',
    about((row) => ({ ...row, title: { ...(row['title'] as Row), text: 'The review of everything' } })),
  ],
  [
    'the review has another title and another salt',
    about((row) => ({ ...row, title: { salt: 'x', text: 'The review of everything' } })),
  ],
  [
    'the numbers of certified and objected lines are swapped',
    about((row) => ({ ...row, certified: row['objected'], objected: row['certified'] })),
  ],
  [
    'the review is the other one',
    (files, other) => aboutOf(files, (row) => ({ ...row, review: objectOf(other, REVIEW)['review'] })),
  ],
  [
    'the order is that of the other review',
    (files, other) =>
      aboutOf(mixed(other, files), (row) => ({ ...row, order: objectOf(other, REVIEW)['order'] })),
  ],
  [
    'the order is one of evidence',
    (files, _other, { evidence }) =>
      aboutOf(files, (row) => ({
        ...row,
        order: objectOf(evidence.files, 'evidence/controls.json')['order'],
      })),
  ],
  ['the order is missing', about(({ order: _order, ...row }) => row)],
  ['the review is of an earlier format', about((row) => ({ ...row, format: 'curfew-review/1' }))],
  ['the evidence of the other review lies in this bundle', (files, other) => mixed(files, other)],
  ['this evidence lies in the bundle of the other review', (files, other) => mixed(other, files)],
  [
    'forged controls lie beside the review',
    (files, _other, { evidence }) =>
      new Map([...[...evidence.files].filter(([path]) => isEvidence(path) && !files.has(path)), ...files]),
  ],
  ['review.json is removed, so that the folder is only a bundle', (files) => without(files, REVIEW)],
  [
    'a letter lies beside the lines',
    (files) => withText(files, 'evidence/letter.txt', 'Everything was certified.\n'),
  ],
  ['there is no proof', (files) => withText(files, PROOFS, '')],
  [
    'the proof of an objection is missing',
    (files) =>
      withRows(
        files,
        PROOFS,
        rowsOf(files, PROOFS).filter(({ entry }) => !String(entry).includes('"kind":"object"')),
      ),
  ],
  [
    'a proof has another entry',
    (files) =>
      withRows(
        files,
        PROOFS,
        rowsOf(files, PROOFS).map((row, at) => (at === 0 ? { ...row, entry: entriesOf(files)[0] } : row)),
      ),
  ],
  [
    'the cosignatures are removed, also in the proofs',
    (files) => {
      const bare = (note: string): string => signedBy(note, partsOf(note).signatures.slice(0, 1));
      return withHead(withNotes(files, notesOf(files).map(bare)), bare(notesOf(files).at(-1) ?? ''));
    },
  ],
  [
    'every checkpoint that covers the order is removed',
    (files) =>
      withNotes(
        files,
        notesOf(files).filter((note) => sizeOf(note) <= orderAt(files)),
      ),
  ],
];
