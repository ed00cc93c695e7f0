import { limitedSignal } from '../../core/limited-signal.ts';
import { withDb, type Db } from './connection.ts';
import type { Database } from './databases.ts';

/**
 * How many other servers follow this one now. A standby can have standbys of its own, which only that standby knows. A
 * connection of logical replication sends tables and not the server, and a backup or an archive of the log answers no query, so
 * they are left out. Every login sees the names of those connections, and only members of `pg_read_all_stats` see their state.
 * A replica that gets archived files, and one in the storage of a cloud, does not show here.
 */
export async function standbysOf(db: Db): Promise<number> {
  const { rows } = await db.query<{ standbys: number }>(STANDBYS);
  return rows[0]?.standbys ?? 0;
}

export const STANDBYS = `
  select count(*)::int as standbys from pg_stat_replication r
   where not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')
     and r.application_name not in ('pg_basebackup', 'pg_receivewal') and r.state is distinct from 'backup'`;

/** A replica that does not answer must not delay a grant. */
const REPLICA_MS = 3_000;

/** How many servers follow the named replicas. A replica that does not answer in time counts none. */
export async function standbysBehind({ replicas = [] }: Database, signal: AbortSignal): Promise<number> {
  const soon = limitedSignal(signal, REPLICA_MS);
  const counts = await Promise.all(
    replicas.map((replica) => withDb(replica, soon, standbysOf, 'standby').catch(() => 0)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A sentence when the servers have more standbys than the settings name. Undefined when every one is named. */
export function unnamedStandbys(count: number, { name, replicas = [] }: Database): string | undefined {
  if (count <= replicas.length) return undefined;
  const named = replicas.length === 0 ? 'none of them' : `${replicas.length} of them`;
  const senders =
    replicas.length === 0
      ? `the server of ${name} sends its changes`
      : `the server of ${name} and its replicas send their changes`;
  return `${senders} to ${count} standbys, and CURFEW_POSTGRES_REPLICAS names ${named}. A session that is open on another one is not terminated`;
}
