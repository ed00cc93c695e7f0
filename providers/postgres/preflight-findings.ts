import type { Duty, Permission } from '../provider.ts';
import type { Database } from './databases.ts';
import { whyDangerous } from './entitlement-role.ts';
import { quoted, shortList } from './names.ts';
import type { Login, TargetRole } from './preflight-facts.ts';
import { whyPasswordsForbidden } from './rds-passwords.ts';
import { unnamedStandbys } from './standbys.ts';
import type { PostgresTarget } from './target.ts';

const missing = (what: string): Permission => ({ severity: 'missing', what });
const excess = (what: string): Permission => ({ severity: 'excess', what });
const unknown = (what: string): Permission => ({ severity: 'unknown', what });

/** What each duty needs of the login itself, and what is more than any needs. */
export function findingsOfLogin(login: Login): readonly Permission[] {
  const { me, version, rolsuper: superuser, predefined } = login;
  return [
    ...(version >= 150_000 ? [] : [missing('Postgres 15 or later')]),
    ...(login.rolcreaterole || superuser ? [] : [missing(`CREATEROLE for ${me}`)]),
    ...(login.passwordsForbidden ? [missing(whyPasswordsForbidden(me))] : []),
    ...(superuser ? [excess('SUPERUSER')] : []),
    ...(login.rolcreatedb && !superuser ? [excess('CREATEDB')] : []),
    ...(login.rolreplication && !superuser ? [excess('REPLICATION')] : []),
    ...(login.rolbypassrls && !superuser ? [excess('BYPASSRLS')] : []),
    ...(superuser ? [] : predefined.map((role) => excess(`membership in ${role}`))),
  ];
}

/** Whether Curfew may grant the role of one target, and hand what people create to its owner. */
export function findingsOfTarget(
  { role, oid, owner }: PostgresTarget,
  roles: ReadonlyMap<string, TargetRole>,
  { me }: Login,
): readonly Permission[] {
  const found = roles.get(role);
  const admin = (name: string) =>
    missing(
      `ADMIN OPTION for ${me} on the role "${name}". Run: grant ${quoted(name)} to ${quoted(me)} with admin option`,
    );
  if (!found?.oid) return [missing(`the role "${role}" does not exist`)];
  const newOwner = owner === undefined || owner === role ? undefined : { name: owner, ...roles.get(owner) };
  return [
    ...(oid !== undefined && oid !== found.oid
      ? [
          missing(
            `the role "${role}" is another one than the catalogue names (oid ${found.oid}, and not ${oid})`,
          ),
        ]
      : []),
    ...(found.dangerous === null ? [] : [missing(whyDangerous(role, found.dangerous))]),
    ...(found.mayGrant ? [] : [admin(role)]),
    ...(newOwner && !newOwner.oid ? [missing(`the owner "${newOwner.name}" does not exist`)] : []),
    ...(newOwner?.oid && !newOwner.mayGrant ? [admin(newOwner.name)] : []),
  ];
}

type Reach = Readonly<{ databases: readonly string[]; targets: readonly PostgresTarget[]; duty: Duty }>;

/** How far a lease's login reaches: into other databases, and onto standbys. */
export function findingsOfReach(
  database: Database,
  { standbys }: Login,
  { databases, targets, duty }: Reach,
): readonly Permission[] {
  const left = unnamedStandbys(standbys, database);
  const isOpen = duty === 'grant' && targets.length > 0 && databases.length > 0;
  return [
    ...(isOpen
      ? [
          excess(
            `a lease’s login also opens ${shortList(databases)}, because PUBLIC may connect there. To close one: revoke connect on database ${quoted(databases[0] ?? '')} from public`,
          ),
        ]
      : []),
    ...(left === undefined ? [] : [unknown(left)]),
    ...(database.replicas === undefined && left === undefined
      ? [
          unknown(
            `whether there are read replicas. Name them in CURFEW_POSTGRES_REPLICAS, or write ${database.name}=none there`,
          ),
        ]
      : []),
  ];
}

export function noteOf({ me, version, rolsuper, rolcreaterole, grantable }: Login): string {
  const may = rolsuper
    ? 'every role'
    : version < 160_000 && rolcreaterole
      ? 'every role that is not a superuser'
      : grantable.join(', ') || 'no role (it has no ADMIN OPTION)';
  return `read from the system catalogue as ${me}, which may grant ${may}.`;
}
