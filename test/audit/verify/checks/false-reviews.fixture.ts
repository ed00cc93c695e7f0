import { type Files, KEY, WITNESS } from '../bundle.fixture.ts';
import { checkpointNote } from '../signed-log.fixture.ts';
import { PURGE, withChecksums } from './evidence-folder.fixture.ts';
import {
  edited,
  type FalseFolders,
  inFirstLine,
  inLines,
  withFile,
  withoutFile,
  withValues,
} from './false-folder.fixture.ts';
import { otherRow, timeAt } from './honest-log.fixture.ts';
import { reviewFiles, type ReviewParts, tableFiles } from './review-folder.fixture.ts';

// Folders of reviews that are false in one point, beside an honest log. Whoever made them wrote the hashes of all files.

const EVIDENCE = 'bundle/evidence';
const honest = reviewFiles();

const made = (parts: ReviewParts) => () => ({ files: reviewFiles(parts) });
/** The honest folder with a change, and with the hashes as they are then. */
const changed = (change: (files: Files) => Files) => () => ({ files: withChecksums(change(honest)) });
const withText = (name: string, change: (text: string) => string) =>
  changed((files) => edited(files, `${EVIDENCE}/${name}`, change));
const withAbout = (change: (value: Record<string, unknown>) => object) =>
  withText('review.json', withValues(change));

type Fields = Readonly<Record<string, unknown>>;
const rowsOf = (files: Files, name: string): readonly Fields[] =>
  (files.get(`${EVIDENCE}/${name}.jsonl`)?.toString() ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Fields);
/** The honest folder with other rows in both files of a table. */
const withRows = (name: string, change: (rows: readonly Fields[]) => readonly Fields[], about: object = {}) =>
  changed((files) => {
    const rows = rowsOf(files, name);
    const both = new Map([...files, ...tableFiles(name, change(rows), Object.keys(rows[0] ?? {}))]);
    return edited(
      both,
      `${EVIDENCE}/review.json`,
      withValues(() => about),
    );
  });

/** The entry with which a log begins after another one, whose newest checkpoint has this size. */
const logBeginning = (size: number) =>
  otherRow('log-beginning', 'log_2', 450, {
    previous: 'curfew.example.com/first',
    note: checkpointNote('curfew.example.com/first', size, Buffer.alloc(32, 1), [KEY]),
  });
const DRAW = { size: 9, root: Buffer.alloc(32, 2).toString('base64') };

export const FALSE_REVIEWS: FalseFolders = {
  'somebody decides in a review after the order of its folder': made({
    afterOrder: [
      otherRow('review-decision', 'click_later', 510, {
        ...{ by: 'gil', line: 'lease_a', kind: 'object', review: 'review_1', refusal: null, via: 'console' },
      }),
    ],
  }),
  'the proofs of a review lack the witness': () => ({
    files: withChecksums(
      edited(reviewFiles({ signers: [KEY, WITNESS] }), `${EVIDENCE}/proofs.jsonl`, (text) =>
        text.replaceAll(/\\n— witness[^"]*\\n/g, '\\n'),
      ),
    ),
    keys: [KEY.vkey, WITNESS.vkey],
  }),
  'review.json is not JSON': withText('review.json', () => 'x'),
  'review.json has another format': withAbout(() => ({ format: 'curfew-review/1' })),
  'review.json has one more field': withAbout(() => ({ conclusion: 'All is certified.' })),
  'the review is not in the log': withAbout(() => ({ review: 'review_2' })),
  'somebody else opened the review': withAbout(() => ({ by: 'eve' })),
  'the review is due at another time': withAbout(() => ({ due: timeAt(8_000) })),
  'the review was opened at another time': withAbout(() => ({ openedAt: timeAt(0) })),
  'the review has another title': withAbout(() => ({ title: { salt: 'salt', text: 'another review' } })),
  'the folder of another review was ordered': withAbout(() => ({ order: 'x' })),
  'the review names an older checkpoint': made({ checkpoint: 20 }),
  'the review names the checkpoint of another log': withAbout(({ checkpoint }) => ({
    checkpoint: { ...(checkpoint as object), origin: 'other.example.com/log' },
  })),
  'a review of everything has a draw': () => ({
    files: withChecksums(
      edited(
        reviewFiles({ sample: null }),
        `${EVIDENCE}/review.json`,
        withValues(() => ({ draw: DRAW })),
      ),
    ),
  }),
  'a request of the period of a review was purged': made({ later: [PURGE] }),
  'a line is decided twice': made({
    decisions: (lines) => [...lines, lines[0]!].map((line) => ({ line, by: 'gil' })),
  }),
  'the review was finished at another time': withAbout(() => ({ finishedAt: timeAt(0) })),
  'review.json has another number of lines': withAbout(() => ({ lines: 9 })),
  'review.json has another number of objections': withAbout(() => ({ objected: 9 })),
  'there is a file that belongs to no review': changed((files) =>
    withFile(files, `${EVIDENCE}/more.jsonl`, ''),
  ),

  'the population does not have the digest in the log': made({ opened: { digest: '0'.repeat(64) } }),
  'the population does not have the number in the log': made({ opened: { population: 9 } }),
  'the population does not have an access that was held': made({ population: ['lease_a', 'lease_b'] }),
  'the population has an access that was held before the period': made({
    population: ['lease_a', 'lease_b', 'lease_before', 'lease_c'],
  }),
  'the population has an access that nobody held': made({
    population: ['lease_a', 'lease_b', 'lease_c', 'lease_d'],
  }),
  'somebody chose what the sample was drawn by': made({ draw: DRAW }),
  'the sample was drawn in the log before this one': made({ draw: DRAW, later: [logBeginning(10)] }),
  'the log before this one was too small for the draw of the sample': made({
    draw: DRAW,
    later: [logBeginning(8)],
  }),

  'two lines are swapped': withRows('lines', ([first, second]) => [
    { ...second, position: 1 },
    { ...first, position: 2 },
  ]),
  'a line says something else': withRows('lines', ([first, ...others]) => [
    { ...first, person: 'eve' },
    ...others,
  ]),
  'a line has its id at the end, so that a spreadsheet shows all fields under wrong heads': withRows(
    'lines',
    (rows) => rows.map(({ id, ...row }) => ({ ...row, id })),
  ),
  'an objection has another reason': withRows('lines', (rows) =>
    rows.map((row) => (row['reason'] === null ? row : { ...row, reason: 'another one' })),
  ),
  'a line that was certified has a reason': withRows('lines', (rows) =>
    rows.map((row) => (row['reason'] === null ? { ...row, reason: 'x', salt: 'salt' } : row)),
  ),
  'a line that was certified has a salt': withRows('lines', (rows) =>
    rows.map((row) => (row['reason'] === null ? { ...row, salt: 'salt' } : row)),
  ),
  'there is no file of the lines for spreadsheets': changed((files) =>
    withoutFile(files, `${EVIDENCE}/lines.csv`),
  ),
  'the file of the lines for spreadsheets says something else': withText('lines.csv', (text) =>
    text.replace('certified', 'objected'),
  ),
  'a decision is there twice': withRows('decisions', (rows) => [...rows, ...rows.slice(-1)], {
    decisions: 4,
  }),
  'a decision is not in the log': withRows('decisions', (rows) => [...rows, { ...rows[0], id: 'click_9' }], {
    decisions: 4,
  }),
  'the decisions are in another order': withRows('decisions', (rows) => rows.toReversed()),
  'a decision is missing': withRows('decisions', (rows) => rows.slice(1), { decisions: 2 }),
  'a refusal is missing in a decision': withRows('decisions', (rows) =>
    rows.map((row) => ({ ...row, refused: null })),
  ),
  'somebody decided about their own access': made({
    sample: null,
    decisions: (lines) => lines.map((line) => ({ line, by: line === 'lease_a' ? 'ana' : 'gil' })),
  }),
  'somebody decided about an access that is no line': made({
    decisions: (lines) => ['lease_before', ...lines].map((line) => ({ line, by: 'gil' })),
  }),

  'a proof of a review is wrong': withText(
    'proofs.jsonl',
    inFirstLine(({ path }) => ({ path: (path as string[]).toReversed() })),
  ),
  'a proof of a review has another format': withText(
    'proofs.jsonl',
    inFirstLine(() => ({ format: 'curfew-consistency-proof/1' })),
  ),
  'a proof of a review is of another entry': withText(
    'proofs.jsonl',
    inLines((lines) => [...lines, ...lines.slice(0, 1).map(withValues(() => ({ index: 1 })))]),
  ),
  'a proof of a review is missing': withText(
    'proofs.jsonl',
    inLines((lines) => lines.slice(1)),
  ),
};

/** Everything that the folders above are made of. */
export const HONEST_REVIEWS: FalseFolders = {
  'a review with a sample': made({}),
  'a review of everything': made({ sample: null }),
  'a review that is not finished': made({ decisions: (lines) => [{ line: lines[0]!, by: 'gil' }] }),
};
