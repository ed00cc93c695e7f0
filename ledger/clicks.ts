import { clickIdOfRequest, type ClickId, type PersonId, type RequestId } from '../core/ids.ts';
import type { Answer } from '../core/request/commands.ts';
import type { Db } from './pool.ts';

export type ClickKind = 'request' | 'approve' | 'deny' | 'withdraw' | 'end' | 'deliver';

/** What a person asked for, in their own words: judged later, and then only beside the trail. */
export type RequestBody = Readonly<{ entitlement: string; length: string; reason: string }>;
/** What a button or a command carried. `digest` is what the person was shown (I11). */
export type AnswerBody = Readonly<{ digest?: string; note?: string }>;
/** Where to answer a person who cannot be told otherwise: the channel of their click. */
export type Origin = Readonly<{ channel?: string }>;

/** One thing a person did. `account` is who the door says they are; `person` is who that is to us. */
export type Click = Readonly<
  {
    id: ClickId;
    request: RequestId;
    via: 'slack' | 'cli';
    account: string;
    person: PersonId | null;
  } & (
    | { kind: 'request'; body: RequestBody & Origin }
    | { kind: Exclude<ClickKind, 'request'>; body: AnswerBody & Origin }
  )
>;

/** A click with which a known person answers a request. */
export type AnswerClick = Click & { kind: Answer['kind']; person: PersonId };

/** Writes the click, once. Committed means: it is durable and will be acted on (I16). */
export async function writeClick(db: Db, click: Click): Promise<void> {
  await db.query(
    `with written as (
       insert into click (id, kind, request_id, via, account, person, body)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing)
     select pg_notify('curfew_click', '')`,
    [click.id, click.kind, click.request, click.via, click.account, click.person, JSON.stringify(click.body)],
  );
}

type Row = {
  id: ClickId;
  kind: ClickKind;
  request_id: RequestId;
  via: 'slack' | 'cli';
  account: string;
  person: PersonId | null;
  body: RequestBody & AnswerBody & Origin;
};

const clickOf = ({ request_id, ...row }: Row): Click => ({ ...row, request: request_id });

export async function readClick(db: Db, id: ClickId): Promise<Click | undefined> {
  const { rows } = await db.query<Row>(
    'select id, kind, request_id, via, account, person, body from click where id = $1',
    [id],
  );
  return rows[0] && clickOf(rows[0]);
}

/**
 * Takes up to `most` clicks of these kinds that nobody has settled, and puts each off until `againMs` from now, so
 * that another dispatcher, or this one after a crash, takes it then.
 */
export async function takeClicks(
  db: Db,
  kinds: readonly ClickKind[],
  most: number,
  againMs: number,
): Promise<readonly Click[]> {
  const { rows } = await db.query<Row>(
    `update click set tries = tries + 1,
            next_try_at = ledger_now() + least($3 * power(2, least(tries, 5)), 60000) * interval '1 millisecond'
      where id in (select id from click where settled_at is null and kind = any ($1) and next_try_at <= ledger_now()
                   order by next_try_at limit $2 for update skip locked)
      returning id, kind, request_id, via, account, person, body`,
    [kinds, most, againMs],
  );
  return rows.map(clickOf).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The click that a step of a request acts on, by the step's name; undefined for what machinery does. */
export function clickBehind(request: RequestId, step: string): ClickId | undefined {
  if (step === 'open') return clickIdOfRequest(request);
  return step.startsWith('click/') ? (step.slice('click/'.length) as ClickId) : undefined;
}

/** Takes out of a click what its person wrote: once acted on, that stands beside the trail, or nowhere. */
export async function eraseFreeText(db: Db, id: ClickId): Promise<void> {
  await db.query(`update click set body = body - 'reason' - 'note' where id = $1`, [id]);
}

/** A definite answer: the click is done. `outcome` is what the person was told. */
export async function settleClick(db: Db, id: ClickId, outcome: unknown): Promise<void> {
  await db.query(
    `update click set settled_at = ledger_now(), outcome = $2 where id = $1 and settled_at is null`,
    [id, JSON.stringify(outcome)],
  );
}

/** What became of a click, once it is settled; for a command line that waits. */
export async function clickOutcome(db: Db, id: ClickId): Promise<unknown> {
  const { rows } = await db.query<{ outcome: unknown }>('select outcome from click where id = $1', [id]);
  return rows[0]?.outcome ?? undefined;
}
