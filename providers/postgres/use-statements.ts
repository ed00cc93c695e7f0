import type { Instant } from '../../core/ids.ts';
import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { quoted } from './names.ts';

/**
 * What `pg_stat_statements` counted for a role. `first` is when it counted the first statement, from Postgres 17 on. `discarded`: how many
 * times it discarded entries, which may have been of this role. `resetAt` is when its numbers, or all statistics after a crash, last began.
 * `isTracked`: it counts the statements of every login. `isAmongOthers`: statements of the role may be among those of a role that it can become. `written`: records in the write-ahead log and changed pages.
 */
export type SeenStatements =
  | Readonly<{
      kind: 'counted';
      calls: number;
      first?: Instant;
      discarded: number;
      resetAt?: Instant;
      isTracked: boolean;
      isAmongOthers: boolean;
      written?: number;
    }>
  | Readonly<{ kind: 'hidden'; why: string }>;

type Row = Readonly<{
  calls: number;
  first: number | null;
  written: number | null;
  discarded: number;
  resetAt: number | null;
  isTracked: boolean;
  isAmongOthers: boolean;
}>;

const ms = (time: string): string => `(extract(epoch from ${time}) * 1000)::float8`;

/**
 * The function is asked without the texts of statements. Every login may see the numbers of every role. A column that an older version of the extension does not
 * have is null. When the server starts without a dump of the numbers, after a crash, the time of their reset is that of the start.
 */
const statementsSql = (schema: string): string => `
  with every as (select userid, calls from ${schema}.pg_stat_statements(false)),
       mine as (select to_jsonb(s) as s from ${schema}.pg_stat_statements(false) s where s.userid = $1::oid)
  select coalesce(sum((s ->> 'calls')::float8) filter (where coalesce((s ->> 'toplevel')::boolean, true)), 0)::float8 as calls,
         ${ms(`min((s ->> 'stats_since')::timestamptz)`)} as first,
         coalesce(sum((s ->> 'wal_records')::float8 + (s ->> 'shared_blks_dirtied')::float8), 0)::float8 as written,
         (select dealloc::float8 from ${schema}.pg_stat_statements_info) as discarded,
         ${ms(`(select greatest(i.stats_reset, b.stats_reset) from ${schema}.pg_stat_statements_info i, pg_stat_bgwriter b)`)} as "resetAt",
         current_setting('pg_stat_statements.track') in ('top', 'all') and current_setting('pg_stat_statements.track_utility')::boolean
           and current_setting('compute_query_id', true) is distinct from 'off'
           and not exists (select from pg_db_role_setting where array_to_string(setconfig, ' ') ~ 'pg_stat_statements[.]track|compute_query_id') as "isTracked",
         current_setting('server_version_num')::integer < 160000
           and exists (select from every, pg_roles r where r.rolname = $2 and every.userid <> $1::oid and every.calls > 0
                          and pg_has_role(r.oid, every.userid, 'MEMBER')) as "isAmongOthers"
    from mine`;

const NOT_LOADED = '55000';
const NO_SUCH_FUNCTION = ['42883', '42P01', '42704'];
const NOT_ALLOWED = '42501';

/**
 * The numbers of a role on one server. They are kept under its oid, also when the role is dropped. `group` is the name of the entitlement's role, of
 * which it is a member.
 */
export async function readStatements(db: Db, oid: string, group: string): Promise<SeenStatements> {
  const { rows: found } = await db.query<{ schema: string }>(
    `select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`,
  );
  const [extension] = found;
  if (!extension)
    return { kind: 'hidden', why: 'the extension pg_stat_statements is not installed in this database' };
  try {
    const { rows } = await db.query<Row>(statementsSql(quoted(extension.schema)), [oid, group]);
    const [row] = rows;
    if (!row) return { kind: 'hidden', why: 'pg_stat_statements gave no answer' };
    return {
      ...{ kind: 'counted', calls: row.calls, discarded: row.discarded },
      ...{ isTracked: row.isTracked, isAmongOthers: row.isAmongOthers },
      ...(row.first !== null && { first: row.first as Instant }),
      ...(row.resetAt !== null && { resetAt: row.resetAt as Instant }),
      ...(row.written !== null && { written: row.written }),
    };
  } catch (error) {
    const why = whyHidden(sqlState(error));
    if (why === undefined) throw error;
    return { kind: 'hidden', why };
  }
}

function whyHidden(state: string | undefined): string | undefined {
  if (state === NOT_LOADED) return 'pg_stat_statements is not in shared_preload_libraries of the server';
  if (state === NOT_ALLOWED) return "Curfew's login may not read pg_stat_statements in this database";
  if (state !== undefined && NO_SUCH_FUNCTION.includes(state))
    return 'the extension pg_stat_statements is older than 1.9; run "alter extension pg_stat_statements update"';
  return undefined;
}
