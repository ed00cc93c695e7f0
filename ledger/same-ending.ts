import type { LimitedKind } from '../core/person-limits.ts';
import { clickIdOfMassEnding, type MassEndingId, type PersonId } from '../core/ids.ts';
import type { EndScope } from '../core/mass-ending.ts';
import { eraseFreeText } from './click-outcomes.ts';
import type { Click, ClickKind } from './clicks.ts';
import { HAS_LOCK, inScope, NOT_ENDED } from './mass-endings.ts';
import type { Db } from './pool.ts';

// No limit refuses a click that ends access or refuses it. So whoever sends the same one again shares the click that is stored: of the same account, for
// the same thing. Only a click is shared that does what this one would do: it was carried out, or it says the same, word for word.

/** A kind of click without a limit. Whoever adds a kind decides: it gets a limit (`PERSON_LIMITS`), or its row in `ENDINGS`. */
export type EndingKind = Exclude<ClickKind, LimitedKind>;

type Ending = Readonly<{
  /** SQL: the thing that a click is about. */
  thing: string;
  /** SQL: whether the ledger has the thing of the click `k`. */
  exists: string;
  /** SQL: whether the click `c` that was carried out is shared. */
  isShared: string;
}>;

const OF_REQUEST: Ending = {
  thing: 'request_id',
  exists: `exists (select from request r where r.id = k.request_id) or exists (select from click o where o.request_id = k.request_id and o.kind = 'request')`,
  isShared: 'true',
};

/**
 * Nobody tries the same by hand so often in ten minutes. After that, a click that changed nothing is decided again every ten seconds, and at once when
 * its request changed. As many equal ones wait for the worker.
 */
const REPEATED_OFTEN = 20;
const REPEATED = `c.done_at > ledger_now() - interval '10 seconds'
  and not exists (select from event e where e.request_id = c.request_id and e.at > c.done_at)
  and ${REPEATED_OFTEN} <= (select count(*) from click o where o.via = c.via and o.account = c.account and o.kind = c.kind and o.done_at > ledger_now() - interval '10 minutes')`;

/** A mass ending that ends all that is open in its scope, or that has nothing left to end. Without a lock it is finished for a day only. */
const COVERS_ALL = `(${HAS_LOCK} or m.needs is null and not exists (
  select from request r where ${NOT_ENDED} and ${inScope('m.scope')}
     and (r.opened_at > m.made_at or m.made_at < ledger_now() - interval '1 day')))`;
const COVERS = `exists (select from mass_ending m where m.id = replace(c.id, 'click_', 'end_') and m.scope = c.sent -> 'scope' and ${COVERS_ALL})`;

const ENDINGS: Readonly<Record<EndingKind, Ending>> = {
  end: OF_REQUEST,
  withdraw: OF_REQUEST,
  deny: OF_REQUEST,
  'end-all': {
    thing: `md5(body ->> 'scope')`,
    exists: 'true',
    isShared: COVERS,
  },
  // A line has one decision for ever.
  object: {
    thing: `md5(concat(body ->> 'review', '/', body ->> 'line'))`,
    exists: `exists (select from audit.review_line l where l.review_id = k.body ->> 'review' and l.line_id = k.body ->> 'line')`,
    isShared: 'true',
  },
  'revoke-finding': {
    thing: `body ->> 'finding'`,
    exists: `exists (select from finding f where f.id = k.body ->> 'finding')`,
    isShared: `exists (select from finding f where f.decision = c.id) or ${REPEATED}`,
  },
};

const WITHOUT_LIMIT = Object.keys(ENDINGS)
  .map((kind) => `'${kind}'`)
  .join(', ');

const isEnding = (kind: ClickKind): kind is EndingKind => Object.hasOwn(ENDINGS, kind);

/** What a click carries beside texts and the place where somebody pressed. Its texts are erased when it is decided. */
const meaning = (body: string): string =>
  `(${body} - array['reason', 'note', 'title', 'channel', 'message'])`;
/** All that a click says. */
const words = (body: string): string => `(${body} - array['channel', 'message'])`;

/** A refusal for want of a reason says nothing of a click that has one. */
const IS_REFUSED_ALIKE = `(c.outcome -> 'refusal' ->> 'code' is distinct from 'reason-missing' or coalesce(trim(c.sent ->> 'reason'), trim(c.sent ->> 'note'), '') = '')`;

/** More clicks for one thing in an hour are of a script, whatever each of them says that its person saw. An end of access never waits for that. */
const MOST_FOR_ONE_THING = 100;
const ENDS_NO_ACCESS = `c.kind not in ('end', 'withdraw', 'end-all')`;

/** The stored click that this one can share. Undefined when there is none, or when it ends nothing. */
export async function sameEnding(db: Db, click: Click): Promise<Click['id'] | undefined> {
  if (!isEnding(click.kind)) return undefined;
  const { thing, isShared } = ENDINGS[click.kind];
  const { rows } = await db.query<Pick<Click, 'id'>>(
    `with k as (select body as sent, ${thing} as thing from (select $5::text as request_id, $6::jsonb as body) sent),
          c as (
            select click.*, sent, ${meaning('body')} = ${meaning('sent')} as is_same from click, k
             where via = $1 and account = $2 and person is not distinct from $3 and kind = $4 and kind in (${WITHOUT_LIMIT})
               and ${thing} = k.thing)
     select c.id from c
      where case
        when c.done_at is null then ${words('c.body')} = ${words('c.sent')}
             and ${REPEATED_OFTEN} <= (select count(*) from c o where o.done_at is null and ${words('o.body')} = ${words('o.sent')})
        when c.outcome ->> 'kind' = 'answered' then c.is_same and ${isShared}
        when c.is_same then ${REPEATED} and ${IS_REFUSED_ALIKE}
        else ${ENDS_NO_ACCESS} and ${REPEATED} and ${MOST_FOR_ONE_THING} <= (select count(*) from c o where o.received_at > ledger_now() - interval '1 hour') end
      order by c.received_at desc limit 1`,
    [click.via, click.account, click.person, click.kind, click.request, JSON.stringify(click.body)],
  );
  return rows[0]?.id;
}

/** The mass ending of the same person for the same scope that the click of this one shares. Then the text of the click is erased. */
export async function shareMassEnding(
  db: Db,
  id: MassEndingId,
  { by, scope }: Readonly<{ by: PersonId; scope: EndScope }>,
): Promise<MassEndingId | undefined> {
  const { rows } = await db.query<{ id: MassEndingId }>(
    `select m.id from mass_ending m where m.made_by = $1 and m.scope = $2::jsonb and ${COVERS_ALL} order by m.made_at limit 1`,
    [by, JSON.stringify(scope)],
  );
  if (rows[0]) await eraseFreeText(db, clickIdOfMassEnding(id));
  return rows[0]?.id;
}

/** True for a click that ends nothing, because the ledger has never had what it names. Such clicks have a limit. */
export async function endsNothing(db: Db, click: Click): Promise<boolean> {
  if (!isEnding(click.kind)) return false;
  const { rows } = await db.query(
    `select from (select $1::text as request_id, $2::jsonb as body) k where ${ENDINGS[click.kind].exists}`,
    [click.request, JSON.stringify(click.body)],
  );
  return rows.length === 0;
}
