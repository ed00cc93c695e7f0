import { Fault } from '../../core/faults.ts';
import type { Db } from './connection.ts';
import type { Role } from './roles.ts';
import type { PostgresTarget } from './target.ts';

/**
 * Roles that can reach the server's files and programs, terminate Curfew's own sessions, lock the tables of roles and so
 * every revoke (`pg_maintain`), or read from other servers under their own name. Those without `pg_` are of Amazon RDS, Cloud SQL and Azure.
 */
export const DANGEROUS_ROLES = [
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_signal_backend',
  'pg_create_subscription',
  'pg_maintain',
  'rds_superuser',
  'rds_replication',
  'cloudsqlsuperuser',
  'azure_pg_admin',
];

/**
 * The first role that is dangerous among the role `g` of the query and the roles that it is a member of. `$2` is `DANGEROUS_ROLES`. Before
 * Postgres 16, a lease may change to each of these roles with SET ROLE, and then change that role's own password.
 */
export const FIRST_DANGEROUS_ROLE = `
  (select r.rolname from pg_roles r
    where pg_has_role(g.oid, r.oid, 'member')
      and (r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolname = any ($2)
           or (r.rolcanlogin and current_setting('server_version_num')::int < 160000)
           or exists (select from pg_auth_members m where m.member = r.oid and m.admin_option))
    order by r.oid <> g.oid, 1 limit 1)`;

export const whyDangerous = (role: string, dangerous: string): string =>
  `the role "${role}"${dangerous === role ? '' : ` (as a member of "${dangerous}")`} may create roles, grant roles, reach the server itself, or (before Postgres 16) log in. Its members could keep access after the end`;

/**
 * The entitlement's role must exist, and be the one that was observed. Neither it nor a role that it is a member of may let
 * its members keep access after the end: by creating roles, by granting roles, or by other ways to get in.
 */
export async function grantableRole(
  db: Db,
  { role, oid }: Pick<PostgresTarget, 'role' | 'oid'>,
): Promise<Role> {
  const { rows } = await db.query<{ oid: string; dangerous: string | null }>(
    `select g.oid::text, ${FIRST_DANGEROUS_ROLE} as dangerous from pg_roles g where g.rolname = $1`,
    [role, DANGEROUS_ROLES],
  );
  const [found] = rows;
  if (!found) throw new Fault('target-missing', `postgres: no role "${role}"`);
  if (oid !== undefined && oid !== found.oid)
    throw new Fault(
      'target-missing',
      `postgres: the role "${role}" was dropped and created again, or renamed. It is another role now (oid ${found.oid}, and not ${oid})`,
    );
  if (found.dangerous !== null)
    throw new Fault('provider-refused', `postgres: ${whyDangerous(role, found.dangerous)}`);
  return { oid: found.oid, name: role };
}
