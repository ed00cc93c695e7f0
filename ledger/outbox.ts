import type { RequestId } from '../core/ids.ts';
import type { Db } from './pool.ts';

/** Something to be told: the events `from` (inclusive) to `to` of a request, written by one step. */
export type Notification = Readonly<{
  id: number;
  request: RequestId;
  step: string;
  from: number;
  to: number;
  tries: number;
}>;

type Row = {
  id: number;
  request_id: RequestId;
  body: { step: string; from: number; to: number };
  tries: number;
};

/**
 * Takes the oldest untold steps, at most one of each request, so that a person hears things in order. Each
 * is put off for longer than telling takes, so that a second courier takes it only after a crash of the first.
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

export const markSent = (db: Db, id: number) =>
  db.query('update outbox set sent_at = ledger_now(), last_fault = null where id = $1', [id]);

/** Told later: in `afterMs` when Slack named a time, otherwise after a pause that grows from 2 s to 5 min. */
export const retryLater = (db: Db, id: number, fault: string, afterMs?: number) =>
  db.query(
    `update outbox set last_fault = $2,
            next_try_at = ledger_now() + coalesce($3 * interval '1 millisecond',
                                                  least(power(2, least(tries, 9)), 300) * interval '1 second')
      where id = $1`,
    [id, fault.slice(0, 500), afterMs ?? null],
  );

export type Backlog = Readonly<{ clicks: number; notifications: number; fault: string | null }>;

/** What has waited for longer than a minute: clicks without an answer, and words that nobody was told. */
export async function backlog(db: Db): Promise<Backlog> {
  const { rows } = await db.query<Backlog>(
    `select (select count(*) from click
              where settled_at is null and kind <> 'deliver'
                and received_at < ledger_now() - interval '1 minute') as clicks,
            count(*) as tellings, max(last_fault) as fault
       from outbox where sent_at is null and made_at < ledger_now() - interval '1 minute'`,
  );
  return rows[0] ?? { clicks: 0, notifications: 0, fault: null };
}

/** Where a request's one message in a place stands. */
export type CardPlace = Readonly<{ place: string; channel: string; ts: string }>;

export async function cardsOf(db: Db, request: RequestId): Promise<readonly CardPlace[]> {
  const { rows } = await db.query<CardPlace>('select place, channel, ts from card where request_id = $1', [
    request,
  ]);
  return rows;
}

export const saveCard = (db: Db, request: RequestId, { place, channel, ts }: CardPlace) =>
  db.query(
    `insert into card (request_id, place, channel, ts) values ($1, $2, $3, $4)
     on conflict (request_id, place) do update set channel = excluded.channel, ts = excluded.ts`,
    [request, place, channel, ts],
  );
