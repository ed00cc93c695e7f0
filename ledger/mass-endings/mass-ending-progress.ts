import { clickIdOfMassEnding, type Instant, type LeaseId, type MassEndingId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { type CutOffRecord, readCutOffs } from './cut-offs.ts';
import { IS_LOST, IS_OF_LOST } from '../quarantine/lost-leases.ts';
import { requestsToEnd } from './mass-ending-scope.ts';
import { type Db, toInstant } from '../pool.ts';
import { MASS_END } from '../request/record.ts';

/** A lease that is not revoked yet. `fault` is why the last attempt failed. */
type LateLease = Readonly<{ lease: LeaseId; provider: string; fault: string | null }>;

type Counts = Readonly<{
  scope: EndScope | null;
  ended: number;
  over: number;
  granted: number;
  unconfirmed: number;
  leases: number;
  revoked: number;
}>;

/**
 * How far a mass ending is. `ended`: requests that it ended; `over`: those of them that are closed, with the receipts of all their
 * leases; `granted`: those of these whose access a read showed; `unconfirmed`: those of these of which only a write began. `late`: the first
 * leases whose revocation failed, or takes longer than a minute; `lateCount`: how many there are. `sessions`: where sessions that were open at the
 * end can continue, and until when.
 */
export type MassEndingProgress = Counts &
  Readonly<{
    left: number;
    late: readonly LateLease[];
    lateCount: number;
    cutOffs: readonly CutOffRecord[];
    sessions: readonly Readonly<{ provider: string; until: Instant | null }>[];
  }>;

/** The progress of a mass ending, or of the one that it shared (`shareMassEnding`). */
export async function massEndingProgress(db: Db, massEnding: MassEndingId): Promise<MassEndingProgress> {
  const id = await ownOrShared(db, massEnding);
  const late = await lateLeases(db, id);
  return {
    ...(await countsOf(db, id)),
    left: (await requestsToEnd(db, id, 1_000)).length,
    cutOffs: await readCutOffs(db, id),
    sessions: await openSessions(db, id),
    late: late.map(({ count: _all, ...each }) => each),
    lateCount: late[0]?.count ?? 0,
  };
}

async function ownOrShared(db: Db, id: MassEndingId): Promise<MassEndingId> {
  const { rows } = await db.query<{ id: MassEndingId }>(
    `select m.id from mass_ending m where m.id = $1
     union all (
       select m.id from click c join mass_ending m on m.made_by = c.person and m.scope = c.body -> 'scope' and m.made_at <= c.done_at
        where c.id = $2 and c.outcome ->> 'kind' = 'answered' order by m.made_at desc limit 1)
     limit 1`,
    [id, clickIdOfMassEnding(id)],
  );
  return rows[0]?.id ?? id;
}

const ENDED = `select distinct request_id from event
                where body -> 'ending' ? 'massEnding' and body -> 'ending' ->> 'massEnding' = $1
                union select request_id from quarantine_lease join event using (request_id) where step = '${MASS_END}' || $1`;

async function countsOf(db: Db, id: MassEndingId): Promise<Counts> {
  const { rows } = await db.query<Counts>(
    `with ended as (${ENDED}),
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
            select coalesce(r.state, 'closed') = 'closed' and coalesce(lost.leases = lost.gone, true) as is_over, b.granted or coalesce(lost.leases, 0) > 0 as granted,
                   coalesce(leased.leases, 0) + coalesce(lost.leases, 0) as leases, coalesce(leased.revoked, 0) + coalesce(lost.gone, 0) as revoked
              from ended left join request r on r.id = ended.request_id left join begun b using (request_id) left join lost using (request_id) left join leased using (request_id))
     select (select scope from mass_ending where id = $1) as scope, count(*)::bigint as ended, (count(*) filter (where is_over))::bigint as over,
            (count(*) filter (where is_over and granted))::bigint as granted, (count(*) filter (where is_over and not granted))::bigint as unconfirmed,
            coalesce(sum(leases), 0)::bigint as leases, coalesce(sum(revoked), 0)::bigint as revoked
       from counted`,
    [id],
  );
  return rows[0] as Counts; // An aggregate of no rows is one row.
}

const LATE_LISTED = 10;

async function lateLeases(
  db: Db,
  id: MassEndingId,
): Promise<readonly (LateLease & Readonly<{ count: number }>)[]> {
  const { rows } = await db.query<LateLease & { count: number }>(
    `with ended as (${ENDED})
     select lease, provider, fault, count(*) over ()::int as count from (
       select l.id as lease, l.provider, l.last_fault as fault, l.changed_at from ended join lease l using (request_id)
        where l.state <> 'revoked' and (l.last_fault is not null or l.changed_at < ledger_now() - interval '1 minute')
       union all
       select distinct lease_id, entry ->> 'provider', null, e.at from ended join quarantine_lease using (request_id) join event e using (request_id)
        where ${IS_LOST} and (e.step = '${MASS_END}' || $1) and e.at < ledger_now() - interval '1 minute') late
      order by changed_at, lease limit $2`,
    [id, LATE_LISTED],
  );
  return rows;
}

/** For each provider, until when a session can continue that was open when its access was revoked, as its target says. Null: as long as it stays open. */
async function openSessions(db: Db, id: MassEndingId): Promise<MassEndingProgress['sessions']> {
  const { rows } = await db.query<{ provider: string; until: Date | null }>(
    `with ended as (${ENDED}), revoked as (
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
