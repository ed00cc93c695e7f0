import type { Instant, LeaseId, MassEndingId, PersonId, RequestId } from '../core/ids.ts';
import type { EndScope, MassEnding } from '../core/mass-ending.ts';
import { type CutOffRecord, readCutOffs } from './cut-offs.ts';
import type { OpenedRequest } from '../core/request/state.ts';
import { IS_LEFT, IS_LOST, IS_OF_LOST } from './lost-leases.ts';
import { MASS_END } from './record.ts';
import { HAS_LOCK, inScope, type MassEndingRow, massEndingOf, NOT_ENDED, SELECT } from './mass-endings.ts';
import { type Db, toInstant } from './pool.ts';

/** A request that a mass ending would end. `endsAt` is null while it is pending. */
export type ScopedRequest = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  state: OpenedRequest['kind'];
  endsAt: Instant | null;
  providers: readonly string[];
}>;

/** What a mass ending of a scope would end: how many requests, of how many people, and the first ones. */
export type ScopeContent = Readonly<{
  total: number;
  withAccess: number;
  people: number;
  first: readonly ScopedRequest[];
}>;

/** The requests of a scope that are pending or may have access. Those with access come first, the soonest end before the others. */
export async function readScope(db: Db, scope: EndScope, most: number): Promise<ScopeContent> {
  const where = `${NOT_ENDED} and ${inScope('$1::jsonb')}`;
  const { rows } = await db.query<Omit<ScopedRequest, 'endsAt'> & { ends_at: Date | null }>(
    `select r.id, r.requester, r.entitlement, r.state, r.ends_at,
            array(select distinct t ->> 'provider' from jsonb_array_elements(r.targets) t order by 1) as providers
       from request r where ${where} order by r.ends_at nulls last, r.id limit $2`,
    [JSON.stringify(scope), most],
  );
  const counted = await db.query<Omit<ScopeContent, 'first'>>(
    `select count(*)::bigint as total, (count(*) filter (where r.state <> 'pending'))::bigint as "withAccess",
            count(distinct r.requester)::bigint as people
       from request r where ${where}`,
    [JSON.stringify(scope)],
  );
  const { total = 0, withAccess = 0, people = 0 } = counted.rows[0] ?? {};
  const first = rows.map(({ ends_at, ...row }) => ({ ...row, endsAt: ends_at && toInstant(ends_at) }));
  return { total, withAccess, people, first };
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

/** A lease that is not revoked yet. `fault` is why the last attempt failed. */
export type LateLease = Readonly<{ lease: LeaseId; provider: string; fault: string | null }>;

/**
 * How far a mass ending is. `ended`: requests that it ended; `over`: those of them that are closed, with the receipts of all their
 * leases; `granted`: those of these whose access a read showed; `unconfirmed`: those of these of which only a write began. `late`: the first
 * leases whose revocation failed, or takes longer than a minute; `lateCount`: how many there are. `sessions`: where sessions that were open at the
 * end can continue, and until when.
 */
export type MassEndingProgress = Readonly<{
  scope: EndScope | null;
  left: number;
  ended: number;
  over: number;
  granted: number;
  unconfirmed: number;
  leases: number;
  revoked: number;
  late: readonly LateLease[];
  lateCount: number;
  cutOffs: readonly CutOffRecord[];
  sessions: readonly Readonly<{ provider: string; until: Instant | null }>[];
}>;

const LATE_LISTED = 10;

export async function massEndingProgress(db: Db, id: MassEndingId): Promise<MassEndingProgress> {
  const ended = `select distinct request_id from event
                  where body -> 'ending' ? 'massEnding' and body -> 'ending' ->> 'massEnding' = $1
                  union select request_id from quarantine_lease join event using (request_id) where step = '${MASS_END}' || $1`;
  const { rows } = await db.query<
    Omit<MassEndingProgress, 'late' | 'lateCount' | 'left' | 'cutOffs' | 'sessions'>
  >(
    `with ended as (${ended}),
          begun as (
            select ended.request_id, count(*) filter (where e.kind = 'granted') > 0 as granted
              from ended join event e on e.request_id = ended.request_id and e.kind in ('intended', 'granted') group by 1),
          lost as (
            select request_id, count(*) as leases, count(gone_at) as gone
              from (select distinct request_id, lease_id, gone_at from ended join quarantine_lease using (request_id) where ${IS_OF_LOST}) each group by 1),
          leased as (
            select request_id, count(*) as leases, count(*) filter (where l.state = 'revoked') as revoked from ended join lease l using (request_id)
             where l.id not in (select lease_id from quarantine_lease where ${IS_OF_LOST}) group by 1),
          counted as (
            select coalesce(r.state, 'closed') = 'closed' and coalesce(lost.leases = lost.gone, true) as is_over, b.granted or lost.leases > 0 as granted,
                   coalesce(leased.leases, 0) + coalesce(lost.leases, 0) as leases, coalesce(leased.revoked, 0) + coalesce(lost.gone, 0) as revoked
              from ended left join request r on r.id = ended.request_id left join begun b using (request_id) left join lost using (request_id) left join leased using (request_id))
     select (select scope from mass_ending where id = $1) as scope, count(*)::bigint as ended, (count(*) filter (where is_over))::bigint as over,
            (count(*) filter (where is_over and granted))::bigint as granted, (count(*) filter (where is_over and not granted))::bigint as unconfirmed,
            coalesce(sum(leases), 0)::bigint as leases, coalesce(sum(revoked), 0)::bigint as revoked
       from counted`,
    [id],
  );
  const late = await db.query<LateLease & { count: number }>(
    `with ended as (${ended})
     select lease, provider, fault, count(*) over ()::int as count from (
       select l.id as lease, l.provider, l.last_fault as fault, l.changed_at from ended join lease l using (request_id)
        where l.state <> 'revoked' and (l.last_fault is not null or l.changed_at < ledger_now() - interval '1 minute')
       union all
       select distinct lease_id, entry ->> 'provider', null, e.at from ended join quarantine_lease using (request_id) join event e using (request_id)
        where ${IS_LOST} and (e.step = '${MASS_END}' || $1) and e.at < ledger_now() - interval '1 minute') late
      order by changed_at, lease limit $2`,
    [id, LATE_LISTED],
  );
  const cutOffs = await readCutOffs(db, id);
  const sessions = await openSessions(db, ended, id);
  const left = (await requestsToEnd(db, id, 1_000)).length;
  const counted = rows[0] ?? {
    scope: null,
    ended: 0,
    over: 0,
    granted: 0,
    unconfirmed: 0,
    leases: 0,
    revoked: 0,
  };
  return {
    ...counted,
    ...{ left, cutOffs, sessions },
    late: late.rows.map(({ count: _all, ...each }) => each),
    lateCount: late.rows[0]?.count ?? 0,
  };
}

/** For each provider, until when a session can continue that was open when its access was revoked, as its target says. Null: as long as it stays open. */
async function openSessions(
  db: Db,
  ended: string,
  id: MassEndingId,
): Promise<MassEndingProgress['sessions']> {
  const { rows } = await db.query<{ provider: string; until: Date | null }>(
    `with ended as (${ended}), revoked as (
       select l.provider, l.changed_at + (r.shown -> 'targets' -> l.position ->> 'residualMs')::float8 * interval '1 millisecond' as until
         from ended join request r on r.id = ended.request_id join lease l on l.request_id = r.id
        where l.state = 'revoked' and exists (
          select from event e where e.request_id = l.request_id and e.kind = 'granted' and e.body ->> 'lease' = l.id))
     select provider, case when bool_and(until is not null) then max(until) end as until from revoked
      where until is null or until > ledger_now() group by provider order by provider`,
    [id],
  );
  return rows.map(({ provider, until }) => ({ provider, until: until && toInstant(until) }));
}
