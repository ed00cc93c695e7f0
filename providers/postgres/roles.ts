import type { LeaseId } from '../../core/ids.ts';
import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { type Mark, markStart, readMark } from './mark.ts';
import { quoted, roleName } from './names.ts';

/** A role by its oid, which a role that is created again under the same name does not have. */
export type Role = Readonly<{ oid: string; name: string }>;

/** The lease's role as Postgres's system catalogue shows it. `memberOf` are the roles that it is a member of. */
export type LeaseRole = Role &
  Readonly<{
    canLogin: boolean;
    /** The end in milliseconds. Infinity or null when there is none. */
    validUntil: number | null;
    /** How many sessions may be open. -1 for any number. */
    connectionLimit: number;
    /** What only an administrator can have added, such as SUPERUSER. */
    attributes: readonly string[];
    mark: Mark | undefined;
    memberOf: readonly Role[];
  }>;

type Row = {
  oid: string;
  name: string;
  login: boolean;
  validUntil: string | null;
  connectionLimit: number;
  attributes: readonly string[];
  comment: string | null;
  memberOf: readonly Role[];
};

// A comment belongs to an oid. So a role that was dropped and created again under the name of the lease carries no mark, and
// one that was renamed still does.
const BY_MARK_OR_NAME = `
  select r.oid::text, r.rolname as name, r.rolcanlogin as login,
         extract(epoch from r.rolvaliduntil) * 1000 as "validUntil", r.rolconnlimit as "connectionLimit",
         array_remove(array[case when r.rolsuper then 'SUPERUSER' end, case when r.rolcreaterole then 'CREATEROLE' end,
                            case when r.rolcreatedb then 'CREATEDB' end, case when r.rolreplication then 'REPLICATION' end,
                            case when r.rolbypassrls then 'BYPASSRLS' end], null) as attributes,
         d.description as comment,
         (select coalesce(json_agg(json_build_object('oid', g.oid::text, 'name', g.rolname) order by g.rolname), '[]')
            from pg_roles g
           where exists (select from pg_auth_members m where m.member = r.oid and m.roleid = g.oid)) as "memberOf"
    from pg_roles r left join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
   where starts_with(d.description, $1) or r.rolname = $2
   order by coalesce(starts_with(d.description, $1), false) desc, r.rolname = $2 desc
   limit 1`;

/** The role with the mark of this lease, whatever its name is, or else another role with the name of the lease's role. */
export async function findRole(db: Db, lease: LeaseId): Promise<LeaseRole | undefined> {
  const { rows } = await db.query<Row>(BY_MARK_OR_NAME, [markStart(lease), roleName(lease)]);
  const [row] = rows;
  if (!row) return undefined;
  const { oid, name, login, comment, memberOf, connectionLimit, attributes } = row;
  const validUntil = row.validUntil === null ? null : Math.round(Number(row.validUntil));
  const mark = readMark(comment);
  return { oid, name, canLogin: login, validUntil, connectionLimit, attributes, mark, memberOf };
}

/** The lease's role, when it carries Curfew's mark. Another role of the same name is not touched. */
export async function findOwnRole(db: Db, lease: LeaseId): Promise<LeaseRole | undefined> {
  const found = await findRole(db, lease);
  return found?.mark?.lease === lease ? found : undefined;
}

/** Whether the role still gives access, or could give it after a login. */
export const isOpen = ({ canLogin, memberOf }: LeaseRole): boolean => canLogin || memberOf.length > 0;

export const isMember = (role: LeaseRole | undefined, group: Role): boolean =>
  role?.memberOf.some(({ oid }) => oid === group.oid) ?? false;

/** Whether somebody can log in with the role and has the privileges of this one. */
export const givesAccess = (role: LeaseRole, group: Role): boolean => role.canLogin && isMember(role, group);

/** The oid of the role that has this name now. */
export async function oidOf(db: Db, name: string): Promise<string | undefined> {
  const { rows } = await db.query<{ oid: string }>('select oid::text from pg_roles where rolname = $1', [
    name,
  ]);
  return rows[0]?.oid;
}

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
export async function membershipsOf(db: Db, { oid }: Role): Promise<readonly string[]> {
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
