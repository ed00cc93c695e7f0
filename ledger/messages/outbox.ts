import type { Instant, RequestId } from '../../core/ids.ts';
import type { Db, HintingDb } from '../pool.ts';
import { takeDue } from '../take-due.ts';

/** What to notify people of: the events `from` (inclusive) to `to` (exclusive) of a request, from one step. */
export type Notification = Readonly<{
  id: number;
  request: RequestId;
  step: string;
  from: number;
  to: number;
  /** True when the trail has these events from an earlier step, and only the person behind this step must be told. */
  repeated?: boolean;
  /** True when there is no new event, and the cards must be drawn again. */
  redraw?: boolean;
  /**
   * The end that access has soon, for a reminder. It has no events. When the access has another end, or is over, it tells nobody
   * anything.
   */
  reminder?: Instant;
  tries: number;
}>;

type Row = {
  id: number;
  request_id: RequestId;
  body: Pick<Notification, 'step' | 'from' | 'to' | 'repeated' | 'redraw' | 'reminder'>;
  tries: number;
};

/** A courier has a notification for this long, unless it keeps it. */
const TAKEN_FOR = `interval '30 seconds'`;

/** A notification, and in which attempt it was taken. */
export type TakenNotification = Pick<Notification, 'id' | 'tries'>;

/** Those that tell somebody something, or those that only draw the cards of a request again. */
export type NotificationKind = 'news' | 'redraw';

/**
 * Takes the oldest unsent notifications of a kind that are due, at most one of each request, so that people read events in order. A
 * reminder, which waits for its time, keeps no other one from being sent, and no redraw keeps news from being sent. Each gets
 * a later time for its next attempt, so that a second courier takes it only after the first one crashed.
 */
export async function takeNotifications(
  db: Db,
  most: number,
  kind: NotificationKind,
): Promise<readonly Notification[]> {
  const rows = await takeDue<Row>(db, {
    table: 'outbox',
    key: 'id',
    dueAt: 'next_try_at',
    againAfter: TAKEN_FOR,
    isCounted: true,
    where: `sent_at is null and (due.body ? 'redraw') = $2
        and not exists (select from outbox p
                         where p.request_id = due.request_id and p.sent_at is null and p.id < due.id
                           and not p.body ? 'reminder' and (due.body ? 'redraw' or not p.body ? 'redraw'))`,
    order: 'id',
    returning: 'id, request_id, body, tries',
    limit: most,
    values: [kind === 'redraw'],
  });
  return rows
    .map(({ request_id, body, ...row }) => ({ ...row, ...body, request: request_id }))
    .sort((a, b) => a.id - b.id);
}

/** Extends the time of a courier that still works on the notification by 30 seconds. */
export async function keepNotification(db: Db, { id, tries }: TakenNotification): Promise<void> {
  await db.query(
    `update outbox set next_try_at = ledger_now() + ${TAKEN_FOR} where id = $1 and tries = $2 and sent_at is null`,
    [id, tries],
  );
}

/**
 * The notification is sent. When another courier took it meanwhile, what this one drew may be older than what the other
 * one drew, so the cards are drawn again.
 */
export async function markSent(db: HintingDb, { id, tries }: TakenNotification): Promise<void> {
  const { rows } = await db.query<{ request_id: RequestId; taken: number }>(
    `update outbox set sent_at = coalesce(sent_at, ledger_now()), last_fault = null where id = $1
      returning request_id, tries as taken`,
    [id],
  );
  for (const { request_id: request, taken } of rows) if (taken !== tries) await redrawCards(db, request);
}

/** The body of a notification without news: it draws the cards of a request again. */
export const REDRAW = { step: 'redraw', from: 0, to: 0, redraw: true } as const;

/** Adds a notification that draws the cards of a request again. One such notification waits at a time. */
export async function redrawCards(db: HintingDb, request: RequestId): Promise<void> {
  await db.query(
    `insert into outbox (request_id, body)
     select $1, $2
      where not exists (select from outbox where request_id = $1 and tries = 0 and body ? 'redraw')`,
    [request, JSON.stringify(REDRAW)],
  );
  db.hint('curfew_outbox');
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

/** Clicks without an outcome and notifications that are not sent, after a minute, and before that those whose last attempt failed. */
export async function backlog(db: Db): Promise<Backlog> {
  const { rows } = await db.query<Backlog>(
    `select (select count(*) from click
              where done_at is null and received_at < ledger_now() - interval '1 minute') as clicks,
            count(*) as notifications, max(last_fault) as fault
       from outbox where sent_at is null
                     and (last_fault is not null
                          or case when body ? 'reminder' and tries = 0 then next_try_at else made_at end
                              < ledger_now() - interval '1 minute')`,
  );
  return rows[0] ?? { clicks: 0, notifications: 0, fault: null };
}
