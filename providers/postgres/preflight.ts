import type { Preflight } from '../provider.ts';
import { withDb, type Db } from './connection.ts';

type OwnRole = {
  me: string;
  version: number;
  rolsuper: boolean;
  rolcreaterole: boolean;
  rolcreatedb: boolean;
  rolreplication: boolean;
  rolbypassrls: boolean;
  grantable: string[];
  predefined: string[];
};

const OWN_ROLE_QUERY = `
  select current_user::text as me, current_setting('server_version_num')::int as version,
         rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
         array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                where m.member = r.oid and m.admin_option and g.rolname !~ '^curfew_' order by 1) as grantable,
         array(select g.rolname::text from pg_roles g
                where g.rolname ~ '^pg_' and pg_has_role(r.oid, g.oid, 'usage') order by 1) as predefined
    from pg_roles r where rolname = current_user`;

/**
 * Compares the privileges of Curfew's login in every configured database with what docs/providers/postgres.md
 * requires.
 */
export async function preflight(
  databases: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Preflight> {
  const found = await Promise.all(
    Object.entries(databases).map(([name, url]) => withDb(url, signal, (db) => checkDatabase(db, name))),
  );
  const missing = found.flatMap((one) => one.missing);
  const excess = found.flatMap((one) => one.excess);
  return { ok: missing.length === 0, missing, excess, note: found.map((one) => one.note).join(' ') };
}

async function checkDatabase(db: Db, name: string): Promise<Omit<Preflight, 'ok'>> {
  const [self] = (await db.query<OwnRole>(OWN_ROLE_QUERY)).rows;
  if (!self) return { missing: [`${name}: Postgres does not list Curfew's own role`], excess: [], note: '' };
  const { me, version, grantable, predefined, rolsuper: superuser } = self;
  const missing = [
    ...(version >= 150_000 ? [] : ['Postgres 15 or later']),
    ...(self.rolcreaterole || superuser ? [] : [`CREATEROLE for ${me}`]),
    // Before 16, CREATEROLE alone may grant any role that is not a superuser.
    ...(version < 160_000 || superuser || grantable.length > 0
      ? []
      : [`ADMIN OPTION for ${me} on each entitlement's role`]),
  ];
  const excess = [
    ...(superuser ? ['SUPERUSER'] : []),
    ...(self.rolcreatedb && !superuser ? ['CREATEDB'] : []),
    ...(self.rolreplication && !superuser ? ['REPLICATION'] : []),
    ...(self.rolbypassrls && !superuser ? ['BYPASSRLS'] : []),
    ...(superuser ? [] : predefined.map((role) => `membership in ${role}`)),
  ];
  const prefixed = (what: string): string => `${name}: ${what}`;
  const note = prefixed(`${me} may grant ${grantable.join(', ') || 'no role (it has no ADMIN OPTION)'}.`);
  return { missing: missing.map(prefixed), excess: excess.map(prefixed), note };
}
