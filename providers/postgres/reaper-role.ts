import { Fault } from '../../core/faults.ts';
import type { Permission } from '../provider.ts';
import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { quoted } from './names.ts';

/** The first version in which CREATEROLE alone does not let a login change the roles of others. */
const NEEDS_ADMIN_OPTION = 160_000;
/** SQLSTATE of a role that does not exist, of a missing privilege, and of a grant back to the own grantor. */
const CANNOT_GRANT = ['42704', '42501', '0LP01'];

/**
 * Lets the reaper's role end this lease: disable its role, terminate its sessions and drop it. At every version, the reaper's role must be
 * able to log in, and needs CREATEROLE or SUPERUSER to change another role. Since Postgres 16 it also needs ADMIN OPTION on the role of
 * the lease. It neither inherits the privileges of the lease nor may it SET ROLE, but it could give itself both, as every role with ADMIN
 * OPTION could (https://www.postgresql.org/docs/current/role-membership.html). A lease that the reaper cannot end is not granted.
 */
export async function letReaperEnd(db: Db, leaseRole: string, reaper: string): Promise<void> {
  const facts = await readReaper(db, reaper);
  const lacks = whatItLacks(facts);
  if (lacks !== undefined) throw withoutReaper(reaper, lacks);
  if (facts.version < NEEDS_ADMIN_OPTION) return;
  try {
    await db.query(
      `grant ${quoted(leaseRole)} to ${quoted(reaper)} with admin option, inherit false, set false`,
    );
  } catch (error) {
    if (!CANNOT_GRANT.includes(sqlState(error) ?? '')) throw error;
    throw withoutReaper(reaper, error instanceof Error ? error.message : String(error));
  }
}

const withoutReaper = (reaper: string, why: string): Fault =>
  new Fault(
    'provider-refused',
    `postgres: the role "${reaper}" of the reaper cannot be prepared to end the access (${why}), so nothing is granted. Create it as docs/providers/postgres.md says, or name the right one in CURFEW_POSTGRES_REAPER`,
  );

type Facts = Readonly<{
  version: number;
  exists: boolean;
  canLogin: boolean;
  changesRoles: boolean;
  isGranter: boolean;
}>;

/** One row, also where the role does not exist. */
const FACTS = `
  select current_setting('server_version_num')::int as version, r.oid is not null as exists,
         coalesce(r.rolcanlogin, false) as "canLogin",
         coalesce(r.rolcreaterole or r.rolsuper, false) as "changesRoles",
         coalesce(r.rolname = current_user, false) as "isGranter"
    from (select) as one left join pg_roles r on r.rolname = $1`;

async function readReaper(db: Db, reaper: string): Promise<Facts> {
  const { rows } = await db.query<Facts>(FACTS, [reaper]);
  const [facts] = rows;
  if (!facts) throw new Fault('provider-unavailable', 'postgres: the role of the reaper could not be read');
  return facts;
}

/** Why the role of the reaper could end no lease, whatever is granted to it. Undefined when it could. */
function whatItLacks({ exists, canLogin, changesRoles, isGranter }: Facts): string | undefined {
  if (!exists) return 'there is no such role';
  if (isGranter) return 'it is the role of the granter, and the reaper needs one of its own';
  if (!canLogin) return 'it cannot log in';
  return changesRoles ? undefined : 'it has no CREATEROLE';
}

/** What is wrong with the role of the reaper, from the view of the granter. */
export async function findingsOfReaperRole(db: Db, reaper: string): Promise<readonly Permission[]> {
  const { exists, canLogin, changesRoles, isGranter } = await readReaper(db, reaper);
  const missing = (what: string): Permission => ({ severity: 'missing', what });
  if (!exists)
    return [
      missing(
        `the role "${reaper}" of the reaper, without which nothing is granted. Run: create role ${quoted(reaper)} login createrole password '...'`,
      ),
    ];
  if (isGranter)
    return [missing(`another role than that of the reaper for the granter: "${reaper}" is both`)];
  const withoutIt = `for "${reaper}", the role of the reaper, without which nothing is granted`;
  return [
    ...(canLogin ? [] : [missing(`LOGIN ${withoutIt}`)]),
    ...(changesRoles ? [] : [missing(`CREATEROLE ${withoutIt}`)]),
  ];
}

type Reach = Readonly<{ grantable: readonly string[]; foreign: number; version: number }>;

const REACH = `
  select current_setting('server_version_num')::int as version,
         array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                where m.member = r.oid and m.admin_option and g.rolname !~ '^curfew_' order by 1) as grantable,
         (select count(*)::int from pg_roles l join pg_shdescription d
                   on d.classoid = 'pg_authid'::regclass and d.objoid = l.oid and starts_with(d.description, '{"curfew":1,')
           where not exists (select from pg_auth_members m
                              where m.roleid = l.oid and m.member = r.oid and m.admin_option)) as "foreign"
    from pg_roles r where r.rolname = current_user and not r.rolsuper`;

/** What the reaper's own login cannot end, and what it could grant. */
export async function findingsOfReaper(db: Db): Promise<readonly Permission[]> {
  const { rows } = await db.query<Reach>(REACH);
  const [{ grantable, foreign, version } = { grantable: [], foreign: 0, version: 0 }] = rows;
  const needsOption = version >= NEEDS_ADMIN_OPTION;
  return [
    ...(needsOption && foreign > 0
      ? [
          {
            severity: 'missing',
            what: `ADMIN OPTION on the roles of ${foreign} ${foreign === 1 ? 'lease' : 'leases'}, which were granted before CURFEW_POSTGRES_REAPER named this login`,
          } as const,
        ]
      : []),
    ...(grantable.length > 0
      ? [
          {
            severity: 'excess',
            what: `ADMIN OPTION on ${grantable.join(', ')}, which it could grant`,
          } as const,
        ]
      : []),
    ...(rows.length > 0 && !needsOption
      ? [
          {
            severity: 'excess',
            what: 'CREATEROLE, which may grant every role that is not a superuser before Postgres 16',
          } as const,
        ]
      : []),
  ];
}
