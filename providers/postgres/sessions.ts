import { Fault } from '../../core/faults.ts';
import { sqlState, type Db } from './connection.ts';
import type { LeaseRole } from './roles.ts';

/** Tells every open session of the role to end, in any database, and waits for each; returns how many there were. */
export async function terminate(db: Db, { oid }: LeaseRole): Promise<number> {
  const { rowCount } = await db.query(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  return rowCount ?? 0;
}

/** The same, hidden ones included, and none may be left. Not for within a transaction: some we try are not ours to end. */
export async function endSessions(db: Db, role: LeaseRole): Promise<number> {
  const { oid } = role;
  const ended = (await terminate(db, role)) + (await terminateHidden(db));
  const { rows } = await db.query<{ left: number }>(
    'select count(*)::int as left from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  if (rows[0]?.left !== 0)
    throw new Fault('not-verified', `postgres: ${rows[0]?.left} sessions are still open`);
  return ended;
}

// Who is let in shows in pg_stat_activity only at the end of a start, and `post_auth_delay`, which is for everybody
// to set, makes that half an hour. Until then it holds locks, and nothing says whose they are.
const HIDDEN = `
  select distinct pid from pg_locks l
   where pid is not null and not exists (
     select from pg_stat_activity a
      where a.pid = l.pid and (a.usesysid is not null or a.backend_type = 'autovacuum worker'))`;
const START_S = 0.2;

/** Ends sessions that take oddly long to start, where our privileges reach: the role's own are all that they add. */
async function terminateHidden(db: Db): Promise<number> {
  const hidden = async () => (await db.query<{ pid: number }>(HIDDEN)).rows.map(({ pid }) => pid);
  const first = await hidden();
  if (first.length === 0) return 0;
  await db.query('select pg_sleep($1)', [START_S]);
  let ended = 0;
  for (const pid of (await hidden()).filter((each) => first.includes(each)))
    try {
      const { rows } = await db.query<{ gone: boolean }>('select pg_terminate_backend($1, 5000) as gone', [
        pid,
      ]);
      if (rows[0]?.gone) ended += 1;
      else if ((await hidden()).includes(pid))
        throw new Fault('not-verified', `postgres: process ${pid} may be a session that does not end`);
    } catch (error) {
      if (sqlState(error) !== '42501') throw error; // somebody else's, or the server's own
    }
  return ended;
}
