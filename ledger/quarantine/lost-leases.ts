import type { LeaseId, RequestId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { LINE, lineOf, type LineRow, type PlanLine } from './quarantine.ts';

export const IS_OF_LOST = `quarantine_lease.kind in ('unknown', 'not-granted')`;
export const IS_LOST = `${IS_OF_LOST} and gone_at is null`;

/** The lost leases of one access that is not known to be gone. A quarantine that is over does not end them. */
export async function lostLeasesOn(db: Db, accessKey: string): Promise<readonly PlanLine[]> {
  const { rows } = await db.query<LineRow>(
    `select ${LINE} from quarantine_lease where ${IS_LOST} and access_key = $1`,
    [accessKey],
  );
  return rows.map(lineOf);
}

/** The lost leases of a request that are not known to be gone. */
export async function lostLeasesOf(db: Db, request: RequestId): Promise<readonly PlanLine[]> {
  const { rows } = await db.query<LineRow>(
    `select ${LINE} from quarantine_lease where ${IS_LOST} and request_id = $1`,
    [request],
  );
  return rows.map(lineOf);
}

/**
 * The end of a lost lease is reached. It also is when its request is closed, and when somebody ended it who may, or of whom nobody can
 * say it: the end was refused only because this ledger has lost the grant (I3, I25).
 */
const IS_OVER = `(ends_at <= ledger_now()
  or exists (select from request r where r.id = request_id and r.state = 'closed')
  or exists (select from event e where e.request_id = quarantine_lease.request_id and e.kind = 'refused' and e.body ->> 'tried' = 'end'
                and e.body -> 'refusal' ->> 'code' in ('wrong-state', 'unknown-request')))`;

/** The lost leases that nobody has ended, and whose request this ledger does not have. Every other one ends with its request. */
export const IS_LEFT = `${IS_LOST} and not ${IS_OVER} and not exists (select from request r where r.id = request_id)`;

/** The lost leases that nobody has ended, and whose request this ledger does not have. */
export async function lostLeasesLeft(db: Db): Promise<readonly PlanLine[]> {
  const { rows } = await db.query<LineRow>(
    `select ${LINE} from quarantine_lease where ${IS_LEFT} order by ends_at, lease_id`,
  );
  return rows.map(lineOf);
}

/**
 * Takes up to `most` lost leases that are over and whose next attempt is due, but for those in `except`. Each may be taken again after
 * a time that grows to a minute.
 */
export async function takeLostLeases(
  db: Db,
  most: number,
  except: Readonly<{ leases: readonly LeaseId[]; providers: readonly string[] }>,
): Promise<readonly PlanLine[]> {
  const { rows } = await db.query<LineRow>(
    `with due as materialized (
        select quarantine_id, lease_id from quarantine_lease
         where ${IS_LOST} and ${IS_OVER} and next_try_at <= ledger_now()
           and lease_id <> all ($2) and entry ->> 'provider' <> all ($3)
         order by next_try_at, ends_at limit $1 for update skip locked)
     update quarantine_lease set tries = tries + 1,
            next_try_at = ledger_now() + least(5 * power(2, least(tries, 4)), 60) * interval '1 second'
      where (quarantine_id, lease_id) in (select quarantine_id, lease_id from due)
      returning ${LINE}`,
    [most, except.leases, except.providers],
  );
  return rows.map(lineOf);
}

/** The lost lease with this id, as the last plan has it; undefined when no plan has it as lost. */
export async function readPlanLine(db: Db, lease: LeaseId): Promise<PlanLine | undefined> {
  const { rows } = await db.query<LineRow>(
    `select ${LINE} from quarantine_lease
      where lease_id = $1 and kind in ('unknown', 'not-granted') order by quarantine_id desc limit 1`,
    [lease],
  );
  return rows[0] && lineOf(rows[0]);
}

/** Records that a read showed that the access of a lost lease is gone. */
export async function endLostLease(db: Db, lease: LeaseId, seen: string): Promise<void> {
  await db.query(
    `update quarantine_lease set gone_at = ledger_now(), seen = $2 where lease_id = $1 and gone_at is null`,
    [lease, seen],
  );
}
