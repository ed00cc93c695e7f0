import type { RequestId } from '../core/ids.ts';
import type { Db } from './pool.ts';

/** What to notify people of: the events `from` (inclusive) to `to` (exclusive) of a request, from one step. */
export type Notification = Readonly<{
  id: number;
  request: RequestId;
  step: string;
  from: number;
  to: number;
  /** True when the trail has these events from an earlier step, and only the person behind this step must be told. */
  repeated?: boolean;
  tries: number;
}>;

type Row = {
  id: number;
  request_id: RequestId;
  body: { step: string; from: number; to: number; repeated?: boolean };
  tries: number;
};

/**
 * Takes the oldest unsent notifications, at most one of each request, so that people read events in order. Each gets
 * a later time for its next attempt, so that a second courier takes it only after the first one crashed.
 */
export async function takeNotifications(db: Db, most: number): Promise<readonly Notification[]> {
  const { rows } = await db.query<Row>(
    `update outbox set tries = tries + 1,
            next_try_at = ledger_now() + interval '30 seconds'
      where id in (select id from outbox o where sent_at is null and next_try_at <= ledger_now()
                      and not exists (select from outbox p
                                       where p.request_id = o.request_id and p.sent_at is null and p.id < o.id)
                   order by id limit $1 for update skip locked)
      returning id, request_id, body, tries`,
    [most],
  );
  return rows
    .map(({ request_id, body, ...row }) => ({ ...row, ...body, request: request_id }))
    .sort((a, b) => a.id - b.id);
}

export async function markSent(db: Db, id: number): Promise<void> {
  await db.query('update outbox set sent_at = ledger_now(), last_fault = null where id = $1', [id]);
}

/** Makes a notification due after `afterMs` milliseconds, or after a pause that grows from 2 s to 5 min. */
export async function retryLater(db: Db, id: number, fault: string, afterMs?: number): Promise<void> {
  await db.query(
    `update outbox set last_fault = $2,
            next_try_at = ledger_now() + coalesce($3 * interval '1 millisecond',
                                                  least(power(2, least(tries, 9)), 300) * interval '1 second')
      where id = $1`,
    [id, fault.slice(0, 500), afterMs ?? null],
  );
}

export type Backlog = Readonly<{ clicks: number; notifications: number; fault: string | null }>;

/** What has waited for more than a minute: clicks without an outcome, and notifications that are not sent. */
export async function backlog(db: Db): Promise<Backlog> {
  const { rows } = await db.query<Backlog>(
    `select (select count(*) from click
              where done_at is null and kind <> 'deliver'
                and received_at < ledger_now() - interval '1 minute') as clicks,
            count(*) as notifications, max(last_fault) as fault
       from outbox where sent_at is null and made_at < ledger_now() - interval '1 minute'`,
  );
  return rows[0] ?? { clicks: 0, notifications: 0, fault: null };
}

/** A Slack message about a request: its card in a place, or one reply in the thread of that card. */
export type PostedMessage = Readonly<{ place: string; channel: string; ts: string }>;

export async function postedMessages(db: Db, request: RequestId): Promise<readonly PostedMessage[]> {
  const { rows } = await db.query<PostedMessage>(
    'select place, channel, ts from posted_message where request_id = $1',
    [request],
  );
  return rows;
}

export async function savePostedMessage(
  db: Db,
  request: RequestId,
  { place, channel, ts }: PostedMessage,
): Promise<void> {
  await db.query(
    `insert into posted_message (request_id, place, channel, ts) values ($1, $2, $3, $4)
     on conflict (request_id, place) do update set channel = excluded.channel, ts = excluded.ts`,
    [request, place, channel, ts],
  );
}
