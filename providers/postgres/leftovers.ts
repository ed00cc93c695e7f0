import { inTransaction, otherDatabase, sqlState, toFault, withDb, type Db } from './connection.ts';
import { actsAs, exists, joinSelf, LEFTOVERS, quoted, type LeaseRole } from './roles.ts';

const MOST_NAMED = 10;

/**
 * Hands over what the holder made in every database, takes away the privileges the role was given, and
 * drops the role. Our login must act with the role's privileges already.
 *
 * @returns what was found, in words; also why the role could not be dropped, which is no access left:
 *   it can no longer log in, has no session and no password
 */
export async function dropRole(
  db: Db,
  url: string,
  { name, role, owner }: { name: string; role: LeaseRole; owner: string | undefined },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = [];
  try {
    for (const database of await databasesWith(db, role)) {
      const handOver = (there: Db) => handOverIn(there, name, role, owner);
      notes.push(
        ...(database === undefined
          ? await handOver(db)
          : await withDb(otherDatabase(url, database), signal, handOver)),
      );
    }
    await inTransaction(db, () => db.query(`drop role ${quoted(name)}`));
    return notes;
  } catch (error) {
    // 42704: another attempt was faster. Otherwise only a refusal is an answer; the rest is weather.
    if (sqlState(error) === '42704') return notes;
    const fault = toFault(error);
    if (!['provider-refused', 'provider-forbidden'].includes(fault.code)) throw fault;
    return [...notes, `the role is kept without login, because it could not be dropped (${fault.message})`];
  }
}

/** Where something belongs to the role or grants it something; undefined is the database we are in. */
async function databasesWith(db: Db, { oid }: LeaseRole): Promise<readonly (string | undefined)[]> {
  const { rows } = await db.query<{ datname: string | null }>(
    `select distinct case when d.datname <> current_database() then d.datname end as datname
       from pg_shdepend s left join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid`,
    [oid],
  );
  return rows.map(({ datname }) => datname ?? undefined);
}

async function handOverIn(
  db: Db,
  name: string,
  role: LeaseRole,
  wanted: string | undefined,
): Promise<readonly string[]> {
  const owned = await namesOf(db, role, OWNED);
  const shared = await namesOf(db, role, GRANTED);
  const heir = owned.length === 0 ? undefined : await heirOf(db, wanted);
  await inTransaction(db, async () => {
    if (heir !== undefined) await reassign(db, name, heir);
    await db.query(`drop owned by ${quoted(name)}`);
  });
  return [
    ...(heir === undefined ? [] : [`made by the holder, now of ${heir}: ${few(owned)}`]),
    ...(shared.length > 0 ? [`shared by the holder: ${few(shared)}`] : []),
  ];
}

/**
 * Code that somebody leaves behind (a function, a view, the expression of an index) runs with the rights of whoever
 * owns it. So unless the catalogue says otherwise, that is a role that has none.
 */
async function heirOf(db: Db, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined && (await exists(db, wanted))) return wanted;
  if (!(await exists(db, LEFTOVERS)))
    await db.query(`create role ${quoted(LEFTOVERS)} nologin`).catch((error: unknown) => {
      if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error; // otherwise somebody else just made it
    });
  return LEFTOVERS;
}

async function reassign(db: Db, from: string, to: string): Promise<void> {
  const borrowed = !(await actsAs(db, to));
  if (borrowed) await joinSelf(db, to);
  await db.query(`reassign owned by ${quoted(from)} to ${quoted(to)}`);
  if (borrowed) await db.query(`revoke ${quoted(to)} from current_user`);
}

const OWNED = `
  select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend
   where refclassid = 'pg_authid'::regclass and refobjid = $1::oid and deptype = 'o'
     and dbid in (0, (select oid from pg_database where datname = current_database()))
   order by 1`;

const GRANTED = `
  select format('%s on %s to %s', string_agg(a.privilege_type, ', '), c.oid::regclass,
                coalesce(g.rolname, 'everybody')) as what
    from pg_class c, aclexplode(c.relacl) a left join pg_roles g on g.oid = a.grantee
   where a.grantor = $1::oid and a.grantee <> $1::oid
   group by c.oid, g.rolname order by 1`;

const namesOf = async (db: Db, { oid }: LeaseRole, sql: string): Promise<readonly string[]> =>
  (await db.query<{ what: string }>(sql, [oid])).rows.map(({ what }) => what);

const few = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
