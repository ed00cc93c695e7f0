import type { PersonId, RequestId } from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import { restoredEvent } from './event-texts.ts';
import type { Db } from '../pool.ts';
import { STORED, type StoredRow, type Via } from './record.ts';

/** A part of a list: at most `most` entries, after the first `from`. */
export type ListPart = Readonly<{ from: number; most: number }>;

/** The requests of one part, and how many the whole list has. */
export type FoundRequests = Readonly<{ requests: readonly RequestId[]; count: number }>;

/** The requests that a reader may see: every one, or those with one of these requesters or entitlements, or that name the reader as an approver. */
export type VisibleRequests =
  | 'all'
  | Readonly<{ reader: PersonId; requesters: readonly PersonId[]; entitlements: readonly string[] }>;

/** An attempt that was refused, of a request or of somebody who answered one. */
export type RefusedAttemptOf = Readonly<{
  request: RequestId;
  event: Extract<Event, { kind: 'refused' }>;
  via: Via;
}>;

const LIVE = `state in ('granting', 'active', 'revoking')`;
/** What is live comes first, the soonest end first. Then comes what is pending. */
const SOONEST_END = 'ends_at nulls last, id';

/** Who holds an entitlement now, the soonest end first, and then the pending requests for it. */
export const openRequestsFor = (db: Db, entitlement: string, part: ListPart): Promise<FoundRequests> =>
  find(db, {
    where: `entitlement = $1 and state <> 'closed'`,
    values: [entitlement],
    order: SOONEST_END,
    part,
  });

/** What a person holds now, the soonest end first, and then their pending requests. */
export const openRequestsOf = (db: Db, requester: PersonId, part: ListPart): Promise<FoundRequests> =>
  find(db, { where: `requester = $1 and state <> 'closed'`, values: [requester], order: SOONEST_END, part });

/** The closed requests of a person, the last one that was closed first. */
export const closedRequestsOf = (db: Db, requester: PersonId, part: ListPart): Promise<FoundRequests> =>
  find(db, {
    where: `requester = $1 and state = 'closed'`,
    values: [requester],
    order: 'closed_at desc, id desc',
    part,
  });

/** All live access that a reader may see, the soonest end first. */
export const liveRequests = (db: Db, visible: VisibleRequests, part: ListPart): Promise<FoundRequests> =>
  visible === 'all'
    ? find(db, { where: LIVE, values: [], order: SOONEST_END, part })
    : find(db, {
        where: `${LIVE} and (requester = any ($1) or entitlement = any ($2) or $3 = any (approvers) or $3 = any (extension_approvers))`,
        values: [visible.requesters, visible.entitlements, visible.reader],
        order: SOONEST_END,
        part,
      });

/** The requests that were closed in the last `ageMs` milliseconds, the last one first. */
export const requestsClosedLately = (db: Db, ageMs: number, part: ListPart): Promise<FoundRequests> =>
  find(db, {
    where: `state = 'closed' and closed_at > ledger_now() - $1 * interval '1 millisecond'`,
    values: [ageMs],
    order: 'closed_at desc, id desc',
    part,
  });

/** The attempts that were refused in the last `ageMs` milliseconds, the last one first, and how many there are. */
export async function attemptsRefusedLately(
  db: Db,
  ageMs: number,
  { from, most }: ListPart,
): Promise<Readonly<{ attempts: readonly RefusedAttemptOf[]; count: number }>> {
  const where = `kind = 'refused' and at > ledger_now() - $1 * interval '1 millisecond'`;
  const { rows } = await db.query<{ request_id: RequestId; via: Via } & StoredRow>(
    `select request_id, body, via, salt, texts from ${STORED} where ${where}
      order by at desc, request_id desc, seq desc offset $2 limit $3`,
    [ageMs, from, most],
  );
  const counted = await db.query<{ count: number }>(
    `select count(*)::bigint as count from event where ${where}`,
    [ageMs],
  );
  const attempts = rows.flatMap(({ request_id: request, body, via, ...texts }) => {
    const event = restoredEvent(body, texts);
    return event.kind === 'refused' ? [{ request, event, via }] : [];
  });
  return { attempts, count: counted.rows[0]?.count ?? 0 };
}

type Question = Readonly<{ where: string; values: readonly unknown[]; order: string; part: ListPart }>;

async function find(db: Db, { where, values, order, part }: Question): Promise<FoundRequests> {
  const { rows } = await db.query<{ id: RequestId }>(
    `select id from request where ${where}
      order by ${order} offset $${values.length + 1} limit $${values.length + 2}`,
    [...values, part.from, part.most],
  );
  const counted = await db.query<{ count: number }>(
    `select count(*)::bigint as count from request where ${where}`,
    [...values],
  );
  return { requests: rows.map(({ id }) => id), count: counted.rows[0]?.count ?? 0 };
}
