import type { Db } from './connection.ts';
import { DANGEROUS_ROLES, FIRST_DANGEROUS_ROLE } from './entitlement-role.ts';
import { PASSWORDS_FORBIDDEN } from './rds-passwords.ts';
import { STANDBYS } from './standbys.ts';
import type { PostgresTarget } from './target.ts';

/** What Curfew's own login is and may do. `standbys` is how many connections replicate the server. */
export type Login = Readonly<{
  me: string;
  version: number;
  rolsuper: boolean;
  rolcreaterole: boolean;
  rolcreatedb: boolean;
  rolreplication: boolean;
  rolbypassrls: boolean;
  grantable: readonly string[];
  predefined: readonly string[];
  passwordsForbidden: boolean;
  standbys: number;
}>;

/** A role of the catalogue. Without an `oid`, it does not exist. `mayGrant` says whether Curfew's login may grant it. */
export type TargetRole = Readonly<{
  name: string;
  oid: string | null;
  dangerous: string | null;
  mayGrant: boolean;
}>;

// The privilege to change to a role with SET ROLE. Before Postgres 16, each member has it.
const MAY_SET = `case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end`;

// Those without pg_ are the administrators of Amazon RDS, Cloud SQL and Azure.
const LOGIN = `
  select current_user::text as me, current_setting('server_version_num')::int as version,
         rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
         array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                where m.member = r.oid and m.admin_option and g.rolname !~ '^curfew_' order by 1) as grantable,
         array(select g.rolname::text from pg_roles g
                where (g.rolname ~ '^pg_' or g.rolsuper
                       or g.rolname in ('rds_superuser', 'rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin'))
                  and g.oid <> r.oid and (pg_has_role(r.oid, g.oid, 'usage') or pg_has_role(r.oid, g.oid, ${MAY_SET}))
                order by 1) as predefined,
         ${PASSWORDS_FORBIDDEN} as "passwordsForbidden",
         (${STANDBYS}) as standbys
    from pg_roles r where rolname = current_user`;

export const readLogin = async (db: Db): Promise<Login | undefined> => (await db.query<Login>(LOGIN)).rows[0];

// Since Postgres 16, a login may grant a role with the ADMIN OPTION of each role whose privileges it has. Before, CREATEROLE
// may grant every role that is not a superuser (https://www.postgresql.org/docs/15/role-attributes.html).
const ROLES = `
  select w.name, g.oid::text, ${FIRST_DANGEROUS_ROLE} as dangerous,
         coalesce(me.rolsuper
           or exists (select from pg_auth_members m where m.roleid = g.oid and m.admin_option
                                                      and pg_has_role(current_user, m.member, 'usage'))
           or (current_setting('server_version_num')::int < 160000 and me.rolcreaterole and not g.rolsuper), false) as "mayGrant"
    from unnest($1::name[]) w(name) left join pg_roles g on g.rolname = w.name
         cross join (select * from pg_roles where rolname = current_user) me`;

/** The roles and owners that the targets name, by their names. */
export async function readRoles(
  db: Db,
  targets: readonly PostgresTarget[],
): Promise<ReadonlyMap<string, TargetRole>> {
  const names = new Set(targets.flatMap(({ role, owner }) => (owner === undefined ? [role] : [role, owner])));
  if (names.size === 0) return new Map();
  const { rows } = await db.query<TargetRole>(ROLES, [[...names], DANGEROUS_ROLES]);
  return new Map(rows.map((row) => [row.name, row]));
}

/** The other databases of the server to which everybody may connect. */
export async function publicDatabases(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ datname: string }>(
    `select datname from pg_database
      where datallowconn and datname <> current_database() and has_database_privilege('public', oid, 'connect')
      order by 1`,
  );
  return rows.map(({ datname }) => datname);
}
