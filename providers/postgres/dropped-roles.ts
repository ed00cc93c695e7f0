import { Fault } from '../../core/faults.ts';
import type { Db } from './connection.ts';

/**
 * Postgres drops a role although its sessions are open. Before version 16, such a session keeps the privileges of a role to
 * which it had changed with SET ROLE. The lease's role may be the one that was dropped, so there is no receipt. Later
 * versions do not let a lease change to another role, and its session has only what everybody has. Each server, the primary
 * and a replica, knows only its own sessions.
 */
export async function assertNoSessionWithoutRole(db: Db): Promise<void> {
  const { rows } = await db.query<{ pid: number }>(
    `select pid from pg_stat_activity a
      where a.usesysid is not null and not exists (select from pg_roles r where r.oid = a.usesysid)
        and current_setting('server_version_num')::int < 160000 order by pid`,
  );
  if (rows.length === 0) return;
  const pids = rows.map(({ pid }) => pid).join(', ');
  throw new Fault(
    'not-verified',
    `postgres: somebody dropped a role whose sessions are still open (process ${pids}), and they may be of this lease. A superuser has to end them: select pg_terminate_backend(${rows[0]?.pid})`,
  );
}
