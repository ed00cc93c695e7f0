import pg from 'pg';
import { Fault } from '../../core/errors.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Db } from './connection.ts';

export const roleName = (lease: LeaseId): string => `curfew_${lease}`;
/** Owns what holders made, where the catalogue names nobody. It has no rights and no login. */
export const LEFTOVERS = 'curfew_leftovers';
export const quoted = (name: string): string => pg.escapeIdentifier(name);

/** What the comment on a lease's role says, for whoever finds it, and for the reaper. */
export type Mark = Readonly<{ curfew: 1; lease: string; person: string; database: string; end: string }>;

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
    const { curfew, lease, person, database, end } = mark;
    const whole = [lease, person, database, end].every((part) => typeof part === 'string');
    return curfew === 1 && whole ? (mark as Mark) : undefined;
  } catch {
    return undefined; // a comment in somebody's own words
  }
}

/** The entitlement's role must be there, and must not be one whose members can make themselves at home. */
export async function needGroup(db: Db, role: string): Promise<void> {
  const { rows } = await db.query<{ strong: boolean }>(
    'select rolsuper or rolcreaterole or rolreplication as strong from pg_roles where rolname = $1',
    [role],
  );
  const [group] = rows;
  if (!group) throw new Fault('target-missing', `postgres: no role "${role}"`);
  if (group.strong)
    throw new Fault('provider-refused', `postgres: "${role}" may make roles or more: its members could stay`);
}

export const exists = async (db: Db, role: string): Promise<boolean> =>
  (await db.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;

/** One attempt per lease at a time; the lock goes with the connection. */
export const lockLease = (db: Db, lease: LeaseId) =>
  db.query('select pg_advisory_lock(hashtextextended($1, 0))', [lease]);

/** Since 16 a membership says whether it inherits; before, it always did. */
export async function joinSelf(db: Db, role: string): Promise<void> {
  const { rows } = await db.query<{ v: number }>("select current_setting('server_version_num')::int as v");
  const how = (rows[0]?.v ?? 0) >= 160_000 ? ' with inherit true, set true' : '';
  await db.query(`grant ${quoted(role)} to current_user${how}`);
}

/** True when our own login already acts with this role's privileges. */
export async function actsAs(db: Db, role: string): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>(
    "select pg_has_role(current_user, $1::name, 'usage') and pg_has_role(current_user, $1::name, 'member') as has",
    [role],
  );
  return rows[0]?.has ?? false;
}

/** Ends every open session of the role, in any database; returns how many there were. */
export async function endSessions(db: Db, { oid }: LeaseRole): Promise<number> {
  const { rowCount } = await db.query(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  await db.query('select pg_stat_clear_snapshot()'); // within a transaction the view would not move on
  const { rows } = await db.query<{ left: number }>(
    'select count(*)::int as left from pg_stat_activity where usesysid = $1::oid',
    [oid],
  );
  if (rows[0]?.left !== 0)
    throw new Fault('not-verified', `postgres: ${rows[0]?.left} sessions are still open`);
  return rowCount ?? 0;
}

export const markText = (mark: Mark): string => pg.escapeLiteral(JSON.stringify(mark));
export const timeText = (end: Instant): string => pg.escapeLiteral(new Date(end).toISOString());
