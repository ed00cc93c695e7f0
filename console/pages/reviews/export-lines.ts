import { csvLines } from '../../../audit/csv.ts';
import { answerRows, reviewLines } from '../../../audit/questions/index.ts';
import type { ReviewId } from '../../../core/reviews/review.ts';
import { escapeHidden } from '../../../core/text.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import type { ConsoleDeps } from '../../deps.ts';

export const EXPORT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
} as const;
export type LinesFormat = keyof typeof EXPORT_TYPES;

export const isLinesFormat = (text: string): text is LinesFormat => Object.hasOwn(EXPORT_TYPES, text);

/** All lines of a review, with the reasons of objections, as one text. A review has at most a thousand lines. */
export async function exportLines(
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
  review: ReviewId,
  format: LinesFormat,
): Promise<string> {
  const reasons = await ledger.objectionReasons(review);
  const rows: AuditRow[] = [];
  for await (const row of answerRows(ledger, reviewLines(review)))
    rows.push({ ...row, reason: reasons.get(String(row['decision_id'])) ?? null });
  const lines =
    format === 'csv'
      ? csvLines(rows, Object.keys(rows[0] ?? { id: null }))
      : rows.map((row) => escapeHidden(JSON.stringify(row)));
  return lines.map((line) => `${line}\n`).join('');
}
