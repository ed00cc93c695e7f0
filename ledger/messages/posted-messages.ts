import type { Instant, RequestId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';

/** A Slack message about a request. `place` says what the message is and to whom it was posted (`bot/courier/places.ts`). */
export type PostedMessage = Readonly<{ place: string; channel: string; ts: string }>;

/**
 * A gateway may post a message until `until`, a moment as the database writes it. `triedSince`: when an earlier attempt began that ended
 * without an answer of Slack.
 */
export type Claim = Readonly<{ until: string; triedSince?: Instant }>;

/** Longer than Slack may take to answer a call. */
const CLAIMED_FOR = `interval '30 seconds'`;

export async function postedMessages(db: Db, request: RequestId): Promise<readonly PostedMessage[]> {
  const { rows } = await db.query<PostedMessage>(
    'select place, channel, ts from posted_message where request_id = $1 and ts is not null',
    [request],
  );
  return rows;
}

/**
 * Claims a place, so that one gateway posts the message there. `gone` is the message that was there and does not exist any
 * more. Undefined when another gateway posts it now, or has posted it.
 */
export async function claimPlace(
  db: Db,
  request: RequestId,
  { place, gone }: Readonly<{ place: string; gone?: string | undefined }>,
): Promise<Claim | undefined> {
  const { rows } = await db.query<{ since: number | null; until: string }>(
    `with before as (
       select coalesce(tried_since, claimed_until - ${CLAIMED_FOR}) as since from posted_message
        where request_id = $1 and place = $2 and ts is null and isfinite(claimed_until))
     insert into posted_message as posted (request_id, place, claimed_until)
     values ($1, $2, ledger_now() + ${CLAIMED_FOR})
     on conflict (request_id, place) do update
       set channel = null, ts = null, claimed_until = excluded.claimed_until, tried_since = (select since from before)
       where (posted.ts is null or posted.ts = $3) and posted.claimed_until <= ledger_now()
     returning (extract(epoch from tried_since) * 1000)::float as since, claimed_until::text as until`,
    [request, place, gone ?? null],
  );
  return rows.map(({ since, until }) => ({
    until,
    ...(since === null ? {} : { triedSince: since as Instant }),
  }))[0];
}

/** Claims a place for longer. False when the claim was over and another gateway has taken the place. */
export async function keepPlace(
  db: Db,
  request: RequestId,
  { place, until }: Readonly<{ place: string; until: string }>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update posted_message set claimed_until = ledger_now() + ${CLAIMED_FOR}
      where request_id = $1 and place = $2 and ts is null and claimed_until = $3::timestamptz`,
    [request, place, until],
  );
  return rowCount === 1;
}

/**
 * This gateway does not post the message any more, so another attempt may. `isUnknown`: Slack did not answer, so the message may
 * be there.
 */
export async function releasePlace(
  db: Db,
  request: RequestId,
  { place, isUnknown }: Readonly<{ place: string; isUnknown: boolean }>,
): Promise<void> {
  await db.query(
    `update posted_message
        set tried_since = case when $3 then coalesce(tried_since, claimed_until - ${CLAIMED_FOR}) else tried_since end,
            claimed_until = case when $3 or tried_since is not null then ledger_now() else '-infinity' end
      where request_id = $1 and place = $2 and ts is null`,
    [request, place, isUnknown],
  );
}

/** The places of messages that Slack did not answer for, which may be there, and since when. None that a gateway tries at this moment. */
export async function unansweredPosts(
  db: Db,
  request: RequestId,
): Promise<readonly Readonly<{ place: string; triedSince: Instant }>[]> {
  const { rows } = await db.query<{ place: string; triedSince: Instant }>(
    `select place, (extract(epoch from coalesce(tried_since, claimed_until - ${CLAIMED_FOR})) * 1000)::float as "triedSince"
       from posted_message
      where request_id = $1 and ts is null and isfinite(claimed_until) and claimed_until <= ledger_now()`,
    [request],
  );
  return rows;
}

/** The message is not there, so nobody looks for it any more. */
export async function forgetPost(db: Db, request: RequestId, place: string): Promise<void> {
  await db.query(
    `update posted_message set tried_since = null, claimed_until = '-infinity'
      where request_id = $1 and place = $2 and ts is null and claimed_until <= ledger_now()`,
    [request, place],
  );
}

export async function savePostedMessage(
  db: Db,
  request: RequestId,
  { place, channel, ts }: PostedMessage,
): Promise<void> {
  await db.query(
    `insert into posted_message (request_id, place, channel, ts) values ($1, $2, $3, $4)
     on conflict (request_id, place) do update
       set channel = excluded.channel, ts = excluded.ts, claimed_until = excluded.claimed_until`,
    [request, place, channel, ts],
  );
}

/** Makes a message a card of a request, unless it is one. Returns whether it was not one. */
export async function addMessage(
  db: Db,
  request: RequestId,
  { place, channel, ts }: PostedMessage,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into posted_message (request_id, place, channel, ts)
     select $1, $2, $3, $4
      where exists (select from request where id = $1)
        and not exists (select from posted_message where request_id = $1 and channel = $3 and ts = $4)
     on conflict (request_id, place) do nothing`,
    [request, place, channel, ts],
  );
  return rowCount === 1;
}
