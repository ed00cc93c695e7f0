import type { Instant, MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { EndScope, MassEnding } from '../../core/mass-ending.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import { IS_LEFT } from '../quarantine/lost-leases.ts';
import { HAS_LOCK, inScope, type MassEndingRow, massEndingOf, NOT_ENDED, SELECT } from './mass-endings.ts';
import { type Db, toInstant } from '../pool.ts';

/** A request that a mass ending would end. `endsAt` is null while it is pending. */
export type ScopedRequest = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  state: OpenedRequest['kind'];
  endsAt: Instant | null;
  providers: readonly string[];
}>;

/**
 * What a mass ending of a scope would end: how many requests, of how many people, and the first ones. `withAccess`: those of which a write to a provider
 * may have begun; `granting`: approved ones of which none has.
 */
export type ScopeContent = Readonly<{
  total: number;
  withAccess: number;
  granting: number;
  people: number;
  first: readonly ScopedRequest[];
}>;

/** Approved requests of which no write to a provider has begun. */
const WAITS = `(r.state = 'granting' and not exists (select from event e where e.request_id = r.id and e.kind in ('intended', 'granted')))`;

/**
 * The requests of a scope that are pending or may have access. Those with access come first, the soonest end before the others. `others`: people who
 * count too, each once.
 */
export async function readScope(
  db: Db,
  scope: EndScope,
  most: number,
  others: readonly PersonId[] = [],
): Promise<ScopeContent> {
  const where = `${NOT_ENDED} and ${inScope('$1::jsonb')}`;
  const { rows } = await db.query<Omit<ScopedRequest, 'endsAt'> & { ends_at: Date | null }>(
    `select r.id, r.requester, r.entitlement, r.state, r.ends_at,
            array(select distinct t ->> 'provider' from jsonb_array_elements(r.targets) t order by 1) as providers
       from request r where ${where} order by r.ends_at nulls last, r.id limit $2`,
    [JSON.stringify(scope), most],
  );
  const counted = await db.query<Omit<ScopeContent, 'first'>>(
    `select count(*)::bigint as total, (count(*) filter (where r.state <> 'pending' and not ${WAITS}))::bigint as "withAccess",
            (count(*) filter (where ${WAITS}))::bigint as granting,
            (select count(*) from (select r.requester from request r where ${where} union select unnest($2::text[])) person)::bigint as people
       from request r where ${where}`,
    [JSON.stringify(scope), others],
  );
  const { total = 0, withAccess = 0, granting = 0, people = 0 } = counted.rows[0] ?? {};
  const first = rows.map(({ ends_at, ...row }) => ({ ...row, endsAt: ends_at && toInstant(ends_at) }));
  return { total, withAccess, granting, people, first };
}

/**
 * Requests that a mass ending must still end, at most `most`: the open ones of its scope while its lock holds, and without a lock
 * those that were opened before it.
 */
export async function requestsToEnd(db: Db, id: MassEndingId, most: number): Promise<readonly RequestId[]> {
  const { rows } = await db.query<{ id: RequestId }>(
    `select r.id from mass_ending m join request r on ${NOT_ENDED} and ${inScope('m.scope')}
      where m.id = $1 and ((m.needs is null and r.opened_at <= m.made_at) or ${HAS_LOCK})
      order by r.id limit $2`,
    [id, most],
  );
  return rows.map((row) => row.id);
}

/**
 * Mass endings that may have something to end, the oldest first. Without a lock only those of the last day, and of those of one person for one scope only the
 * newest: what the others must end, it must end too.
 */
export async function unfinishedMassEndings(db: Db): Promise<readonly MassEnding[]> {
  const { rows } = await db.query<MassEndingRow>(
    `${SELECT} where (${HAS_LOCK} or m.id in (
          select distinct on (n.made_by, n.scope) n.id from mass_ending n
           where n.needs is null and n.made_at > ledger_now() - interval '1 day' order by n.made_by, n.scope, n.made_at desc))
        and (exists (select from request r where ${NOT_ENDED} and ${inScope('m.scope')}
                        and (m.needs is not null or r.opened_at <= m.made_at))
          or exists (select from quarantine_lease where ${IS_LEFT}))
      order by m.made_at, m.id`,
  );
  return rows.map(massEndingOf);
}
