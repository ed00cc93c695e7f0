import { chosenIds, reviewFrom } from '../../../../audit/verify/verify.mjs';
import { csvLines } from '../../../../audit/csv.ts';
import { type Files, jsonLines, KEY, type Log } from '../bundle.fixture.ts';
import type { Row } from '../rows.fixture.ts';
import type { Signer } from '../signed-log.fixture.ts';
import { checkpointIn, grantedRows, proofOf, withChecksums } from './evidence-folder.fixture.ts';
import { whileWritten } from './false-folder.fixture.ts';
import { bundleOf, otherRow, salted, shaOf, signedLog, timeAt } from './honest-log.fixture.ts';

// The folder of a review in a small log, which is made without a ledger. The lines are made as Curfew makes them.

const REVIEW = 'review_1';
const ORDER = '0f1c0000-0000-4000-8000-000000000002';
const OPENED = 400;
const TITLE = 'a review';
const REASON = 'not needed';
/** Three accesses that were held in the period of the review, and one that was held before it. */
const ROWS: readonly Row[] = [
  ...grantedRows('before', 0, 'bo'),
  ...grantedRows('a', 100, 'bo'),
  ...grantedRows('b', 200, 'ana', { requester: 'bo' }),
  ...grantedRows('c', 300, 'bo'),
];
const HELD = ['lease_a', 'lease_b', 'lease_c'];

type Fields = Readonly<Record<string, unknown>>;
/** A decision that somebody made in the review. */
type Decision = Readonly<{ by: string; line: string; kind?: 'certify' | 'object'; refusal?: string }>;

/** What the folder of a review is made of. */
export type ReviewParts = Readonly<{
  population?: readonly string[];
  sample?: number | null;
  signers?: readonly Signer[];
  /** What is before the entry of the review. */
  rows?: readonly Row[];
  /** What is after the decisions. */
  later?: readonly Row[];
  /** What is after the order. */
  afterOrder?: readonly Row[];
  /** Of the accesses that are lines. */
  decisions?: (lines: readonly string[]) => readonly Decision[];
  /** What the entry of the review says. */
  opened?: object;
  /** The root that draws the sample, and its size. */
  draw?: Readonly<{ size: number; root: string }>;
  /** The size of the checkpoint that the folder names. */
  checkpoint?: number;
  /** What review.json says. */
  contents?: (contents: Record<string, unknown>) => object;
}>;

/** The decisions of an honest review: somebody certifies the first line, objects to the others, and is refused once. */
const decidedBy = (lines: readonly string[]): readonly Decision[] => [
  ...lines.map((line, at) => ({
    line,
    by: 'gil',
    kind: at === 0 ? ('certify' as const) : ('object' as const),
  })),
  { line: lines[0] ?? '', by: 'bo', refusal: 'not-a-reviewer' },
];

const decisionRow = ({ by, line, kind = 'certify', refusal }: Decision, at: number): Row =>
  otherRow('review-decision', `click_${at}`, OPENED + 10 + at, {
    ...{ by, line, kind, review: REVIEW, refusal: refusal ?? null, via: 'console' },
    ...(kind === 'object' ? { reason: { text: 0, hash: salted(REASON) } } : {}),
  });

/** A table as its two files. The fields of a row stand under the heads of the columns in the order in which the row has them. */
export function tableFiles(name: string, rows: readonly Fields[], columns: readonly string[]): Files {
  const underHeads = rows.map((row) => {
    const values = Object.values(row);
    return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
  });
  const csv = csvLines(underHeads as Parameters<typeof csvLines>[0], columns);
  return new Map([
    [`bundle/evidence/${name}.jsonl`, jsonLines(rows)],
    [`bundle/evidence/${name}.csv`, Buffer.from(csv.map((line) => `${line}\n`).join(''))],
  ]);
}

/** The files of a review. Without parts it is honest. */
export function reviewFiles(parts: ReviewParts = {}): Files {
  const { population = HELD, sample = 2, rows: before = ROWS, later = [], decisions = decidedBy } = parts;
  const { opened = {}, contents = (all) => all } = parts;
  const list = Buffer.from(population.map((id) => `${id}\n`).join(''));
  const review = {
    ...{ by: 'dee', scope: {}, from: timeAt(90), to: timeAt(390), due: timeAt(9_000), sample },
    ...{ population: population.length, digest: shaOf(list) },
    ...opened,
  };
  const entry: Row = {
    ...otherRow('review', REVIEW, OPENED, { ...review, title: { text: 0, hash: salted(TITLE) } }),
    ...{ salt: 'salt', texts: [TITLE] },
  };
  const first = [...before, entry];
  const own = {
    size: first.length,
    root: signedLog(first, { sizes: [] }).tree.root(first.length).toString('base64'),
  };
  const { draw = own } = parts;
  const ids = sample === null ? population : chosenIds(population, draw.root, sample);
  const rows = [
    ...first,
    ...decisions(ids).map(decisionRow),
    ...later,
    otherRow('copy', ORDER, 500, { kind: 'review', review: REVIEW, by: 'dee', via: 'cli' }),
    ...(parts.afterOrder ?? []),
  ];
  const { checkpoint: size = rows.length } = parts;
  const log = signedLog(rows, {
    signers: parts.signers ?? [KEY],
    sizes: [...new Set([5, size, rows.length])].sort((one, other) => one - other),
  });
  const bundle = bundleOf(log, []);
  const made = whileWritten({ files: bundle }, (folder) =>
    reviewFrom(`${folder}/bundle`, { review: REVIEW, order: ORDER, ids }),
  );
  const lines = made.lines.map(({ fields }): Fields => {
    const isObjected = fields['decision'] === 'objected';
    return { ...fields, reason: isObjected ? REASON : null, salt: isObjected ? 'salt' : null };
  });
  const facts = [...made.decisions, ...made.lines].flatMap((row) => row.facts);
  const decided = made.decisions.map(({ fields }) => fields);
  const numberOf = (decision: string) => lines.filter((row) => row['decision'] === decision).length;
  const about = contents({
    ...{ format: 'curfew-review/2', order: ORDER, review: REVIEW, title: { salt: 'salt', text: TITLE } },
    ...{ ...review, openedAt: entry.at, checkpoint: checkpointIn(log, size) },
    ...{ draw: sample === null ? null : draw, lines: lines.length, decisions: decided.length },
    ...{ certified: numberOf('certified'), objected: numberOf('objected') },
    finishedAt: finishedAt(lines, decided),
  });
  const proven = [first.length - 1, ...facts.map(({ index }) => Number(index))];
  return withChecksums(
    new Map([
      ...bundle,
      ...tableFiles('lines', lines, made.lineColumns),
      ...tableFiles('decisions', decided, made.decisionColumns),
      ['bundle/evidence/population.txt', list],
      ['bundle/evidence/proofs.jsonl', proofLines(log, proven, size)],
      ['bundle/evidence/review.json', Buffer.from(JSON.stringify(about))],
      ['bundle/evidence/README.md', Buffer.from('Review\n')],
    ]),
  );
}

/** When the last line was decided, or null. */
function finishedAt(lines: readonly Fields[], decisions: readonly Fields[]): unknown {
  const counting = decisions.filter((row) => row['refused'] === null);
  const isFinished = lines.every((row) => row['decision'] !== null);
  return isFinished ? (counting.at(-1)?.['at'] ?? null) : null;
}

/** A proof of each entry, once, as far as the checkpoint of a size covers it. */
const proofLines = (log: Log, indexes: readonly number[], size: number): Buffer =>
  jsonLines([...new Set(indexes)].filter((index) => index < size).map((index) => proofOf(log, index, size)));
