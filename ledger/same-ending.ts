import type { Click, ClickKind } from './clicks.ts';
import { HAS_LOCK, inScope, NOT_ENDED } from './mass-endings.ts';
import type { Db } from './pool.ts';

// No limit refuses an ending. So whoever sends the same ending again shares the click that is stored: of the same account, for the same request or
// scope. It is decided as if it was sent now, because nothing has happened since that could change its outcome.

const ENDINGS: readonly ClickKind[] = ['end', 'withdraw', 'end-all'];

/** Two clicks of a kind want the same when their requests are equal, and what they carry beside texts and the place where somebody pressed. */
const SAME = `c.via = $1 and c.account = $2 and c.person is not distinct from $3 and c.kind = $4
  and (c.kind = 'end-all' or c.request_id = $5)
  and md5((c.body - array['reason', 'note', 'title', 'channel', 'message'])::text)
    = md5(($6::jsonb - array['reason', 'note', 'title', 'channel', 'message'])::text)`;

/** A mass ending that ends all that is open in its scope, or that has nothing left to end. Without a lock it is finished for a day only. */
const COVERS = `exists (select from mass_ending m where m.id = replace(c.id, 'click_', 'end_') and (${HAS_LOCK} or m.needs is null and not exists (
  select from request r where ${NOT_ENDED} and ${inScope('m.scope')}
     and (r.opened_at > m.made_at or m.made_at < ledger_now() - interval '1 day'))))`;

/** Nobody tries the same ending by hand so often in ten minutes. After that, one that is refused is decided again every ten seconds, and at once when its request changed. */
const REFUSED_OFTEN = 20;
const REFUSED = `c.done_at > ledger_now() - interval '10 seconds'
  and not exists (select from event e where e.request_id = c.request_id and e.at > c.done_at)
  and ${REFUSED_OFTEN} <= (select count(*) from click o where o.via = $1 and o.account = $2 and o.kind = $4 and o.done_at > ledger_now() - interval '10 minutes')`;

/** The stored click that wants the same ending as this one and that it can share. Undefined when there is none, or when it ends nothing. */
export async function sameEnding(db: Db, click: Click): Promise<Click['id'] | undefined> {
  if (!ENDINGS.includes(click.kind)) return undefined;
  const { rows } = await db.query<Pick<Click, 'id'>>(
    `select c.id from click c
      where ${SAME} and c.kind in ('end', 'withdraw', 'end-all') and case
        when c.done_at is null then true
        when c.outcome ->> 'kind' <> 'answered' then ${REFUSED}
        when c.kind = 'end-all' then ${COVERS}
        else true end
      order by c.received_at desc limit 1`,
    [click.via, click.account, click.person, click.kind, click.request, JSON.stringify(click.body)],
  );
  return rows[0]?.id;
}
