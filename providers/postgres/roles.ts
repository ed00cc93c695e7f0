import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { sqlState, type Db } from './connection.ts';

export const roleName = (lease: LeaseId): string => `curfew_${lease}`;
/**
 * The role that owns what was created with a lease, where the catalogue names no owner. It has no privileges and no login.
 * Each lease has one of its own, because code that one person left runs with all that its owner owns.
 */
export const leftoversRole = (leaseRole: string): string => `${leaseRole}_leftovers`;
export const quoted = (name: string): string => pg.escapeIdentifier(name);

/**
 * What the comment on a lease's role says. Every login of the server can read it, so it names no person (T29). The ledger
 * knows whose the lease is.
 */
export type Mark = Readonly<{ curfew: 1; lease: string; database: string }>;

/** The lease's role as Postgres's system catalogue shows it. */
export type LeaseRole = Readonly<{
  oid: string;
  canLogin: boolean;
  validUntil: number | null;
  mark: Mark | undefined;
  member: boolean;
}>;

type Row = {
  oid: string;
  login: boolean;
  validUntil: string | null;
  comment: string | null;
  member: boolean;
};

export async function findRole(db: Db, name: string, group: string): Promise<LeaseRole | undefined> {
  const { rows } = await db.query<Row>(
    `select r.oid, r.rolcanlogin as login, extract(epoch from r.rolvaliduntil) * 1000 as "validUntil",
            shobj_description(r.oid, 'pg_authid') as comment,
            exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
                     where m.member = r.oid and g.rolname = $2) as member
       from pg_roles r where r.rolname = $1`,
    [name, group],
  );
  const [row] = rows;
  if (!row) return undefined;
  const validUntil = row.validUntil === null ? null : Math.round(Number(row.validUntil));
  return { oid: row.oid, canLogin: row.login, validUntil, mark: readMark(row.comment), member: row.member };
}

export function readMark(comment: string | null): Mark | undefined {
  try {
    const mark = Object(JSON.parse(comment ?? '')) as Partial<Record<keyof Mark, unknown>>;
    const { curfew, lease, database } = mark;
    return curfew === 1 && typeof lease === 'string' && typeof database === 'string'
      ? { curfew, lease, database }
      : undefined;
  } catch {
    return undefined; // a comment that Curfew did not write
  }
}

// Predefined roles that can reach the server's files and programs, or terminate Curfew's own sessions.
const DANGEROUS_ROLES = [
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_signal_backend',
];

/**
 * The entitlement's role must exist. Neither it nor a role that it is a member of may let its members keep access
 * after the end: by creating roles, by granting roles, or by other ways to get in.
 */
export async function assertGrantableRole(db: Db, role: string): Promise<void> {
  if (!(await roleExists(db, role))) throw new Fault('target-missing', `postgres: no role "${role}"`);
  const { rows } = await db.query<{ name: string }>(
    `select r.rolname as name from pg_roles r
      where pg_has_role($1::name, r.oid, 'member')
        and (r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolname = any ($2)
             or exists (select from pg_auth_members m where m.member = r.oid and m.admin_option))
      order by r.rolname <> $1, 1 limit 1`,
    [role, DANGEROUS_ROLES],
  );
  const [dangerous] = rows;
  if (!dangerous) return;
  const through = dangerous.name === role ? '' : ` (as a member of "${dangerous.name}")`;
  throw new Fault(
    'provider-refused',
    `postgres: the role "${role}"${through} may create roles, grant roles or reach the server itself. Its members could keep access after the end`,
  );
}

export const roleExists = async (db: Db, role: string): Promise<boolean> =>
  (await db.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

/**
 * Allows one attempt per lease at a time. The lock is released when the connection closes. Every login of the
 * database can take this lock, also the person who has the lease, so the wait is short and a timeout is ignored.
 * The ledger also keeps two attempts apart.
 */
export async function lockLease(db: Db, lease: LeaseId): Promise<void> {
  await db.query(`set lock_timeout = '2s'`);
  await db.query('select pg_advisory_lock(hashtextextended($1, 0))', [lease]).catch((error: unknown) => {
    if (sqlState(error) !== '55P03') throw error;
  });
  await db.query('reset lock_timeout');
}

/**
 * Since Postgres 16 a membership says whether it inherits and whether SET ROLE is allowed. Before, both were always
 * allowed.
 */
export async function supportsSetOption(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ v: number }>("select current_setting('server_version_num')::int as v");
  return (rows[0]?.v ?? 0) >= 160_000;
}

export async function grantToSelf(db: Db, role: string): Promise<void> {
  const options = (await supportsSetOption(db)) ? ' with inherit true, set true' : '';
  await db.query(`grant ${quoted(role)} to current_user${options}`);
}

/**
 * Makes a lease's role a member of the entitlement's role. It inherits the privileges and may not SET ROLE. A session
 * after SET ROLE would keep the privileges after a revoke, and what it created would belong to the entitlement's
 * role. Before Postgres 16 the two cannot be separated.
 */
export async function addMember(db: Db, name: string, group: string): Promise<void> {
  const options = (await supportsSetOption(db)) ? ' with inherit true, set false' : '';
  await db.query(`grant ${quoted(group)} to ${quoted(name)}${options}`);
}

/** The roles that the lease's role is a member of, by their current names. */
export async function membershipsOf(db: Db, { oid }: LeaseRole): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select distinct g.rolname as name from pg_auth_members m join pg_roles g on g.oid = m.roleid
      where m.member = $1::oid order by 1`,
    [oid],
  );
  return rows.map(({ name }) => name);
}

/** True when Curfew's own login already has this role's privileges. */
export async function hasPrivilegesOf(db: Db, role: string): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>(
    "select pg_has_role(current_user, $1::name, 'usage') and pg_has_role(current_user, $1::name, 'member') as has",
    [role],
  );
  return rows[0]?.has ?? false;
}

export const markLiteral = (mark: Mark): string => pg.escapeLiteral(JSON.stringify(mark));
export const timestampLiteral = (end: Instant): string => pg.escapeLiteral(new Date(end).toISOString());
