import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import { type Db, toTimestamp } from '../pool.ts';

/**
 * A message to a person that is sent later: a decision that waits for them, news of their own request, or the weekly summary of
 * what they approved. `request` of a summary is the first request in it.
 */
export type DeferredMessage = Readonly<{
  id: number;
  person: PersonId;
  kind: 'decision' | 'news' | 'weekly';
  request: RequestId;
  dueAt: Instant;
}>;

/** No other courier takes a deferred message for this long after one took it. */
const TAKEN_FOR = `interval '60 seconds'`;

/** Sends a message later. One of each kind waits for a person and request, and one weekly summary for a person. */
export async function deferMessage(
  db: Db,
  { person, kind, request, dueAt }: Omit<DeferredMessage, 'id'>,
): Promise<void> {
  await db.query(
    `insert into deferred_message (person, kind, request_id, due_at, next_try_at) values ($1, $2, $3, $4, $4)
     on conflict do nothing`,
    [person, kind, request, toTimestamp(dueAt)],
  );
}

/** Takes every message that is due for one person, so that one digest has them all. Empty when none is due. */
export async function takeDeferredMessages(db: Db): Promise<readonly DeferredMessage[]> {
  const { rows } = await db.query<DeferredMessage & Readonly<{ due_at: number }>>(
    `with due as (
       select person, kind from deferred_message where sent_at is null and next_try_at <= ledger_now()
        order by next_try_at, id limit 1)
     update deferred_message d set next_try_at = ledger_now() + ${TAKEN_FOR}
      where id in (select each.id from deferred_message each join due using (person, kind)
                    where each.sent_at is null and each.next_try_at <= ledger_now()
                    for update of each skip locked)
     returning id, person, kind, request_id as request, (extract(epoch from due_at) * 1000)::float as due_at`,
  );
  return rows.map(({ due_at, ...row }) => ({ ...row, dueAt: due_at as Instant })).sort((a, b) => a.id - b.id);
}

/** These messages are sent, or nobody needs them any more. */
export async function markDeferredSent(db: Db, ids: readonly number[]): Promise<void> {
  await db.query('update deferred_message set sent_at = ledger_now() where id = any ($1)', [ids]);
}

/** The requests of which a person approved the access or an extension from one instant (inclusive) to another (exclusive), in the order of the approvals. */
export async function requestsApprovedBy(
  db: Db,
  person: PersonId,
  { from, to }: Readonly<{ from: Instant; to: Instant }>,
): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ request_id: RequestId }>(
    `select request_id from event
      where kind in ('approved', 'extension-approved') and body ->> 'by' = $1 and at >= $2 and at < $3 order by at`,
    [person, toTimestamp(from), toTimestamp(to)],
  );
  return rows.map(({ request_id }) => request_id);
}
