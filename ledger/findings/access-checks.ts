import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { takeDue } from '../take-due.ts';
import { lockDecisions, type Removals, removalsAt } from './removals.ts';

/** A look at the access of a lease that is due. `done` looks ended since `changedAt`, when it was granted or revoked. */
export type AccessCheck = Readonly<{
  lease: LeaseId;
  provider: string;
  change: 'granted' | 'revoked';
  changedAt: Instant;
  done: number;
  /** The ledger's time. */
  now: Instant;
}>;

/** What the caller works on already. */
export type ChecksExcept = Readonly<{ leases: readonly LeaseId[]; providers: readonly string[] }>;

/** Takes one look that is due. It is due again after a minute, in case that this process does not finish. */
export async function takeAccessCheck(
  db: Db,
  { leases, providers }: ChecksExcept,
): Promise<AccessCheck | undefined> {
  const [taken] = await takeDue<AccessCheck>(db, {
    table: 'access_check',
    key: 'lease_id',
    dueAt: 'next_at',
    againAfter: `interval '1 minute'`,
    where: 'lease_id <> all ($2) and provider <> all ($3)',
    returning: `lease_id as lease, provider, change, done,
        (extract(epoch from changed_at) * 1000)::float8 as "changedAt",
        (extract(epoch from ledger_now()) * 1000)::float8 as now`,
    values: [leases, providers],
  });
  return taken;
}

/** How a look ended: when the next one is due, in milliseconds from now, or never. */
export type EndedCheck = Readonly<{
  check: AccessCheck;
  /** The number of looks that ended since the change. */
  done: number;
  nextMs?: number | undefined;
  problem?: string;
  repaired?: boolean;
  /** A look after the receipt showed that nothing is left of the lease. */
  gone?: boolean;
}>;

/** Records how a look ended. After a newer change of the lease nothing is recorded, because that change planned its own looks. */
export async function endAccessCheck(
  db: Db,
  { check: { lease, changedAt, change }, done, nextMs, problem, repaired, gone }: EndedCheck,
): Promise<void> {
  await db.query(
    `update access_check set done = $4, next_at = ledger_now() + $5 * interval '1 millisecond', problem = $6,
            repaired_at = case when $7 then ledger_now() else repaired_at end,
            gone_at = case when $8 then ledger_now() else gone_at end
      where lease_id = $1 and change = $2 and abs((extract(epoch from changed_at) * 1000)::float8 - $3) < 1`,
    [
      lease,
      change,
      changedAt,
      done,
      nextMs ?? null,
      problem?.slice(0, 500) ?? null,
      repaired ?? false,
      gone ?? false,
    ],
  );
}

/** Makes the looks at these leases due now, because something showed that they may have another access than expected. */
export async function checkSoon(db: Db, leases: readonly LeaseId[]): Promise<void> {
  await db.query(
    'update access_check set next_at = ledger_now() where lease_id = any ($1) and next_at > ledger_now()',
    [leases],
  );
}

/** A place under the removal cap of a target. `before` is what the row of the lease said, as a text of the database. */
export type RemovalClaim = Readonly<{ lease: LeaseId; before: string | null }>;

/**
 * Takes a place under the removal cap for a lease that is over, before anything is revoked, so that looks that run in parallel and decisions
 * count each other (B18). `mayTake` is called with what was revoked at the target within the last hour. Undefined: there is no place.
 */
export async function claimRemoval(
  db: Db,
  { lease, provider, key }: Readonly<{ lease: LeaseId; provider: string; key: string }>,
  mayTake: (removals: Removals) => boolean,
): Promise<RemovalClaim | undefined> {
  await lockDecisions(db);
  if (!mayTake(await removalsAt(db, provider, key))) return undefined;
  const { rows } = await db.query<{ before: string | null }>(
    'select repaired_at::text as before from access_check where lease_id = $1',
    [lease],
  );
  await noteRepaired(db, lease);
  return { lease, before: rows[0]?.before ?? null };
}

/** Gives the place back, because nothing was revoked. */
export async function releaseRemoval(db: Db, { lease, before }: RemovalClaim): Promise<void> {
  await db.query('update access_check set repaired_at = $2::timestamptz where lease_id = $1', [
    lease,
    before,
  ]);
}

/** Records that access of a lease was revoked again, which counts for the cap of its target. */
export async function noteRepaired(db: Db, lease: LeaseId): Promise<void> {
  await db.query(
    `insert into access_check (lease_id, provider, change, changed_at, repaired_at)
     select id, provider, 'revoked', changed_at, ledger_now() from lease where id = $1
     on conflict (lease_id) do update set repaired_at = ledger_now()`,
    [lease],
  );
}

/**
 * Records that nothing is left of these leases, which have their receipt. Access of a lease that ended within the last quarter of an hour may
 * still show again, because a change may come late.
 */
export async function recordGone(db: Db, leases: readonly LeaseId[]): Promise<void> {
  await db.query(
    `insert into access_check as c (lease_id, provider, change, changed_at, gone_at)
     select id, provider, 'revoked', changed_at, ledger_now() from lease where id = any ($1) and state = 'revoked' and changed_at < ledger_now() - interval '15 minutes'
     on conflict (lease_id) do update set gone_at = ledger_now() where c.change = 'revoked' and c.gone_at is null`,
    [leases],
  );
}
