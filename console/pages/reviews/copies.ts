import { z } from 'zod';
import { csvLines } from '../../../audit/csv.ts';
import { answerRows, reviewLines } from '../../../audit/questions/index.ts';
import { writeReview } from '../../../audit/reviews/write-folder.ts';
import { parseReviewId, type Review, type ReviewId } from '../../../core/reviews/review.ts';
import { escapeHidden } from '../../../core/text.ts';
import type { AuditRow } from '../../../ledger/index.ts';
import { act } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { sendFolder } from '../../downloads/folder-download.tsx';
import { type Handler, incompleteForm, MISSING } from '../../page-answer.ts';
import { recordReading } from '../../readings.ts';
import { type ExportFormat, EXPORTS } from '../requests/export.ts';
import { linesAddress, reviewPath } from './paths.ts';
import { askedIn, seesLine } from './read-reviews.ts';

const Decision = z.object({
  line: z.string().max(100),
  kind: z.enum(['certify', 'object']),
  note: z.string().max(10_000).optional(),
  seen: z.string().max(100).optional(),
  show: z.string().max(20).optional(),
  page: z.string().max(10).optional(),
});

/** Receives what somebody decides about a line of a review. */
export const lineForm: Handler = async (c, deps) => {
  const reader = c.get('reader');
  const id = parseReviewId(c.req.param('id') ?? '');
  const parsed = Decision.safeParse(await c.req.parseBody());
  if (!parsed.success) return incompleteForm(c);
  const { kind, line, note, seen, ...asked } = parsed.data;
  if (!id.ok || !(await seesLine(deps, reader, id.value, line))) return MISSING;
  const body = {
    ...{ review: id.value, line },
    ...(note === undefined ? {} : { note }),
    ...(seen === undefined ? {} : { seen }),
  };
  const { click } = await act(deps, reader, { kind, body });
  const back = linesAddress(id.value, askedIn(asked));
  return c.redirect(`${back}${back.includes('?') ? '&' : '?'}click=${click}`, 303);
};

const reviewAt = async ({ ledger }: Pick<ConsoleDeps, 'ledger'>, typed = ''): Promise<Review | undefined> => {
  const id = parseReviewId(typed);
  return id.ok ? ledger.readReview(id.value) : undefined;
};

/** The folder of a review with proofs, as an archive. */
export const reviewFolder: Handler = async (c, deps) => {
  const review = await reviewAt(deps, c.req.param('id'));
  if (!review) return MISSING;
  const page = reviewPath(review.id);
  return sendFolder(c, deps, {
    ...{ title: review.title, page, address: `${page}/folder`, name: `curfew-${review.id}` },
    write: (folder, of) => writeReview(deps.ledger, folder, review.id, of),
  });
};

/** The lines of a review as a file. */
export const reviewExport: Handler = async (c, deps) => {
  const { format = '' } = c.req.query();
  const review = await reviewAt(deps, c.req.param('id'));
  if (!review || !isLinesFormat(format)) return MISSING;
  const address = `${reviewPath(review.id)}/export?format=${format}`;
  await recordReading(deps, c.get('reader'), { address, isOwn: false, kind: 'export' });
  c.header('content-type', EXPORTS[format].type);
  c.header('content-disposition', `attachment; filename="review.${format}"`);
  return c.body(await exportLines(deps, review.id, format));
};

type LinesFormat = Exclude<ExportFormat, 'ocsf'>;

const isLinesFormat = (text: string): text is LinesFormat => text === 'csv' || text === 'jsonl';

/** All lines of a review, with the reasons of objections, as one text. A review has at most a thousand lines. */
async function exportLines(
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
