import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { sqlState, type Db } from './connection.ts';

export const roleName = (lease: LeaseId): string => `curfew_${lease}`;
/** Owns what holders made, where the catalogue names nobody. It has no rights and no login. */
export const LEFTOVERS = 'curfew_leftovers';
export const quoted = (name: string): string => pg.escapeIdentifier(name);

/** What the comment on a lease's role says, for whoever finds it, and for the reaper. */
export type Mark = Readonly<{ curfew: 1; lease: string; person: string; database: string; endsAt: string }>;

/** The lease's role as the catalogue shows it. */
export type LeaseRole = Readonly<{
  oid: string;
  canLogin: boolean;
  until: number | null;
  mark: Mark | undefined;
  member: boolean;
}>;

type Row = { oid: string; login: boolean; until: string | null; comment: string | null; member: boolean };

export async function findRole(db: Db, name: string, group: string): Promise<LeaseRole | undefined> {
  const { rows } = await db.query<Row>(
    `select r.oid, r.rolcanlogin as login, extract(epoch from r.rolvaliduntil) * 1000 as until,
            shobj_description(r.oid, 'pg_authid') as comment,
            exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
                     where m.member = r.oid and g.rolname = $2) as member
       from pg_roles r where r.rolname = $1`,
    [name, group],
  );
  const [row] = rows;
  if (!row) return undefined;
  const until = row.until === null ? null : Math.round(Number(row.until));
  return { oid: row.oid, canLogin: row.login, until, mark: readMark(row.comment), member: row.member };
}

export function readMark(comment: string | null): Mark | undefined {
  try {
    const mark = Object(JSON.parse(comment ?? '')) as Partial<Record<keyof Mark, unknown>>;
    const { curfew, lease, person, database, endsAt } = mark;
    const whole = [lease, person, database, endsAt].every((part) => typeof part === 'string');
    return curfew === 1 && whole ? (mark as Mark) : undefined;
  } catch {
    return undefined; // a comment in somebody's own words
  }
}

// They reach the server's files and programs, or could end our own sessions for as long as they like.
const STRONG = [
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_signal_backend',
];

/**
 * The entitlement's role must be there, and neither it nor any role it is a member of may be one whose members can
 * make themselves at home: by making roles, by handing them out, or by other ways around the door.
 */
export async function assertGrantableRole(db: Db, role: string): Promise<void> {
  if (!(await exists(db, role))) throw new Fault('target-missing', `postgres: no role "${role}"`);
  const { rows } = await db.query<{ name: string }>(
    `select r.rolname as name from pg_roles r
      where pg_has_role($1::name, r.oid, 'member')
        and (r.rolsuper or r.rolcreaterole or r.rolreplication or r.rolname = any ($2)
             or exists (select from pg_auth_members m where m.member = r.oid and m.admin_option))
      order by 1 limit 1`,
    [role, STRONG],
  );
  const [strong] = rows;
  if (!strong) return;
  const through = strong.name === role ? '' : ` by way of "${strong.name}"`;
  throw new Fault(
    'provider-refused',
    `postgres: "${role}" may make or hand out roles or more${through}: its members could stay`,
  );
}

export const exists = async (db: Db, role: string): Promise<boolean> =>
  (await db.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

/**
 * One attempt per lease at a time; the lock goes with the connection. Every login of the database can take such a
 * lock, the holder's too, so nobody waits for it for long: the ledger keeps two attempts apart as well.
 */
export async function lockLease(db: Db, lease: LeaseId): Promise<void> {
  await db.query(`set lock_timeout = '2s'`);
  await db.query('select pg_advisory_lock(hashtextextended($1, 0))', [lease]).catch((error: unknown) => {
    if (sqlState(error) !== '55P03') throw error;
  });
  await db.query('reset lock_timeout');
}

/** Since 16 a membership says whether it inherits, and whether SET ROLE is allowed; before, both always were. */
export async function hasSetOption(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ v: number }>("select current_setting('server_version_num')::int as v");
  return (rows[0]?.v ?? 0) >= 160_000;
}

export async function joinSelf(db: Db, role: string): Promise<void> {
  const how = (await hasSetOption(db)) ? ' with inherit true, set true' : '';
  await db.query(`grant ${quoted(role)} to current_user${how}`);
}

/**
 * Makes a lease's role a member. It inherits the privileges and may not SET ROLE: a session that had done so would
 * keep them whatever is revoked, and what it made would belong to the role. Before 16 that cannot be told apart.
 */
export async function admit(db: Db, name: string, group: string): Promise<void> {
  const how = (await hasSetOption(db)) ? ' with inherit true, set false' : '';
  await db.query(`grant ${quoted(group)} to ${quoted(name)}${how}`);
}

/** True when our own login already acts with this role's privileges. */
export async function actsAs(db: Db, role: string): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>(
    "select pg_has_role(current_user, $1::name, 'usage') and pg_has_role(current_user, $1::name, 'member') as has",
    [role],
  );
  return rows[0]?.has ?? false;
}

export const markText = (mark: Mark): string => pg.escapeLiteral(JSON.stringify(mark));
export const timeText = (end: Instant): string => pg.escapeLiteral(new Date(end).toISOString());
