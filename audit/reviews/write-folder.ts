import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Review, ReviewId } from '../../core/reviews/review.ts';
import type { AuditRow, IndexedRow, Ledger, LogSnapshot, ReviewProof } from '../../ledger/index.ts';
import { type OrderedBy, orderedCopy } from '../copy.ts';
import { csvLines } from '../csv.ts';
import { writeLines } from '../evidence/answers.ts';
import { writeChecksums } from '../evidence/checksums.ts';
import { type ExportSize, type ExportedLog, exportLog, makeEmpty, NOT_PROVEN } from '../export.ts';
import { newestCheckpoint, type Note, type SignedHead } from '../newest-checkpoint.ts';
import { proofsOf, withCosignatures } from '../prove.ts';
import { answerRows, reviewLines } from '../questions/index.ts';
import { chosenIds, reviewFrom } from '../verify/verify.mjs';
import { contentsOf, type ReviewAbout, type ReviewCounts } from './contents.ts';
import { reviewFolderPage } from './page.ts';

/** What was made. `checksum` is the SHA-256, in hex, of the file with the hashes of all others. */
export type ReviewMade = Readonly<{ exported: ExportSize; about: ReviewAbout; checksum: string }>;

type Row = Readonly<Record<string, unknown>>;

/**
 * Makes the evidence of a review in an empty folder: an export of the log, and in `evidence/` the population, the lines, the decisions, proofs, and
 * the hashes of all files. First the order becomes an entry of the log. Lines and decisions are made from the entries up to it. docs/verify.md
 * describes the files. Throws when there is no such review, while its sample is being drawn, when the folder has files, and when no checkpoint covers
 * the order in time.
 */
export async function writeReview(
  ledger: Ledger,
  folder: string,
  id: ReviewId,
  { log, by }: Readonly<{ log: ExportedLog; by: OrderedBy }>,
): Promise<ReviewMade> {
  if (!(await ledger.readReview(id))) throw new Error(`there is no review ${id}`);
  await makeEmpty(folder);
  const ordered = await orderedCopy(ledger, by, { kind: 'review', review: id });
  const [review, proof] = [await ledger.readReview(id), await ledger.readReviewProof(id)];
  if (!review || !proof) throw new Error(`there is no review ${id}`);
  if (review.wanted !== undefined && proof.draw === undefined)
    throw new Error('the sample of the review is being drawn. Make the folder again in a minute');
  let newest: Readonly<{ note: Note; checkpoint: SignedHead }> | undefined;
  let standing: readonly AuditRow[] = [];
  const exported = await exportLog(ledger, folder, log, async (snapshot) => {
    newest = await newestCheckpoint(snapshot, log.trusted);
    standing = await standingLines(snapshot, id);
  });
  if (!newest) throw new Error('the snapshot of the log was not read');
  const { note, checkpoint } = newest;
  const place = join(folder, 'evidence');
  await mkdir(place);
  await writeLines(join(place, 'population.txt'), proof.population);
  await writeLines(
    join(folder, NOT_PROVEN, 'standing.jsonl'),
    standing.map((row) => JSON.stringify(row)),
  );
  const made = reviewFrom(folder, { review: id, order: ordered.id, ids: lineIds(review, proof) });
  const lines = made.lines.map(({ fields }) => withReason(fields, proof));
  const decisions = made.decisions.map(({ fields }) => fields);
  await writeTable(place, 'lines', lines, made.lineColumns);
  await writeTable(place, 'decisions', decisions, made.decisionColumns);
  await writeProofs(ledger, place, { id, lines, decisions, note: await withCosignatures(ledger, note) });
  const about: ReviewAbout = { review, proof, checkpoint, ordered, counts: countsOf(lines, decisions) };
  await writeFile(join(place, 'review.json'), `${JSON.stringify(contentsOf(about), null, 2)}\n`, {
    mode: 0o600,
  });
  await writeFile(join(place, 'README.md'), reviewFolderPage(about), { mode: 0o600 });
  return { exported, about, checksum: await writeChecksums(folder) };
}

/** The ids of the lines: the whole population, or those that the draw chose. */
const lineIds = ({ wanted }: Review, { population, draw }: ReviewProof): readonly string[] =>
  wanted === undefined ? population : draw ? chosenIds(population, draw.root, wanted) : [];

/** The lines of standing access, of which the log has only the id. */
async function standingLines(
  snapshot: Pick<LogSnapshot, 'auditPage'>,
  id: ReviewId,
): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of answerRows(snapshot, reviewLines(id)))
    if (row['kind'] === 'standing') rows.push(row);
  return rows;
}

/** A line with why somebody objected, and the salt with which the log has its hash. */
function withReason(row: Row, { reasons }: Pick<ReviewProof, 'reasons'>): Row {
  const { text = null, salt = null } = reasons.get(String(row['decision_id'])) ?? {};
  return { ...row, reason: text, salt };
}

function countsOf(lines: readonly Row[], decisions: readonly Row[]): ReviewCounts {
  const times = lines.flatMap(({ decided_at: at }) => (typeof at === 'string' ? [at] : [])).sort();
  const isFinished = lines.length > 0 && times.length === lines.length;
  return {
    ...{ lines: lines.length, decisions: decisions.length },
    certified: lines.filter(({ decision }) => decision === 'certified').length,
    objected: lines.filter(({ decision }) => decision === 'objected').length,
    finishedAt: isFinished ? (times.at(-1) ?? null) : null,
  };
}

/** A table as CSV and as JSON lines. */
async function writeTable(
  place: string,
  name: string,
  rows: readonly Row[],
  columns: readonly string[],
): Promise<void> {
  await writeLines(join(place, `${name}.csv`), csvLines(rows as readonly AuditRow[], columns));
  await writeLines(
    join(place, `${name}.jsonl`),
    rows.map((row) => JSON.stringify(row)),
  );
}

type Proven = Readonly<{ id: ReviewId; lines: readonly Row[]; decisions: readonly Row[]; note: Note }>;

/** The proofs of the review and its decisions, then those of the events of each line. */
async function writeProofs(
  ledger: Ledger,
  place: string,
  { id, lines, decisions, note }: Proven,
): Promise<void> {
  const proofs: string[] = [];
  const prove = async (rows: readonly IndexedRow[]): Promise<void> => {
    for (const proof of (await proofsOf(ledger, rows, note)).values()) proofs.push(JSON.stringify(proof));
  };
  const decided = new Set(decisions.map((row) => row['id']));
  await prove(
    (await ledger.entriesOfReview(id)).filter(({ type, id: its }) => type === 'review' || decided.has(its)),
  );
  for (const { request_id: request, approvals, granted_event: granted, receipt } of lines) {
    if (typeof request !== 'string') continue;
    const wanted = new Set([...(Array.isArray(approvals) ? (approvals as unknown[]) : []), granted, receipt]);
    await prove((await ledger.entriesOfRequest(request)).filter((row) => wanted.has(row.id)));
  }
  await writeLines(join(place, 'proofs.jsonl'), proofs);
}
