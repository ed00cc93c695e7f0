import type { ReviewId } from '../../core/reviews/review.ts';
import type { AuditPage, AuditPart, AuditQuery, AuditRow, Ledger } from '../../ledger/index.ts';

/** How many rows are in memory at once. */
const PAGE_ROWS = 1000;

/** One page of an answer, the oldest row first, or the newest. `after` is the `next` of the page before it. */
export const answerPage = (
  { auditPage }: Pick<Ledger, 'auditPage'>,
  query: AuditQuery,
  part: AuditPart,
): Promise<AuditPage> => auditPage(query, part);

/** All rows of an answer, the oldest first. Whatever the size of the answer, it keeps one page of it. */
export async function* answerRows(
  ledger: Pick<Ledger, 'auditPage'>,
  query: AuditQuery,
  after?: string,
): AsyncGenerator<AuditRow> {
  let from = after;
  do {
    const { rows, next } = await answerPage(ledger, query, { after: from, most: PAGE_ROWS });
    yield* rows;
    from = next;
  } while (from !== undefined);
}

/** The lines of a review, with their decisions. */
export const reviewLines = (review: ReviewId): AuditQuery => ({
  view: 'review_line',
  where: [{ kind: 'is', column: 'review_id', value: review }],
});
