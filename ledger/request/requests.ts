import type { Instant, Minutes, PersonId, RequestId } from '../../core/ids.ts';
import type { Ending } from '../../core/request/events.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type { OpenedRequest, RequestDetails, Requirements } from '../../core/request/state.ts';
import { no } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
import { lockOn, NOT_ENDED } from '../mass-endings/mass-endings.ts';
import { type Db, type HintingDb, toInstant, toTimestamp } from '../pool.ts';
import { readState, record, type RecordResult, recordRefusal, type Via } from './record.ts';
import { textHash } from '../salted-text.ts';

export type NewRequest = Readonly<{
  details: RequestDetails;
  targets: readonly RequestedTarget[];
  shown: CardContent;
  reason: Readonly<{ salt: string; body: string }>;
  /** Without `lapsesAt`, which the ledger computes by its own clock. */
  requirements: Omit<Requirements, 'lapsesAt'>;
  waitMinutes: Minutes;
  /** As many requests of one person may be open. */
  mostOpen: number;
  /** The same request of this person is refused while one is open that they requested in these last minutes. */
  sameWithin: Minutes;
  via: Via;
}>;

/**
 * Opens a request: its row, its reason, its first two events. Calling it again changes nothing. The policy counted the
 * open requests of the person before. Others may have been opened since, so they are counted again, one opening at a
 * time (T30). Whoever sends the same again, because they saw no answer, has the open one.
 */
export async function open(db: HintingDb, request: NewRequest): Promise<RecordResult> {
  const { details } = request;
  await lockRequester(db, details.requester);
  const lock = await lockOn(db, { ...details, targets: request.targets });
  if (lock) return refuseOpening(db, request, { code: 'locked', scope: lock.scope, by: lock.by });
  const same = await sameOpenRequest(db, request);
  if (same) return refuseOpening(db, request, { code: 'already-open', request: same });
  if ((await countOtherOpenRequests(db, details)) < request.mostOpen) return recordOpening(db, request);
  return refuseOpening(db, request, { code: 'too-many-open' });
}

async function refuseOpening(
  db: HintingDb,
  { details, via }: NewRequest,
  refusal: RequestRefusal,
): Promise<RecordResult> {
  const refused = { by: details.requester, tried: 'request', refusal };
  await recordRefusal(db, { request: details.id, name: 'open', via }, refused);
  return { outcome: no(refusal), ...(await readState(db, details.id)) };
}

/** Until the transaction ends, no other request of this person is opened. */
const lockRequester = (db: Db, requester: PersonId) =>
  db.query(
    `insert into request_lock (request_id) values ($1)
     on conflict (request_id) do update set request_id = excluded.request_id`,
    [`requests of ${requester}`],
  );

/** The open request of this person for the same entitlement, length and reason. Reasons are compared by their hashes. */
async function sameOpenRequest(
  db: Db,
  { details: { id, requester, entitlement, minutes }, reason, sameWithin }: NewRequest,
): Promise<RequestId | undefined> {
  const { rows } = await db.query<{ id: RequestId; salt: string; hash: string }>(
    `select r.id, t.salt, e.body -> 'details' ->> 'reasonHash' as hash
       from request r join event e on e.request_id = r.id and e.kind = 'requested'
       join free_text t on t.request_id = r.id and t.kind = 'reason'
      where r.requester = $1 and r.entitlement = $2 and r.minutes = $3 and r.id <> $4 and ${NOT_ENDED}
        and r.opened_at > ledger_now() - $5 * interval '1 minute' and r.opened_at < ledger_now()`,
    [requester, entitlement, minutes, id, sameWithin],
  );
  return rows.find(({ salt, hash }) => textHash(salt, reason.body) === hash)?.id;
}

async function countOtherOpenRequests(db: Db, { id, requester }: RequestDetails): Promise<number> {
  const { rows } = await db.query<{ open: number }>(
    `select count(*)::bigint as open from request where requester = $1 and state <> 'closed' and id <> $2`,
    [requester, id],
  );
  return rows[0]?.open ?? Infinity;
}

const recordOpening = (
  db: HintingDb,
  { details, targets, shown, reason, requirements, waitMinutes, via }: NewRequest,
): Promise<RecordResult> =>
  record(db, {
    request: details.id,
    name: 'open',
    via,
    freeText: { kind: 'reason', ...reason },
    command: async (_state, at) => {
      const lapsesAt = (at + waitMinutes * 60_000) as Instant;
      await db.query(
        `insert into request (id, requester, entitlement, minutes, state, targets, shown, approvers, opened_at, lapses_at)
         values ($1, $2, $3, $4, 'pending', $5, $6, '{}', $7, $8)`,
        [
          details.id,
          details.requester,
          details.entitlement,
          details.minutes,
          JSON.stringify(targets),
          JSON.stringify(shown),
          toTimestamp(at),
          toTimestamp(lapsesAt),
        ],
      );
      return { kind: 'open', details, requirements: { ...requirements, lapsesAt }, at };
    },
  });

/** A request as lists show it. */
export type RequestSummary = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  minutes: Minutes;
  state: OpenedRequest['kind'];
  openedAt: Instant;
  lapsesAt: Instant;
  endsAt: Instant | null;
  closedAt: Instant | null;
}>;

/** Which requests: all conditions given must hold. `before` is the last id of the page before. */
export type RequestFilter = Readonly<{
  requester?: PersonId;
  /** Some stage names this person, who has not approved yet. Also where an extension waits for approval. */
  waitingFor?: PersonId;
  /** Those that wait for approval, and those of which an extension does. */
  isWaiting?: true;
  states?: readonly RequestSummary['state'][];
  entitlement?: string;
  /** Opened at this time or later. */
  since?: Instant;
  /** Only closed requests, and only those that ended in one of these ways. */
  endings?: readonly Ending['kind'][];
  before?: RequestId;
  limit?: number;
}>;

const MATCHES = `($1::text is null or requester = $1)
        and ($2::text is null or (state = 'active' and $2 = any (extension_approvers)) or (state = 'pending' and $2 = any (approvers) and requester <> $2
             and not exists (select from event e
                              where e.request_id = request.id and e.kind = 'approved' and e.body ->> 'by' = $2)))
        and ($3::text[] is null or state = any ($3))
        and ($4::text is null or id < $4)
        and ($5::text is null or entitlement = $5)
        and ($6::timestamptz is null or opened_at >= $6)
        and ($8::boolean is null or state = 'pending' or (state = 'active' and extension_due_at is not null))
        and ($7::text[] is null or exists (select from event e where e.request_id = request.id
             and e.kind = 'closed' and e.body -> 'ending' ->> 'kind' = any ($7)))`;
const conditions = (filter: RequestFilter) => [
  filter.requester ?? null,
  filter.waitingFor ?? null,
  filter.states ?? null,
  filter.before ?? null,
  filter.entitlement ?? null,
  filter.since === undefined ? null : toTimestamp(filter.since),
  filter.endings ?? null,
  filter.isWaiting ?? null,
];

/** Requests that match every condition, newest first. */
export async function listRequests(db: Db, filter: RequestFilter): Promise<readonly RequestSummary[]> {
  const { rows } = await db.query<SummaryRow>(
    `select id, requester, entitlement, minutes, state, opened_at, lapses_at, ends_at, closed_at from request
      where ${MATCHES}
      order by id desc limit $9`,
    [...conditions(filter), filter.limit ?? 50],
  );
  return rows.map(summaryOf);
}

/** How many requests match, whatever the filter's limit. */
export async function countRequests(db: Db, filter: RequestFilter): Promise<number> {
  const { rows } = await db.query<{ found: number }>(
    `select count(*)::bigint as found from request where ${MATCHES}`,
    conditions(filter),
  );
  return rows[0]?.found ?? 0;
}

/** At most two requests whose ids end in these letters. Two are enough to know that the letters are ambiguous. */
export async function requestsEndingIn(db: Db, letters: string): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ request_id: RequestId }>(
    `(select request_id from event where seq = 0 and reverse(request_id) like $1 limit 2)
     union select request_id from quarantine_lease where reverse(request_id) like $1 limit 2`,
    [`${reversed(letters).replaceAll(/[\\%_]/g, '\\$&')}%`],
  );
  return rows.map(({ request_id }) => request_id);
}

const reversed = (text: string): string => [...text].reverse().join('');

export async function countOpenRequests(db: Db, requester: PersonId): Promise<number> {
  const { rows } = await db.query<{ open: number }>(
    `select count(*)::bigint as open from request where requester = $1 and state <> 'closed'`,
    [requester],
  );
  return rows[0]?.open ?? 0;
}

/** The requests that are pending or may have access, by their requester. A state of a newer version may have access. */
export async function openRequestsByRequester(
  db: Db,
): Promise<readonly Readonly<{ requester: PersonId; requests: readonly RequestId[] }>[]> {
  const { rows } = await db.query<{ requester: PersonId; requests: readonly RequestId[] }>(
    `select requester, array_agg(id order by id) as requests from request
      where state not in ('revoking', 'closed') group by requester order by requester`,
  );
  return rows;
}

/** What was approved, target by target. */
export async function readTargets(db: Db, request: RequestId): Promise<readonly RequestedTarget[]> {
  const { rows } = await db.query<{ targets: readonly RequestedTarget[] }>(
    'select targets from request where id = $1',
    [request],
  );
  return rows[0]?.targets ?? [];
}

/** What the card of a request shows, as it was when the request was judged. */
export async function readShown(db: Db, request: RequestId): Promise<CardContent> {
  const { rows } = await db.query<{ shown: CardContent }>('select shown from request where id = $1', [
    request,
  ]);
  if (!rows[0]) throw new Error(`there is no request ${request}`);
  return rows[0].shown;
}

/**
 * Requests that wait past their deadline by `graceMs`, or whose extension does: nobody closed them, so their workflow is not
 * alive.
 */
export async function overdueRequests(db: Db, graceMs: number): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ id: RequestId }>(
    `select id from request
      where (state = 'pending' and lapses_at < ledger_now() - $1 * interval '1 millisecond')
         or (state = 'active' and extension_due_at < ledger_now() - $1 * interval '1 millisecond')
      order by lapses_at limit 100`,
    [graceMs],
  );
  return rows.map(({ id }) => id);
}

/** Requests whose grant started more than `afterMs` milliseconds ago and neither succeeded nor failed. */
export async function stuckGrants(db: Db, afterMs: number): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ id: RequestId }>(
    `select r.id from request r
      where r.state = 'granting' and not exists (
        select from event e where e.request_id = r.id and e.kind = 'grant-started'
           and e.at > ledger_now() - $1 * interval '1 millisecond')
      order by random() limit 100`,
    [afterMs],
  );
  return rows.map(({ id }) => id);
}

type SummaryRow = {
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  minutes: Minutes;
  state: RequestSummary['state'];
  opened_at: Date;
  lapses_at: Date;
  ends_at: Date | null;
  closed_at: Date | null;
};

const summaryOf = ({ opened_at, lapses_at, ends_at, closed_at, ...row }: SummaryRow): RequestSummary => ({
  ...row,
  openedAt: toInstant(opened_at),
  lapsesAt: toInstant(lapses_at),
  endsAt: ends_at && toInstant(ends_at),
  closedAt: closed_at && toInstant(closed_at),
});
