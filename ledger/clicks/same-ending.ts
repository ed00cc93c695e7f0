import { areAcceptedAlike, isRefusedAlike } from '../../core/ending-text.ts';
import type { ClickKind, LimitedClick } from '../../core/click-kinds.ts';
import type { Click } from './clicks.ts';
import { COVERS_ALL, inScope } from '../mass-endings/mass-endings.ts';
import type { Db } from '../pool.ts';

// No limit refuses a click that ends access or refuses it. So whoever sends the same one again shares the click that is stored: of the same account, for
// the same thing. Only a click is shared that does what this one would do: it was carried out, or its text is accepted or refused as the text of this one.

/** A kind of click without a limit. A new kind gets a limit (`CLICKS`), or its row in `ENDINGS`. */
export type EndingKind = Exclude<ClickKind, LimitedClick>;

type Ending = Readonly<{
  /** SQL: the thing that a click is about. */
  thing: string;
  /** SQL: whether the ledger has the thing of the click `k`. */
  exists: string;
  /** SQL: whether the click `c` that was carried out is shared. */
  isShared: string;
  /** The field of its text. */
  text: 'reason' | 'note';
}>;

const OF_REQUEST: Ending = {
  thing: 'request_id',
  exists: `exists (select from request r where r.id = k.request_id) or exists (select from click o where o.request_id = k.request_id and o.kind = 'request')
    or exists (select from quarantine_lease l where l.request_id = k.request_id)`,
  isShared: 'true',
  text: 'note',
};

/**
 * Nobody tries the same by hand so often in ten minutes. After that, a click that changed nothing is decided again every ten seconds, and at once when
 * its request changed. As many that do the same wait for the worker.
 */
const REPEATED_OFTEN = 20;
const REPEATED = `c.done_at between ledger_now() - interval '10 seconds' and ledger_now()
  and not exists (select from event e where e.request_id = c.request_id and e.at > c.done_at)
  and ${REPEATED_OFTEN} <= (select count(*) from click o where o.via = c.via and o.account = c.account and o.kind = c.kind and o.done_at > ledger_now() - interval '10 minutes')`;

/** The newest mass ending of the person for the scope, when the click made or shared it. So the progress of the click shows what ends now. */
const COVERS = `(
  select m.made_at <= c.done_at and ${COVERS_ALL} from mass_ending m
   where m.made_by = c.person and m.scope = c.sent -> 'scope' order by m.made_at desc limit 1)`;
/** The ledger, or what a restored ledger lost, has something of the scope. */
const IS_KNOWN = `exists (select from request r where ${inScope(`(k.body -> 'scope')`)}) or exists (select from quarantine_lease)`;

const ENDINGS: Readonly<Record<EndingKind, Ending>> = {
  end: OF_REQUEST,
  withdraw: OF_REQUEST,
  deny: OF_REQUEST,
  'end-all': {
    thing: `md5(body ->> 'scope')`,
    exists: IS_KNOWN,
    isShared: COVERS,
    text: 'reason',
  },
  // A line has one decision for ever.
  object: {
    thing: `md5(concat(body ->> 'review', '/', body ->> 'line'))`,
    exists: `exists (select from audit.review_line l where l.review_id = k.body ->> 'review' and l.line_id = k.body ->> 'line')`,
    isShared: 'true',
    text: 'note',
  },
  'revoke-finding': {
    thing: `body ->> 'finding'`,
    exists: `exists (select from finding f where f.id = k.body ->> 'finding')`,
    isShared: `exists (select from finding f where f.decision = c.id) or ${REPEATED}`,
    text: 'note',
  },
};

const WITHOUT_LIMIT = Object.keys(ENDINGS)
  .map((kind) => `'${kind}'`)
  .join(', ');

const isEnding = (kind: ClickKind): kind is EndingKind => Object.hasOwn(ENDINGS, kind);

/**
 * What a click says beside its text and the place where somebody pressed. Its text is erased when it is decided. All digests that no request and no
 * extension has mean the same: whatever judges a digest refuses them.
 */
const meaning = (request: string, body: string): string =>
  `(${body} - array['reason', 'note', 'title', 'channel', 'message', 'digest'] || jsonb_build_object('digest', (
     select ${body} ->> 'digest' where exists (select from event e where e.request_id = ${request} and e.kind in ('requested', 'extension-requested')
                and coalesce(e.body -> 'details', e.body -> 'extension') ->> 'digest' = ${body} ->> 'digest'))))`;

/** More clicks for one thing in an hour are of a script, whatever each of them says that its person saw. An end of access never waits for that. */
const MOST_FOR_ONE_THING = 100;
const ENDS_NO_ACCESS = `c.kind not in ('end', 'withdraw', 'end-all')`;

/** After the clock of the ledger went back, a click that waits can be tried much later than a new one. */
const IS_TRIED_SOON = `c.next_try_at <= ledger_now() + interval '1 minute'`;

/** As many clicks are read that this one could share. */
const MOST_READ = 200;

/** A click that does what another one would do, as far as their texts do not matter. `sent`: the text of the other one. `code`: why it was refused. */
type Candidate = Readonly<{
  id: Click['id'];
  waits: boolean;
  text: string;
  sent: string;
  code: string | null;
}>;

/** The stored click that this one can share. Undefined when there is none, or when it ends nothing. */
export async function sameEnding(db: Db, click: Click): Promise<Click['id'] | undefined> {
  if (!isEnding(click.kind)) return undefined;
  const { thing, isShared, text } = ENDINGS[click.kind];
  const { rows } = await db.query<Candidate>(
    `with k as (select body as sent, request_id as asked, ${thing} as thing from (select $5::text as request_id, $6::jsonb as body) sent),
          c as (
            select click.*, ${meaning('click.request_id', 'click.body')} = ${meaning('asked', 'sent')} as is_same, sent from click, k
             where via = $1 and account = $2 and person is not distinct from $3 and kind = $4 and kind in (${WITHOUT_LIMIT})
               and ${thing} = k.thing)
     select c.id, c.done_at is null as waits, coalesce(c.body ->> $7, '') as text, coalesce(c.sent ->> $7, '') as sent, c.outcome -> 'refusal' ->> 'code' as code from c
      where case
        when c.done_at is null then c.is_same and ${IS_TRIED_SOON}
        when c.outcome ->> 'kind' = 'answered' then c.is_same and ${isShared}
        else ${REPEATED} and (c.is_same or ${ENDS_NO_ACCESS}
             and ${MOST_FOR_ONE_THING} <= (select count(*) from c o where o.received_at > ledger_now() - interval '1 hour')) end
      order by c.received_at desc limit ${MOST_READ}`,
    [click.via, click.account, click.person, click.kind, click.request, JSON.stringify(click.body), text],
  );
  const decided = rows.filter(({ waits, code, sent }) => !waits && isRefusedAlike(code, sent));
  const waiting = rows.filter((each) => each.waits && areAcceptedAlike(each.text, each.sent));
  const [shared] = [...decided, ...(waiting.length < REPEATED_OFTEN ? [] : waiting)];
  return shared?.id;
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
