import pg from 'pg';
import type { AccessRow, AccessState } from './access-row.ts';
import type { Reading, VendorReader } from './vendor-watcher.ts';

/** `rolePattern` is a POSIX regular expression that matches the roles created for leases. */
export type PostgresOptions = Readonly<{
  connectionString: string;
  rolePattern?: string;
  clock?: () => number;
}>;

type RoleRow = Readonly<{
  name: string;
  until: number | null;
  can_login: boolean;
  member_of: readonly string[];
  sessions: number;
}>;

const ROLES = `
  select r.rolname as name,
         case when isfinite(r.rolvaliduntil)
              then (extract(epoch from r.rolvaliduntil) * 1000)::float8 end as until,
         r.rolcanlogin as can_login,
         array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
               where m.member = r.oid order by 1) as member_of,
         (select count(*)::int from pg_stat_activity a where a.usename = r.rolname) as sessions
  from pg_roles r
  where r.rolname ~ $1
  order by r.rolname`;

const stateOf = ({ until, can_login }: RoleRow, now: number): AccessState => {
  if (!can_login) return { kind: 'disabled', text: 'login disabled' };
  if (until === null) return { kind: 'open' };
  return until > now ? { kind: 'open', until } : { kind: 'ended', at: until };
};

/** The server does not know for whom a lease is, so the row names nobody. */
const rowOf = (role: RoleRow, now: number): AccessRow => {
  const groups = role.member_of.length > 0 ? role.member_of.join(', ') : 'no group';
  const sessions = role.sessions === 1 ? '1 open session' : `${role.sessions || 'no'} open sessions`;
  return {
    id: `postgres-${role.name}`,
    who: 'A lease',
    what: `a login with the privileges of ${groups}, ${sessions}`,
    state: stateOf(role, now),
    detail: `role ${role.name}`,
  };
};

/** Reads the login roles that exist for leases, their `VALID UNTIL` and their number of open sessions. */
export const postgresReader = ({
  connectionString,
  rolePattern = '^curfew_lease_',
  clock = Date.now,
}: PostgresOptions): VendorReader => ({
  name: 'postgres',
  title: 'Postgres',
  where: 'Login roles created for a lease',
  async read(): Promise<Reading> {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3000, query_timeout: 3000 });
    // Without a listener, an error on an idle connection would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<RoleRow>(ROLES, [rolePattern]);
      return {
        rows: rows.map((role) => rowOf(role, clock())),
        empty: 'Nobody has a login that was created for a lease.',
      };
    } finally {
      await client.end();
    }
  },
});
