import type { Instant } from '../../core/ids.ts';
import type { Db } from './connection.ts';

/** The sessions of a role that are open now. Without `pg_read_all_stats` Postgres shows their number, and no times. */
export type SeenSessions = Readonly<{ open: number; first?: Instant; last?: Instant }>;

const SESSIONS = `
  select count(*)::int as open, (extract(epoch from min(backend_start)) * 1000)::float8 as first,
         (extract(epoch from max(coalesce(state_change, query_start, backend_start))) * 1000)::float8 as last
    from pg_stat_activity where usesysid = $1::oid`;

/** It reads numbers and times, and no statement. */
export async function readSessions(db: Db, oid: string): Promise<SeenSessions> {
  const { rows } = await db.query<{ open: number; first: number | null; last: number | null }>(SESSIONS, [
    oid,
  ]);
  const { open = 0, first = null, last = null } = rows[0] ?? {};
  return {
    open,
    ...(first !== null && { first: first as Instant }),
    ...(last !== null && { last: last as Instant }),
  };
}
