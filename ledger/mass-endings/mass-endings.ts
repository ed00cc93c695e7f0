import { clickIdOfMassEnding, type MassEndingId, type PersonId } from '../../core/ids.ts';
import type { EndScope, MassEnding } from '../../core/mass-ending.ts';
import { eraseFreeText } from '../clicks/click-outcomes.ts';
import { IS_LEFT } from '../quarantine/lost-leases.ts';
import { type Db, toInstant } from '../pool.ts';
import { readableText, salted } from '../salted-text.ts';

/** True for the requests `r` that are in the scope `scope`. `isInScope` of the core says the same. */
export const inScope = (scope: string): string => `case ${scope} ->> 'kind'
  when 'person' then r.requester = ${scope} ->> 'person'
  when 'entitlement' then r.entitlement = ${scope} ->> 'entitlement'
  when 'provider' then r.targets @> jsonb_build_array(jsonb_build_object('provider', ${scope} ->> 'provider'))
  when 'everything' then true
  when 'leavers' then ${scope} -> 'people' ? r.requester
  else false end`;

/** Open requests that are not ended. A state of a newer version may have access. */
export const NOT_ENDED = `r.state not in ('revoking', 'closed')`;

/** Whose lifts count: the list in the newest lift. Without any list, every lift counts. */
const LIFTED_BY = `coalesce(
  (select l.counting from mass_ending_lift l where l.mass_ending_id = m.id order by l.counting is null, l.log_id desc limit 1),
  array(select person from mass_ending_lift l where l.mass_ending_id = m.id order by person))`;
export const SELECT = `select m.id, m.scope, m.made_by, t.salt, t.body, m.reason_hash as hash, m.needs, m.made_at,
  ${LIFTED_BY} as lifted_by from mass_ending m left join mass_ending_reason t on t.mass_ending_id = m.id`;
export const HAS_LOCK = `(m.needs is not null and m.needs > cardinality(${LIFTED_BY}))`;

/**
 * A mass ending that ends all that is open in its scope, or that has nothing left to end. A lock counts while nobody has lifted it, because a new one
 * needs all its lifts. Without a lock it counts for a day, and not while there is lost access that was requested after it. `isBefore` of the core says
 * the same of the ids.
 */
export const COVERS_ALL = `case when m.needs is not null then cardinality(${LIFTED_BY}) = 0
  else not exists (select from request r where ${NOT_ENDED} and ${inScope('m.scope')}
                      and (r.opened_at > m.made_at or m.made_at < ledger_now() - interval '1 day'))
   and not exists (select from quarantine_lease where ${IS_LEFT}
                      and (right(request_id, 26) collate "C" > right(m.id, 26) or m.made_at < ledger_now() - interval '1 day')) end`;

export type MassEndingRow = {
  id: MassEndingId;
  scope: EndScope;
  made_by: PersonId;
  salt: string | null;
  body: string | null;
  hash: string | null;
  needs: number | null;
  made_at: Date;
  lifted_by: readonly PersonId[];
};

export const massEndingOf = ({
  id,
  scope,
  made_by,
  needs,
  made_at,
  lifted_by,
  ...reason
}: MassEndingRow): MassEnding => ({
  id,
  scope,
  by: made_by,
  reason: readableText(reason),
  at: toInstant(made_at),
  ...(needs === null ? {} : { lock: { needs, liftedBy: lifted_by } }),
});

/** Stores a mass ending once, and erases the reason in its click. `needs`: how many people must lift its lock; left out when it has none. */
export async function writeMassEnding(
  db: Db,
  { id, scope, by, reason, needs }: Omit<MassEnding, 'at' | 'lock'> & Readonly<{ needs?: number }>,
): Promise<void> {
  const { salt, body, hash } = salted(reason);
  await db.query(
    `with written as (
       insert into mass_ending (id, scope, made_by, needs, reason_hash) values ($1, $2, $3, $4, $5) on conflict do nothing returning id)
     insert into mass_ending_reason (mass_ending_id, salt, body) select id, $6, $7 from written`,
    [id, JSON.stringify(scope), by, needs ?? null, hash, salt, body],
  );
  await eraseFreeText(db, clickIdOfMassEnding(id));
}

/**
 * The mass ending of the same person for the same scope, with a lock that needs as many people, that the click of this one shares. Then the text of the
 * click is erased.
 */
export async function shareMassEnding(
  db: Db,
  id: MassEndingId,
  { by, scope, needs }: Readonly<{ by: PersonId; scope: EndScope; needs?: number }>,
): Promise<MassEndingId | undefined> {
  const { rows } = await db.query<{ id: MassEndingId }>(
    `select m.id from mass_ending m
      where m.made_by = $1 and m.scope = $2::jsonb and m.needs is not distinct from $3 and ${COVERS_ALL} order by m.made_at desc limit 1`,
    [by, JSON.stringify(scope), needs ?? null],
  );
  if (rows[0]) await eraseFreeText(db, clickIdOfMassEnding(id));
  return rows[0]?.id;
}

export async function readMassEnding(db: Db, id: MassEndingId): Promise<MassEnding | undefined> {
  const { rows } = await db.query<MassEndingRow>(`${SELECT} where m.id = $1`, [id]);
  return rows[0] && massEndingOf(rows[0]);
}

/** The mass endings whose lock is not lifted, the oldest first. */
export async function readLocks(db: Db): Promise<readonly MassEnding[]> {
  const { rows } = await db.query<MassEndingRow>(`${SELECT} where ${HAS_LOCK} order by m.made_at, m.id`);
  return rows.map(massEndingOf);
}

/** At most two locks that are not lifted and whose ids end in these letters. Two are enough to know that they are ambiguous. */
export async function locksEndingIn(db: Db, letters: string): Promise<readonly MassEndingId[]> {
  const { rows } = await db.query<{ id: MassEndingId }>(
    `select m.id from mass_ending m where ${HAS_LOCK} and right(m.id, length($1)) = $1 limit 2`,
    [letters],
  );
  return rows.map(({ id }) => id);
}

/** The oldest lock whose scope has this request, which may not exist yet. Undefined when nothing locks it. */
export async function lockOn(
  db: Db,
  {
    requester,
    entitlement,
    targets,
  }: Readonly<{ requester: PersonId; entitlement: string; targets: unknown }>,
): Promise<MassEnding | undefined> {
  const { rows } = await db.query<MassEndingRow>(
    `with r as (select $1::text as requester, $2::text as entitlement, $3::jsonb as targets)
     ${SELECT}, r where ${HAS_LOCK} and ${inScope('m.scope')} order by m.made_at, m.id limit 1`,
    [requester, entitlement, JSON.stringify(targets)],
  );
  return rows[0] && massEndingOf(rows[0]);
}

/** As many recent mass endings are read at a time, and as many locked ones. */
const MOST_RECENT = 100;

/** The newest mass endings of the last day, and of those whose lock is not lifted, except some. The newest is first. */
export async function recentMassEndings(
  db: Db,
  except: readonly MassEndingId[],
): Promise<readonly MassEnding[]> {
  const newest = `m.id <> all ($1) order by m.made_at desc, m.id desc limit ${MOST_RECENT}`;
  const { rows } = await db.query<MassEndingRow>(
    `select * from ((${SELECT} where m.made_at > ledger_now() - interval '1 day' and ${newest})
                    union (${SELECT} where ${HAS_LOCK} and ${newest})) recent
      order by made_at desc, id desc`,
    [except],
  );
  return rows.map(massEndingOf);
}
