import { Fault } from '../../core/faults.ts';
import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { quoted } from './names.ts';
import { grantToSelf, type Role } from './roles.ts';

export const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Terminates every session of the role that `pg_stat_activity` shows, in any database, and waits for each. Returns
 * how many there were.
 */
export async function terminateVisible(db: Db, { oid }: Role): Promise<number> {
  const { rowCount } = await db.query(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  return rowCount ?? 0;
}

/** Terminates the role's sessions and leaves its login. Returns how many there were. */
export const terminateSessions = (db: Db, role: Role): Promise<number> =>
  asMemberOf(db, role.name, () => terminateVisible(db, role));

/** Runs `work` with the role's own privileges. Curfew's login has them only inside this transaction, which is rolled back. */
export async function asMemberOf<T>(db: Db, name: string, work: () => Promise<T>): Promise<T> {
  await db.query('begin');
  try {
    await grantToSelf(db, name);
    return await work();
  } finally {
    await db.query('rollback');
  }
}

/**
 * Terminates all sessions of the role, also those that are still starting, and verifies that none is left. Call it
 * outside a transaction: Postgres refuses to terminate some of the processes that it tries, and that would abort the
 * transaction.
 */
export async function terminateAll(db: Db, role: Role): Promise<number> {
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
const LOOK_AGAIN_S = 0.1;
const MAX_LOOKS = 50;

/**
 * Terminates sessions that take unusually long to start, and those that have completed their start meanwhile. Nothing says
 * whose such a session is, so the attempt is made as the lease's role. As that role it cannot terminate a session of another role,
 * even where Curfew's own login could (a superuser, a member of pg_signal_backend).
 */
async function terminateStarting(db: Db, role: Role): Promise<number> {
  const first = await starting(db);
  if (first.length === 0) return 0;
  await db.query('select pg_sleep($1)', [NORMAL_START_S]);
  const slow = (await starting(db)).filter((pid) => first.includes(pid));
  const told: number[] = [];
  for (const pid of slow) if (await terminateAsLeaseRole(db, role, pid)) told.push(pid);
  await untilGone(db, told);
  return told.length + (await terminateVisible(db, role));
}

const starting = async (db: Db): Promise<readonly number[]> =>
  (await db.query<{ pid: number }>(STARTING_BACKENDS)).rows.map(({ pid }) => pid);

/**
 * Terminates one process, with the privileges of the lease's role only. False when Postgres refuses, because it is a
 * session of another role, and when it is no session (a process of the server, such as the one that replays on a standby).
 */
async function terminateAsLeaseRole(db: Db, { name }: Role, pid: number): Promise<boolean> {
  await db.query(`set role ${quoted(name)}`).catch((error: unknown) => {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Fault(
      'not-verified',
      `postgres: Curfew's login is no member of the role ${name}, so a session that is starting may be of this role`,
    );
  });
  try {
    const { rows } = await db.query<{ told: boolean }>('select pg_terminate_backend($1) as told', [pid]);
    return rows[0]?.told ?? false;
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return false;
  } finally {
    await db.query('reset role');
  }
}

async function untilGone(db: Db, pids: readonly number[]): Promise<void> {
  for (let look = 1; ; look += 1) {
    const left = pids.length === 0 ? [] : (await starting(db)).filter((pid) => pids.includes(pid));
    if (left.length === 0) return;
    if (look === MAX_LOOKS)
      throw new Fault(
        'not-verified',
        `postgres: process ${left.join(', ')} is a session of the role, and it does not end`,
      );
    await db.query('select pg_sleep($1)', [LOOK_AGAIN_S]);
  }
}
