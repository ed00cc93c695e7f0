import { parseFindingId } from '../../core/findings/finding.ts';
import type { ClickId, PersonId, RequestId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { LineDecisionKind, ReviewId, ReviewLine } from '../../core/reviews/review.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { eraseFreeText } from '../clicks/click-outcomes.ts';
import type { Channel } from '../clicks/clicks.ts';
import type { Db } from '../pool.ts';
import { salted } from '../salted-text.ts';
import { lockDecisions } from '../findings/removals.ts';
import { lockRequest } from '../request/record.ts';
import { readReviewLine } from './read-reviews.ts';

/** What somebody decides about a line. `judge` is called under the lock of the review, on the line of that moment. */
export type NewLineDecision = Readonly<{
  click: ClickId;
  review: ReviewId;
  line: string;
  kind: LineDecisionKind;
  by: PersonId | null;
  via: Channel;
  /** Why they object. */
  reason?: string;
  judge(line: ReviewLine | undefined): Promise<Refusal | undefined>;
}>;

/** Judges and records a decision, once. A refused one is recorded too, unless it repeats one. Run it in one transaction. */
export async function decideLine(
  db: Db,
  { click, review, line: id, kind, by, via, reason, judge }: NewLineDecision,
): Promise<Result<undefined, Refusal>> {
  // The lock of a request that does not exist: decisions of a review come one after another.
  await lockRequest(db, review as string as RequestId);
  // An adoption, and an approval of an extension, take these locks too, so the later one sees the earlier one.
  if (parseFindingId(id).ok) await lockDecisions(db);
  const request = await requestOfLine(db, review, id);
  if (request) await lockRequest(db, request);
  const before = await db.query<{ refusal: Refusal | null }>(
    'select refusal from review_decision where click_id = $1',
    [click],
  );
  const [known] = before.rows;
  if (known) return known.refusal ? no(known.refusal) : ok(undefined);
  const line = await readReviewLine(db, review, id);
  const refusal = await judge(line);
  if (refusal && (await wasRefusedBefore(db, { review, line: id, kind, by }, refusal))) {
    await eraseFreeText(db, click);
    return no(refusal);
  }
  const written = refusal || reason === undefined ? undefined : salted(reason);
  await db.query(
    `insert into review_decision (click_id, review_id, line_id, kind, by, via, reason_hash, refusal) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [...[click, review, id, kind, by, via], written?.hash ?? null, refusal ? JSON.stringify(refusal) : null],
  );
  if (written)
    await db.query('insert into review_reason (click_id, salt, body) values ($1, $2, $3)', [
      ...[click, written.salt, written.body],
    ]);
  await eraseFreeText(db, click);
  return refusal ? no(refusal) : ok(undefined);
}

async function requestOfLine(db: Db, review: ReviewId, line: string): Promise<RequestId | undefined> {
  const { rows } = await db.query<{ request: RequestId | null }>(
    'select request_id as request from review_line where review_id = $1 and line_id = $2',
    [review, line],
  );
  return rows[0]?.request ?? undefined;
}

async function wasRefusedBefore(
  db: Db,
  { review, line, kind, by }: Pick<NewLineDecision, 'review' | 'line' | 'kind' | 'by'>,
  refusal: Refusal,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from review_decision
      where review_id = $1 and line_id = $2 and kind = $3 and by is not distinct from $4 and refusal = $5`,
    [review, line, kind, by, JSON.stringify(refusal)],
  );
  return rowCount !== 0;
}
