import type { FaultCode } from '../../core/faults.ts';
import type { Instant, LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { LeaseState } from '../../core/lease.ts';
import type { LeaseStanding } from '../../core/request/lease-states.ts';
import type { RequestedTarget } from '../../core/target.ts';
import { faultIn } from './grant-waits.ts';
import { standingsOf } from './lease-rows.ts';
import { REDRAW } from '../messages/outbox.ts';
import type { Db } from '../pool.ts';

/**
 * Another lease with the same access, that has no receipt, where its events say that it stands. `level` is the one that was
 * approved. `hasEnded`: its end is reached. `lockKey` is the key of its lock. It differs from that of this lease when the
 * target or the account was renamed.
 */
export type OtherLease = Readonly<{
  id: LeaseId;
  request: RequestId;
  lockKey: string;
  level: string;
  hasEnded: boolean;
}> &
  LeaseStanding;

/** What an account has at one target, as the ledger says: what it had before, and by which leases it has more. */
export type Holding = Readonly<{
  id: number;
  subject: Readonly<{ id: string; name: string }>;
  prior: string;
  others: readonly OtherLease[];
}>;

/** A lease, with all that a provider's call needs. */
export type Lease = Readonly<{
  id: LeaseId;
  request: RequestId;
  requester: PersonId;
  target: RequestedTarget;
  /** How often its access was granted or set right. */
  generation: number;
  /** Why the last attempt failed. Left out after an attempt that succeeded. */
  fault?: FaultCode | 'unknown';
  /**
   * Set once the intent is recorded. When the holding of this lease is closed and a newer lease opened another one, the
   * prior state and the other leases are of that one.
   */
  holding?: Holding;
}> &
  LeaseStanding;

/** The leases of the holding `id` that have no receipt, but for the lease `except`. */
const othersOf = (id: string, except: string): string => `
  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'request', o.request_id, 'state', o.state,
                               'lockKey', o.lock_key, 'level', q.targets -> o.position ->> 'level',
                               'endsAt', (extract(epoch from o.ends_at) * 1000)::float8) order by o.id), '[]')
     from lease o join request q on q.id = o.request_id
    where o.holding_id = ${id} and o.id is distinct from ${except} and not exists (
      select from event e where e.request_id = o.request_id and e.kind = 'revoked' and e.body ->> 'lease' = o.id))`;

const NOW = '(extract(epoch from ledger_now()) * 1000)::float8';

const SELECT = `
  select l.id, l.request_id, r.requester, l.state, l.generation, l.last_fault,
         (extract(epoch from l.ends_at) * 1000)::float8 as ends_at,
         jsonb_set(r.targets -> l.position, '{spec}', coalesce(l.found_spec, r.targets -> l.position -> 'spec')) as target,
         h.id as holding_id, h.subject_id, h.subject_name, coalesce(current.prior, h.prior) as prior,
         ${NOW} as now, ${othersOf('coalesce(current.id, h.id)', 'l.id')} as others
    from lease l join request r on r.id = l.request_id left join holding h on h.id = l.holding_id
         left join holding current on current.provider = h.provider and current.target_key = h.target_key
               and current.subject_id = h.subject_id and current.closed_at is null`;

type Row = {
  id: LeaseId;
  request_id: RequestId;
  requester: PersonId;
  state: LeaseState;
  generation: number;
  /** Infinite when somebody wrote that. A date could not be. */
  ends_at: Instant;
  last_fault: string | null;
  target: RequestedTarget;
  holding_id: number | null;
  subject_id: string;
  subject_name: string;
  prior: string;
  now: Instant;
  others: readonly OtherRow[];
};

/** Another lease as its row says. */
type OtherRow = Readonly<{
  id: LeaseId;
  request: RequestId;
  lockKey: string;
  level: string;
  state: LeaseState;
  endsAt: Instant;
}>;

const otherAt =
  (now: Instant) =>
  (other: OtherRow): OtherLease => ({ ...other, hasEnded: now >= other.endsAt });

const leaseOf = ({
  id,
  request_id,
  requester,
  state,
  generation,
  ends_at,
  last_fault,
  target,
  holding_id,
  ...row
}: Row): Lease => ({
  id,
  request: request_id,
  requester,
  state,
  generation,
  target,
  endsAt: ends_at,
  ...(last_fault === null ? {} : { fault: faultIn(last_fault) }),
  ...(holding_id === null
    ? {}
    : {
        holding: {
          id: holding_id,
          subject: { id: row.subject_id, name: row.subject_name },
          prior: row.prior,
          others: row.others.map(otherAt(row.now)),
        },
      }),
});

/**
 * A lease, with the state, the end and the other leases that events say, because they decide what a provider is asked. Its
 * row is a projection of them (I20).
 */
export async function readLease(db: Db, id: LeaseId): Promise<Lease | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} where l.id = $1`, [id]);
  if (!rows[0]) return undefined;
  const lease = leaseOf(await withRealOthers(db, rows[0]));
  const standing = (await standingsOf(db, lease.request)).get(id);
  return { ...lease, ...standing };
}

const withRealOthers = async (db: Db, row: Row): Promise<Row> => ({
  ...row,
  others: await realOthers(db, row.others),
});

/** Only those other leases that have events, each where its events say that it stands (T24). */
async function realOthers(db: Db, rows: readonly OtherRow[]): Promise<readonly OtherRow[]> {
  const others: OtherRow[] = [];
  for (const other of rows) {
    const standing = (await standingsOf(db, other.request)).get(other.id);
    if (standing) others.push({ ...other, ...standing });
  }
  return others;
}

/** The open holding of an account at a target; undefined when no lease has access there. `key` is the target's key. */
export async function readOpenHolding(
  db: Db,
  provider: string,
  { key, subject }: Readonly<{ key: string; subject: Holding['subject'] }>,
): Promise<Holding | undefined> {
  const { rows } = await db.query<{ id: number; prior: string; now: Instant; others: readonly OtherRow[] }>(
    `select h.id, h.prior, ${NOW} as now, ${othersOf('h.id', 'null')} as others
       from holding h
      where h.provider = $1 and h.target_key = $2 and h.subject_id = $3 and h.closed_at is null`,
    [provider, key, subject.id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { id, prior, now, others } = row;
  return { id, subject, prior, others: (await realOthers(db, others)).map(otherAt(now)) };
}

/**
 * The leases under a lock that a verification compares with the provider: those whose access is granted and whose end is
 * not reached, and those that were revoked later than a minute before the doubt began. What somebody gave the account since an
 * earlier revocation is not touched. While the access is being revoked for another lease, its revocation decides, and no
 * revoked one is returned: that access did not come too late. A lease whose row is not what its events say is left out,
 * so that nobody who writes a row gets access for it (T24).
 */
export async function leasesToVerify(db: Db, key: string): Promise<readonly Lease[]> {
  const { rows } = await db.query<Row>(
    `${SELECT} where l.lock_key = $1 and l.holding_id is not null
                 and ((l.state = 'granted' and l.ends_at > ledger_now())
                   or (l.state = 'revoked' and l.changed_at > (
                         select least(doubt_since, ledger_now()) - interval '1 minute' from provider_lock where key = $1)))
               order by l.id`,
    [key],
  );
  const leases: Lease[] = [];
  for (const row of rows) {
    const standing = (await standingsOf(db, row.request_id)).get(row.id);
    if (standing?.state !== row.state) continue;
    const real = await withRealOthers(db, row);
    if (row.state === 'revoked' && real.others.some(({ state }) => state === 'revoke-started')) continue;
    leases.push({ ...leaseOf(real), ...standing });
  }
  return leases;
}

/** The leases of a request, one for each target, revoked ones included. */
export async function leasesOf(db: Db, request: RequestId): Promise<readonly Lease[]> {
  const { rows } = await db.query<Row>(`${SELECT} where l.request_id = $1 order by l.position`, [request]);
  return rows.map(leaseOf);
}

/** The leases `l` for which a condition of SQL holds. */
export async function leasesWhere(
  db: Db,
  condition: string,
  values: readonly unknown[],
): Promise<readonly Lease[]> {
  const { rows } = await db.query<Row>(`${SELECT} where ${condition} order by l.id`, [...values]);
  return rows.map(leaseOf);
}

/**
 * Takes up to `most` leases that must be revoked and whose next attempt is due: past their end, or revocation
 * started. It skips those in `except`. Each gets a later time for its next attempt, so two sweepers do not take the
 * same one.
 */
export async function takeDueLeases(
  db: Db,
  most: number,
  except: Readonly<{ leases?: readonly LeaseId[]; providers?: readonly string[] }> = {},
): Promise<readonly Lease[]> {
  const { rows } = await db.query<{ id: LeaseId }>(
    `update lease set tries = tries + 1,
            next_try_at = ledger_now() + least(5 * power(2, least(tries, 4)), 60) * interval '1 second'
      where id = any (array(select id from lease where next_try_at <= ledger_now() and id <> all ($2) and provider <> all ($3)
                   order by next_try_at limit $1 for update skip locked))
      returning id`,
    [most, except.leases ?? [], except.providers ?? []],
  );
  if (rows.length === 0) return [];
  const due = await db.query<Row>(`${SELECT} where l.id = any ($1) order by l.ends_at`, [
    rows.map(({ id }) => id),
  ]);
  return due.rows.map(leaseOf);
}

/**
 * Stores why the last attempt at a lease failed, for `curfew doctor` and for the ending of a grant. A failed read
 * does not replace `awaiting-person` until the person was last awaited `LIMITS.grantingMinutes` ago. The cards of a grant say for what it waits, so they
 * are drawn again when the fault is another one than before.
 */
export async function noteLeaseFault(db: Db, lease: LeaseId, fault: string): Promise<void> {
  await db.query(
    `with noted as (
       update lease l
          set awaited_at = case when $3 then ledger_now() else l.awaited_at end,
              last_fault = case when l.awaited_at > ledger_now() - $4 * interval '1 minute' and not $3 then l.last_fault else $2 end
         from lease before where l.id = $1 and before.id = l.id
       returning l.request_id, l.state, before.last_fault as before, l.last_fault as after)
     insert into outbox (request_id, body)
     select request_id, $5 from noted
      where state in ('grant-started', 'intended')
        and split_part(before, ':', 1) is distinct from split_part(after, ':', 1)`,
    [
      ...[lease, fault.slice(0, 500), faultIn(fault) === 'awaiting-person', LIMITS.grantingMinutes],
      JSON.stringify(REDRAW),
    ],
  );
}

/** Notes for each grant of which no attempt is known some time after its approval that nothing tried it. The cards of its request are drawn again. */
export async function noteUntriedGrants(db: Db): Promise<readonly LeaseId[]> {
  const fault: FaultCode = 'not-tried';
  const { rows } = await db.query<{ id: LeaseId }>(
    `with noted as (
       update lease l set last_fault = $1
         from request r where r.id = l.request_id and r.state = 'granting' and l.state = 'grant-started' and l.last_fault is null
                          and l.changed_at <= ledger_now() - $2 * interval '1 minute'
       returning l.id, l.request_id),
     drawn as (insert into outbox (request_id, body) select distinct request_id, $3::jsonb from noted)
     select id from noted`,
    [fault, LIMITS.firstAttemptMinutes, JSON.stringify(REDRAW)],
  );
  return rows.map(({ id }) => id);
}

/** So many leases wait with this fault to be granted, at this provider. */
export type WaitingGrants = Readonly<{ fault: FaultCode | 'unknown'; provider: string; leases: number }>;

/** What approved grants wait for, as their last attempts say. */
export async function waitingGrants(db: Db): Promise<readonly WaitingGrants[]> {
  const { rows } = await db.query<Readonly<{ fault: string; provider: string; leases: number }>>(
    `select split_part(last_fault, ':', 1) as fault, provider, count(*)::bigint as leases from lease
      where state in ('grant-started', 'intended') and last_fault is not null group by 1, 2 order by 1, 2`,
  );
  return rows.map(({ fault, ...row }) => ({ ...row, fault: faultIn(fault) }));
}

export type OverdueLease = Readonly<{
  lease: LeaseId;
  request: RequestId;
  state: LeaseState;
  endsAt: Instant;
  fault: string | null;
}>;

/** The first 50 leases past their end that are not revoked, those of one provider or all. There should be none for long (I4). */
export async function overdueLeases(db: Db, provider?: string): Promise<readonly OverdueLease[]> {
  const { rows } = await db.query<OverdueLease>(
    `select id as lease, request_id as request, state, (extract(epoch from ends_at) * 1000)::float8 as "endsAt", last_fault as fault from lease
      where state <> 'revoked' and (state = 'revoke-started' or ends_at < ledger_now()) and ($1::text is null or provider = $1)
      order by ends_at limit 50`,
    [provider ?? null],
  );
  return rows;
}
