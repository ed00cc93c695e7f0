import type { ClickId, LeaseId, MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { isCheckNeeded } from '../../core/account.ts';
import type { ClickKind } from '../../core/click-kinds.ts';
import type { FindingId } from '../../core/findings/finding.ts';
import type { ReviewId, ReviewOrder } from '../../core/reviews/review.ts';
import type { Refusal, RequestRefusal } from '../../core/request/refusals.ts';
import { isLimited } from '../../core/person-limits.ts';
import { clickBehind } from './click-outcomes.ts';
import { countAttempt } from './person-limits.ts';
import type { Db, HintingDb } from '../pool.ts';
import { endsNothing, sameEnding } from './same-ending.ts';

/** The channels through which a person acts. */
export const CHANNELS = ['slack', 'cli', 'console'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The body of an answer to a request. `digest` is the one of the request that the person saw (I11). */
type AnswerBody = Readonly<{ digest?: string; note?: string }>;
/**
 * The body of a decision about a finding. `seen` names what the person was shown of it. `note` is why it is adopted. `confirmed` is the number of revocations that the
 * person was shown, when there are more than usual.
 */
type FindingBody = Readonly<{ finding: FindingId; seen: string; note?: string; confirmed?: number }>;
/**
 * The body of a decision about a line of a review. `note` is why the person objects. `seen` names what they were shown of a finding, whose
 * access an objection revokes.
 */
type ReviewBody = Readonly<{ review: ReviewId; line: string; note?: string; seen?: string }>;

/** The body of each kind of click, as the person wrote it. With `refusal` they read already that it is refused, so it is recorded and never judged. */
type ClickBodies = Readonly<{
  /** The reason is erased here when the request has been judged. */
  request: Readonly<{ entitlement: string; length: string; reason?: string; refusal?: RequestRefusal }>;
  approve: AnswerBody;
  deny: AnswerBody;
  withdraw: AnswerBody;
  end: AnswerBody;
  ask: AnswerBody;
  answer: AnswerBody;
  /** How much longer the access of an active request is wanted, and why. */
  extend: Readonly<{ length: string; reason?: string; refusal?: Refusal }>;
  /** The lease whose credential the person wants to see. */
  deliver: Readonly<{ lease?: LeaseId }>;
  'end-all': Readonly<{ scope: EndScope; reason?: string }>;
  lift: Readonly<{ lock: MassEndingId }>;
  'adopt-finding': FindingBody;
  'revoke-finding': FindingBody;
  'open-review': Readonly<{ review: ReviewOrder; title?: string }>;
  certify: ReviewBody;
  object: ReviewBody;
}>;
export type ClickBody<Kind extends ClickKind = ClickKind> = { [K in Kind]: ClickBodies[K] }[Kind];

/** Where a person clicked: the Slack channel, to show a refusal there, and the id of the message. */
export type Origin = Readonly<{ channel?: string; message?: string }>;

/**
 * One thing that a person did. `account` is verified by the channel; `person` is the person of that account. A click that is about no stored
 * request has a request of its own, made from the click's id: its trail has only refusals.
 */
export type Click<Kind extends ClickKind = ClickKind> = {
  [K in Kind]: Readonly<{
    id: ClickId;
    request: RequestId;
    via: Channel;
    account: string;
    person: PersonId | null;
    kind: K;
    body: ClickBodies[K] & Origin;
  }>;
}[Kind];

/**
 * Stores the click once, and returns the one that is stored: an earlier one when the channel delivered the same thing
 * again (F18), or one that wants the same ending. When it is committed, it is durable and will be acted on (I16). `sourceId` is
 * the channel's own id of what happened.
 */
export async function writeClick(db: HintingDb, click: Click, sourceId?: string): Promise<Click> {
  const source = sourceId ?? null;
  const same = await sameEnding(db, click);
  if (same) return (await readClick(db, same)) ?? click;
  const limit = isLimited(click.kind) ? click.kind : (await endsNothing(db, click)) && 'end-nothing';
  if (limit) {
    const stored = await deliveredBefore(db, click, source);
    if (stored) return stored;
    await countAttempt(db, click.person ?? `${click.via}:${click.account}`, limit);
  }
  const mustBeChecked = isCheckNeeded(click);
  const { rowCount } = await db.query(
    `with written as (
       insert into click (id, kind, request_id, via, account, person, body, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id)
     ${mustBeChecked ? 'insert into unchecked_click (click_id) select id from written' : 'select from written'}`,
    [
      click.id,
      click.kind,
      click.request,
      click.via,
      click.account,
      click.person,
      JSON.stringify(click.body),
      source,
    ],
  );
  if (rowCount === 1) {
    db.hint(mustBeChecked ? 'curfew_unchecked_click' : 'curfew_click');
    return click;
  }
  return (await deliveredBefore(db, click, source)) ?? click;
}

/** The click that the channel delivered before. */
async function deliveredBefore(
  db: Db,
  { id, via }: Click,
  source: string | null,
): Promise<Click | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} where id = $1 or (via = $2 and source = $3)`, [
    id,
    via,
    source,
  ]);
  return rows[0] && clickOf(rows[0]);
}

type Row = {
  id: ClickId;
  kind: ClickKind;
  request_id: RequestId;
  via: Channel;
  account: string;
  person: PersonId | null;
  body: Click['body'];
};

const SELECT = 'select id, kind, request_id, via, account, person, body from click';

const clickOf = ({ request_id, ...row }: Row): Click => ({ ...row, request: request_id }) as Click;

export async function readClick(db: Db, id: ClickId): Promise<Click | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} where id = $1`, [id]);
  return rows[0] && clickOf(rows[0]);
}

/**
 * Takes up to `most` clicks of these kinds that have no outcome and do not wait for the check of their account. Each is
 * due again after `retryMs` milliseconds, so that another dispatcher, or this one after a crash, takes it then. Each person has a turn: many clicks of
 * one do not wait in front of those of the others.
 */
export async function takeClicks(
  db: Db,
  kinds: readonly ClickKind[],
  most: number,
  retryMs: number,
): Promise<readonly Click[]> {
  const { rows } = await db.query<Row>(
    `with due as (
       select id, next_try_at, row_number() over (partition by person, case when person is null then via || account end order by next_try_at) as turn
         from click
        where done_at is null and kind = any ($1) and next_try_at <= ledger_now()
          and not exists (select from unchecked_click where click_id = click.id))
     update click set tries = tries + 1,
            next_try_at = ledger_now() + least($3 * power(2, least(tries, 5)), 60000) * interval '1 millisecond'
      where id = any (array(select click.id from due join click using (id)
                    where click.done_at is null and click.next_try_at <= ledger_now() -- Another dispatcher may have taken it since.
                    order by due.turn, due.next_try_at limit $2 for update of click skip locked))
      returning id, kind, request_id, via, account, person, body`,
    [kinds, most, retryMs],
  );
  return rows.map(clickOf).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The click that caused a step of a request, without the text of its person; undefined for steps of the system. */
export async function readClickBehind(db: Db, request: RequestId, step: string): Promise<Click | undefined> {
  const id = clickBehind(request, step);
  return id && readClick(db, id);
}

/** Submissions that were accepted more than `graceMs` milliseconds ago and never judged: their workflow is gone. */
export async function unjudgedRequests(db: Db, graceMs: number): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ request_id: RequestId }>(
    `select request_id from click
      where kind = 'request' and body ? 'reason' and done_at < ledger_now() - $1 * interval '1 millisecond'
      order by random() limit 100`,
    [graceMs],
  );
  return rows.map(({ request_id }) => request_id);
}
