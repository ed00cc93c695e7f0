import type { Db } from './connection.ts';
import type { Database } from './databases.ts';

/**
 * How many connections replicate the whole server now. Every login sees that there are some, and only members of
 * `pg_read_all_stats` see what they are. Those of logical replication send tables and not the server, so they are left out.
 * A replica that gets archived files, and one in the storage of a cloud, does not show here.
 */
export async function standbysOf(db: Db): Promise<number> {
  const { rows } = await db.query<{ standbys: number }>(STANDBYS);
  return rows[0]?.standbys ?? 0;
}

export const STANDBYS = `
  select count(*)::int as standbys from pg_stat_replication r
   where not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')`;

/** A sentence when the server has more standbys than the settings name. Undefined when every one is named. */
export function unnamedStandbys(count: number, { name, replicas = [] }: Database): string | undefined {
  if (count <= replicas.length) return undefined;
  const named = replicas.length === 0 ? 'none of them' : `${replicas.length} of them`;
  return `the server of ${name} sends its changes to ${count} standbys, and CURFEW_POSTGRES_REPLICAS names ${named}. A session that is open on another one is not terminated`;
}
