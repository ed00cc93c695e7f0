import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import type {
  AuditQuery,
  AuditRow,
  IndexedRow,
  Ledger,
  LogSnapshot,
  ReviewProof,
} from '../../ledger/index.ts';
import { answerTime } from '../answer-time.ts';
import { csvLines } from '../csv.ts';
import { type ColumnsOf, jsonLine } from '../evidence/answers.ts';
import { writeChecksums } from '../evidence/checksums.ts';
import { type Exported, type ExportedLog, exportLog, lineWriter } from '../export.ts';
import { newestCheckpoint, type Note, type SignedHead } from '../newest-checkpoint.ts';
import { proofsOf } from '../prove.ts';
import { answerRows, decisionsOfReview, reviewLines } from '../questions/index.ts';
import { contentsOf, type ReviewAbout } from './contents.ts';
import { reviewFolderPage } from './page.ts';

/** What was made. `checksum` is the SHA-256, in hex, of the file with the hashes of all others. */
export type ReviewMade = Readonly<{ exported: Exported; about: ReviewAbout; checksum: string }>;

type Read = Readonly<{
  note: Note;
  checkpoint: SignedHead;
  lines: readonly AuditRow[];
  decisions: readonly AuditRow[];
}>;

/**
 * Makes the evidence of a review in an empty folder: an export of the log, and in `evidence/` the population, the lines, the decisions, proofs, and
 * the hashes of all files. Lines and decisions are read in the same snapshot as the log. docs/verify.md describes the files. Throws when there is no
 * such review, while its sample is being drawn, when the folder has files, and when no checkpoint was published that a trusted key signed.
 */
export async function writeReview(
  ledger: Ledger,
  folder: string,
  id: ReviewId,
  { log, columnsOf }: Readonly<{ log: ExportedLog; columnsOf: ColumnsOf }>,
): Promise<ReviewMade> {
  const [review, proof] = [await ledger.readReview(id), await ledger.readReviewProof(id)];
  if (!review || !proof) throw new Error(`there is no review ${id}`);
  const place = join(folder, 'evidence');
  let answeredAt = 0 as Instant;
  let found: Read | undefined;
  const exported = await exportLog(ledger, folder, log, async (snapshot, newestAt) => {
    answeredAt = await answerTime(ledger, newestAt);
    found = {
      ...(await newestCheckpoint(snapshot, log.trusted)),
      lines: (await rowsOf(snapshot, reviewLines(id))).map((row) => withReason(row, proof)),
      decisions: await rowsOf(snapshot, decisionsOfReview(id)),
    };
    await mkdir(place);
  });
  if (!found) throw new Error('the snapshot of the log was not read');
  const { note, checkpoint, lines, decisions } = found;
  const [opened] = await ledger.entriesOfReview(id);
  const isCovered = typeof opened?.index === 'number' && opened.index < checkpoint.size;
  if (review.wanted !== undefined && proof.draw === undefined && isCovered)
    throw new Error('the sample of the review is being drawn. Make the folder again in a minute');
  await writeFile(join(place, 'population.txt'), proof.population.map((each) => `${each}\n`).join(''), {
    mode: 0o600,
  });
  await writeTable(place, 'lines', lines, [...columnsOf('review_line'), 'reason', 'salt']);
  await writeTable(place, 'decisions', decisions, columnsOf('review_decision'));
  await writeProofs(ledger, place, { id, lines, note });
  const counts = { lines: lines.length, decisions: decisions.length };
  const about: ReviewAbout = { review, proof, checkpoint, answeredAt, ...counts };
  const contents = JSON.stringify(contentsOf(ledger, about), null, 2);
  await writeFile(join(place, 'review.json'), `${contents}\n`, { mode: 0o600 });
  await writeFile(join(place, 'README.md'), reviewFolderPage(about), { mode: 0o600 });
  return { exported, about, checksum: await writeChecksums(folder) };
}

async function rowsOf(
  snapshot: Pick<LogSnapshot, 'auditPage'>,
  query: AuditQuery,
): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of answerRows(snapshot, query)) rows.push(row);
  return rows;
}

/** A line with why somebody objected, and the salt with which the log has its hash. */
function withReason(row: AuditRow, { reasons }: Pick<ReviewProof, 'reasons'>): AuditRow {
  const { text = null, salt = null } = reasons.get(String(row['decision_id'])) ?? {};
  return { ...row, reason: text, salt };
}

/** A table as CSV and as JSON lines. */
async function writeTable(
  place: string,
  name: string,
  rows: readonly AuditRow[],
  columns: readonly string[],
): Promise<void> {
  const files = { csv: csvLines(rows, columns), jsonl: rows.map(jsonLine) };
  for (const [type, lines] of Object.entries(files))
    await writeFile(join(place, `${name}.${type}`), lines.map((line) => `${line}\n`).join(''), {
      mode: 0o600,
    });
}

type Proven = Readonly<{ id: ReviewId; lines: readonly AuditRow[]; note: Note }>;

/** The proofs of the entries that the checkpoint covers: the review and its decisions, then the events of each line in the order of their positions. */
async function writeProofs(ledger: Ledger, place: string, { id, lines, note }: Proven): Promise<void> {
  const proofs = lineWriter(join(place, 'proofs.jsonl'));
  const write = async (rows: readonly IndexedRow[]): Promise<void> => {
    for (const proof of (await proofsOf(ledger, rows, note)).values()) await proofs.write(jsonLine(proof));
  };
  await write(await ledger.entriesOfReview(id));
  const byPosition = lines.toSorted((one, other) => Number(one['position']) - Number(other['position']));
  for (const { line_id: lease, request_id: request } of byPosition)
    if (typeof request === 'string')
      await write(eventsOfLine(await ledger.entriesOfRequest(request), String(lease)));
  await proofs.end();
}

/** The events that prove a line: the approvals, the first read that showed the access, and the first receipt. */
function eventsOfLine(rows: readonly IndexedRow[], lease: string): readonly IndexedRow[] {
  const bodyOf = ({ body }: IndexedRow) => body as Readonly<{ kind?: unknown; lease?: unknown }>;
  const firstOf = (kind: string) =>
    rows.find((row) => bodyOf(row).kind === kind && bodyOf(row).lease === lease);
  const approvals = rows.filter((row) =>
    ['approved', 'extension-approved'].includes(String(bodyOf(row).kind)),
  );
  return [...approvals, ...[firstOf('granted'), firstOf('revoked')].flatMap((row) => row ?? [])];
}
