import { Fault } from '../../core/faults.ts';
import { sqlState, type Db } from './connection.ts';
import type { LeaseRole } from './roles.ts';

/**
 * Terminates every session of the role that `pg_stat_activity` shows, in any database, and waits for each. Returns
 * how many there were.
 */
export async function terminateVisible(db: Db, { oid }: LeaseRole): Promise<number> {
  const { rowCount } = await db.query(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  return rowCount ?? 0;
}

/**
 * Terminates all sessions of the role, also those that are still starting, and verifies that none is left. Call it
 * outside a transaction: Postgres refuses to terminate some of the processes that it tries, and that would abort the
 * transaction.
 */
export async function terminateAll(db: Db, role: LeaseRole): Promise<number> {
  const { oid } = role;
  const terminated = (await terminateVisible(db, role)) + (await terminateStarting(db, role));
  const { rows } = await db.query<{ left: number }>(
    'select count(*)::int as left from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  if (rows[0]?.left !== 0)
    throw new Fault('not-verified', `postgres: ${rows[0]?.left} sessions of the role are still open`);
  return terminated;
}

// pg_stat_activity shows a session's role only after its start is complete. Everybody may set `post_auth_delay`,
// which makes the start up to half an hour long. Until then the session holds locks, and nothing says whose they
// are.
const STARTING_BACKENDS = `
  select distinct pid from pg_locks l
   where pid is not null and not exists (
     select from pg_stat_activity a
      where a.pid = l.pid and (a.usesysid is not null or a.backend_type = 'autovacuum worker'))`;
const NORMAL_START_S = 0.2;

/**
 * Terminates sessions that take unusually long to start, and those that have completed their start meanwhile. Postgres
 * allows this only for sessions of roles whose privileges Curfew's login has. The lease's role is the only such role
 * besides its own.
 */
async function terminateStarting(db: Db, role: LeaseRole): Promise<number> {
  const starting = async () =>
    (await db.query<{ pid: number }>(STARTING_BACKENDS)).rows.map(({ pid }) => pid);
  const first = await starting();
  if (first.length === 0) return 0;
  await db.query('select pg_sleep($1)', [NORMAL_START_S]);
  let terminated = 0;
  for (const pid of (await starting()).filter((each) => first.includes(each)))
    try {
      const { rows } = await db.query<{ stopped: boolean }>(
        'select pg_terminate_backend($1, 5000) as stopped',
        [pid],
      );
      if (rows[0]?.stopped) terminated += 1;
      else if ((await starting()).includes(pid))
        throw new Fault(
          'not-verified',
          `postgres: process ${pid} may be a session of the role, and it could not be terminated`,
        );
    } catch (error) {
      if (sqlState(error) !== '42501') throw error; // a session of another role, or a process of the server
    }
  return terminated + (await terminateVisible(db, role));
}
