import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import { type ApprovalEvent, APPROVAL_EVENTS, approvalsOf } from '../../core/reviews/approvals.ts';
import type { Review, ReviewId, ReviewLine, ReviewScope } from '../../core/reviews/review.ts';
import { type Db, toTimestamp } from '../pool.ts';
import { readableText } from '../salted-text.ts';

/** By which lines reviews are selected: about these people or entitlements, or about standing access, or decided by the person. Or all of them. */
export type ReviewsVisible =
  | 'all'
  | Readonly<{
      person: PersonId;
      people: readonly PersonId[];
      entitlements: readonly string[];
      withStanding: boolean;
    }>;

/** A page of a list, the newest review first. `before`: only what was opened before this place. */
export type ReviewsPart = Readonly<{ most: number; before?: Readonly<{ at: Instant; id: string }> }>;

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const SELECT = `select r.id, r.person, r.lines, r.certified, r.objected, r.population, r.wanted, w.scope,
  t.salt, t.title as body, w.title_hash as hash, ${MS('r.at')} as opened, ${MS('r.from_at')} as "from", ${MS('r.to_at')} as "to", ${MS('r.due_at')} as due,
  ${MS('r.finished_at')} as finished
  from audit.review r join review w on w.id = r.id left join review_text t on t.review_id = r.id`;

type Row = Readonly<{
  id: ReviewId;
  person: PersonId;
  lines: number;
  certified: number;
  objected: number;
  population: number;
  wanted: number | null;
  scope: ReviewScope;
  salt: string | null;
  body: string | null;
  hash: string;
  opened: Instant;
  from: Instant;
  to: Instant;
  due: Instant;
  finished: Instant | null;
}>;

const reviewOf = ({ person, wanted, opened, finished, salt, body, hash, ...row }: Row): Review => ({
  ...row,
  title: readableText({ salt, body, hash }),
  by: person,
  openedAt: Math.floor(opened) as Instant,
  ...(wanted === null ? {} : { wanted }),
  ...(finished === null ? {} : { finishedAt: Math.floor(finished) as Instant }),
});

export async function readReview(db: Db, id: ReviewId): Promise<Review | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} where r.id = $1`, [id]);
  return rows[0] && reviewOf(rows[0]);
}

/** When a review was opened, as precisely as a page of the list names it. */
const OPENED = `date_trunc('milliseconds', n.opened_at)`;

/** The reviews that have a line which somebody may see, the newest first. Who may see a line is decided by whoever calls it. */
export async function listReviews(
  db: Db,
  visible: ReviewsVisible,
  { most, before }: ReviewsPart,
): Promise<readonly Review[]> {
  const { rows } = await db.query<Row>(
    `${SELECT} where r.id = any (array(
        select n.id from review n
         where ($1::timestamptz is null or (${OPENED}, n.id) < ($1, $2))
           and ($3 or exists (select from review_line l
                               where l.review_id = n.id and (l.person = any ($4) or l.entitlement = any ($5) or ($6 and l.kind = 'standing')))
                or exists (select from review_decision d where d.review_id = n.id and d.by = $7))
         order by ${OPENED} desc, n.id desc limit $8))
      order by r.at desc, r.id desc`,
    [
      before ? toTimestamp(before.at) : null,
      before?.id ?? null,
      visible === 'all',
      ...(visible === 'all'
        ? [[], [], false, null]
        : [visible.people, visible.entitlements, visible.withStanding, visible.person]),
      most,
    ],
  );
  return rows.map(reviewOf);
}

type LineRow = Readonly<{
  review_id: ReviewId;
  position: number;
  line_id: string;
  kind: 'grant' | 'standing';
  person: PersonId | null;
  entitlement: string | null;
  request_id: RequestId | null;
  provider: string;
  target_name: string;
  account_name: string | null;
  level: string;
  approved_by: readonly PersonId[];
  since: Instant;
  until: Instant | null;
  planned_end: Instant | null;
  decision: 'certified' | 'objected' | null;
  decided_by: PersonId;
  decided_at: Instant;
  lease_of: PersonId | null;
  adopters: readonly PersonId[];
  approval_events: readonly ApprovalEvent[] | null;
  decision_id: NonNullable<ReviewLine['decision']>['click'];
}>;

/**
 * `adopters`: by the newest adoption that counts, with whoever adopted the same before, when a second person was needed. `approval_events`: of the
 * request, in the order of its trail; null when the request was purged.
 */
const LINES = `select review_id, position, line_id, kind, person, entitlement, request_id, provider, target_name, account_name, level, approved_by, decision, decided_by,
            (select q.requester from finding f join lease l on l.id = f.lease_id join request q on q.id = l.request_id where f.id = line_id) as lease_of,
            array(select distinct d.by
                    from (select seen from finding_decision where finding_id = line_id and kind = 'adopt' and refusal is null order by at desc, log_id desc limit 1) newest
                    join finding_decision d on d.finding_id = line_id and d.kind = 'adopt' and d.seen is not distinct from newest.seen
                   where d.refusal is null or d.refusal ->> 'code' = 'second-person-needed') as adopters,
            (select json_agg(json_build_object('kind', e.kind, 'by', e.body ->> 'by') order by e.seq) from event e
              where e.request_id = review_line.request_id and e.kind in (${APPROVAL_EVENTS.map((kind) => `'${kind}'`).join()})) as approval_events,
            decision_id, ${MS('at')} as since, ${MS('until')} as until, ${MS('planned_end')} as planned_end, ${MS('decided_at')} as decided_at
       from audit.review_line`;

/** The lines of a review, in their order. None until the sample is drawn. */
export async function reviewLines(db: Db, review: ReviewId): Promise<readonly ReviewLine[]> {
  const { rows } = await db.query<LineRow>(`${LINES} where review_id = $1 order by position`, [review]);
  return rows.map(lineOf);
}

export async function readReviewLine(
  db: Db,
  review: ReviewId,
  line: string,
): Promise<ReviewLine | undefined> {
  const { rows } = await db.query<LineRow>(`${LINES} where review_id = $1 and line_id = $2`, [review, line]);
  return rows[0] && lineOf(rows[0]);
}

/** The access of these people and to these entitlements, or everybody's. */
export type AccessOf = 'all' | Readonly<{ people: readonly PersonId[]; entitlements: readonly string[] }>;

/** Which lines are read: about such access, those that the person decided, and standing access. With `open`, only lines that nobody has decided. */
export type LinesConcerning = Readonly<{ person: PersonId; access: AccessOf; open: boolean }>;

const partsOf = (access: AccessOf) =>
  access === 'all' ? [true, [], []] : [false, access.people, access.entitlements];

/** The lines of reviews that may concern somebody. Whether they do is decided by whoever calls it. */
export async function linesConcerning(
  db: Db,
  reviews: readonly ReviewId[],
  { person, access, open }: LinesConcerning,
): Promise<readonly ReviewLine[]> {
  const { rows } = await db.query<LineRow>(
    `${LINES} where review_id = any ($1) and (decision is null or not $2)
        and (kind = 'standing' or decided_by = $3 or $4 or person = any ($5) or entitlement = any ($6))`,
    [reviews, open, person, ...partsOf(access)],
  );
  return rows.map(lineOf);
}

/**
 * At most `most` lines that nobody has decided, of the reviews of the last 400 days, those that are due first: standing access, and such
 * access. Who may decide a line is decided by whoever calls it.
 */
export async function undecidedLines(db: Db, access: AccessOf, most: number): Promise<readonly ReviewLine[]> {
  const { rows } = await db.query<LineRow>(
    `${LINES} join review w on w.id = review_id
      where w.opened_at > ledger_now() - interval '400 days' and decision is null
        and (kind = 'standing' or $2 or person = any ($3) or entitlement = any ($4))
      order by w.due_at, w.id, position limit $1`,
    [most, ...partsOf(access)],
  );
  return rows.map(lineOf);
}

function lineOf(row: LineRow): ReviewLine {
  const { person, entitlement, request_id: request, planned_end: plannedEnd, decision } = row;
  const line = {
    review: row.review_id,
    position: row.position,
    id: row.line_id,
    provider: row.provider,
    target: row.target_name,
    level: row.level,
    since: row.since,
    ...(row.account_name === null ? {} : { account: row.account_name }),
    ...(row.until === null ? {} : { until: row.until }),
    ...(decision === null
      ? {}
      : {
          decision: {
            kind: decision === 'certified' ? ('certify' as const) : ('object' as const),
            by: row.decided_by,
            at: row.decided_at,
            click: row.decision_id,
          },
        }),
  };
  if (row.kind === 'standing' || person === null || entitlement === null || request === null)
    return {
      ...{ ...line, kind: 'standing', approvals: [row.adopters] },
      ...(row.lease_of === null ? {} : { leaseOf: row.lease_of }),
    };
  return {
    ...{ ...line, kind: 'grant', person, entitlement, request, approvals: approvalsOfRow(row) },
    ...(plannedEnd === null ? {} : { plannedEnd }),
  };
}

/** Of a purged request nobody knows who approved together, so each of its approvers counts as one who approved alone. */
const approvalsOfRow = ({ approval_events: events, approved_by: people }: LineRow) =>
  events ? approvalsOf(events) : people.map((each) => [each]);

/** What people wrote who objected, by the click of the decision, as far as it is not erased. */
export async function objectionReasons(db: Db, review: ReviewId): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ click_id: string; salt: string; body: string; hash: string | null }>(
    `select r.click_id, r.salt, r.body, d.reason_hash as hash from review_reason r join review_decision d using (click_id) where d.review_id = $1 and d.refusal is null`,
    [review],
  );
  return new Map(rows.map((row) => [row.click_id, readableText(row)]));
}
