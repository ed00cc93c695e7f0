import type { Control } from '../../../audit/evidence/controls.ts';
import { type EvidenceName, evidenceQuery } from '../../../audit/evidence/questions.ts';
import { openCheckpoint } from '../../../audit/note/open.ts';
import { answerPage, incompleteBefore } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import type { AuditQuery, AuditRow } from '../../../ledger/index.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { PAGE_COUNT } from '../../parts/page-links.tsx';
import type { EvidencePeriod } from './period.ts';

/** So many rows of an answer are counted. The folder has all. */
export const MOST_COUNTED = 200;
/** So many rows of an answer are shown. Auditors usually take 25 grants. */
const MOST_SHOWN = 5;
const MOST_GRANTS_SHOWN = 25;

/** The answer to one question. `isMore`: it has more rows than were counted. */
export type EvidenceAnswer = Readonly<{
  name: EvidenceName;
  rows: readonly AuditRow[];
  count: number;
  isMore: boolean;
  sql: string;
}>;

/** The newest checkpoint that a trusted key signed. The root is in base64. */
export type SignedCheckpoint = Readonly<{ origin: string; size: number; root: string }>;

/** What the page of a control shows. */
export type ControlAnswer = Readonly<{
  answers: readonly EvidenceAnswer[];
  checkpoint: SignedCheckpoint | undefined;
  /** Answers about a time before this one lack what was purged. */
  incompleteBefore?: Instant;
}>;

export async function readEvidence(
  { ledger, logKeys }: Pick<ConsoleDeps, 'ledger' | 'logKeys'>,
  { questions }: Control,
  period: EvidencePeriod,
): Promise<ControlAnswer> {
  const answers: EvidenceAnswer[] = [];
  // One after another, so that a page of many questions takes one connection to the database.
  for (const name of questions) {
    const query = evidenceQuery(name, period);
    const found = name === 'grants' ? await heldGrants(ledger, query) : await countedRows(ledger, query);
    answers.push({ name, ...found, sql: ledger.auditSql(query) });
  }
  const newest = await ledger.newestCheckpoint();
  const opened = newest && openCheckpoint(newest.note, logKeys);
  const purged = await incompleteBefore(ledger, period.from);
  return {
    answers,
    checkpoint: opened?.ok ? { ...opened.value, root: opened.value.root.toString('base64') } : undefined,
    ...(purged === undefined ? {} : { incompleteBefore: purged }),
  };
}

type Found = Pick<EvidenceAnswer, 'rows' | 'count' | 'isMore'>;

/** The first rows, and how many there are. A row can need several look-ups, which a count does not. */
async function countedRows(ledger: ConsoleDeps['ledger'], query: AuditQuery): Promise<Found> {
  const { rows, next } = await answerPage(ledger, query, { most: MOST_SHOWN });
  if (next === undefined) return { rows, count: rows.length, isMore: false };
  const counted = await ledger.countAuditRows(query, { ...PAGE_COUNT, most: MOST_COUNTED });
  const count = Math.min(counted?.count ?? rows.length, MOST_COUNTED);
  return { rows, count, isMore: counted === undefined || counted.count > MOST_COUNTED };
}

/** What was held in a time begins with what was held at its beginning, which only a page of an answer reads by an index. */
async function heldGrants(ledger: ConsoleDeps['ledger'], query: AuditQuery): Promise<Found> {
  const { rows, next } = await answerPage(ledger, query, { most: MOST_COUNTED });
  return { rows: rows.slice(0, MOST_GRANTS_SHOWN), count: rows.length, isMore: next !== undefined };
}
