import type { Control } from '../../audit/evidence/controls.ts';
import { type EvidenceName, evidenceQuery } from '../../audit/evidence/questions.ts';
import { openCheckpoint } from '../../audit/note/open.ts';
import { answerPage, incompleteBefore } from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import type { AuditRow } from '../../ledger/index.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { EvidencePeriod } from './evidence-period.ts';

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
    const { rows, next } = await answerPage(ledger, query, { most: MOST_COUNTED });
    const found = { count: rows.length, isMore: next !== undefined };
    answers.push({
      name,
      rows: rows.slice(0, name === 'grants' ? MOST_GRANTS_SHOWN : MOST_SHOWN),
      ...found,
      sql: ledger.auditSql(query),
    });
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
