import { inTransaction, urlForDatabase, sqlState, toFault, withDb, type Db } from './connection.ts';
import { hasPrivilegesOf, roleExists, grantToSelf, LEFTOVERS_ROLE, quoted, type LeaseRole } from './roles.ts';

const MAX_NAMED = 10;

/**
 * In every database, reassigns what the person created and drops the privileges that the role was granted. Then
 * drops the role. Curfew's login must already have the role's privileges.
 *
 * @returns one sentence for each thing that was found. When the role could not be dropped, one sentence says why.
 *   Such a role gives no access: it cannot log in, and it has no session and no password.
 */
export async function dropRole(
  db: Db,
  url: string,
  { name, role, owner }: { name: string; role: LeaseRole; owner: string | undefined },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = [];
  try {
    for (const database of await databasesWithObjectsOf(db, role)) {
      const reassignHere = (there: Db) => reassignObjects(there, name, role, owner);
      notes.push(
        ...(database === undefined
          ? await reassignHere(db)
          : await withDb(urlForDatabase(url, database), signal, reassignHere)),
      );
    }
    await inTransaction(db, () => db.query(`drop role ${quoted(name)}`));
    return notes;
  } catch (error) {
    // 42704: another attempt has dropped the role. A refusal goes into the notes. Transient errors are thrown.
    if (sqlState(error) === '42704' && !(await roleExists(db, name))) return notes;
    const fault = toFault(error);
    if (!['provider-refused', 'provider-forbidden'].includes(fault.code)) throw fault;
    return [...notes, `The role could not be dropped, so it is kept without login (${fault.message}).`];
  }
}

/** The databases in which the role owns something or has privileges. `undefined` is the current database. */
async function databasesWithObjectsOf(db: Db, { oid }: LeaseRole): Promise<readonly (string | undefined)[]> {
  const { rows } = await db.query<{ datname: string | null }>(
    `select distinct case when d.datname <> current_database() then d.datname end as datname
       from pg_shdepend s left join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid`,
    [oid],
  );
  return rows.map(({ datname }) => datname ?? undefined);
}

async function reassignObjects(
  db: Db,
  name: string,
  role: LeaseRole,
  preferred: string | undefined,
): Promise<readonly string[]> {
  const owned = await namesOf(db, role, OWNED_OBJECTS);
  const grants = await namesOf(db, role, GRANTS_BY_ROLE);
  const newOwner = owned.length === 0 ? undefined : await newOwnerFor(db, preferred);
  await inTransaction(db, async () => {
    if (newOwner !== undefined) await reassign(db, name, newOwner);
    await db.query(`drop owned by ${quoted(name)}`);
  });
  return [
    ...(newOwner === undefined
      ? []
      : [`Created by the person, now owned by ${newOwner}: ${shortList(owned)}.`]),
    ...(grants.length > 0 ? [`Granted to others by the person: ${shortList(grants)}.`] : []),
  ];
}

/**
 * Code that a person created (a function, a view, the expression of an index) runs with the privileges of its owner.
 * So the new owner is a role without privileges, unless the catalogue names an owner.
 */
async function newOwnerFor(db: Db, preferred: string | undefined): Promise<string> {
  if (preferred !== undefined && (await roleExists(db, preferred))) return preferred;
  if (!(await roleExists(db, LEFTOVERS_ROLE)))
    await db.query(`create role ${quoted(LEFTOVERS_ROLE)} nologin`).catch((error: unknown) => {
      if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error; // another attempt has just created it
    });
  return LEFTOVERS_ROLE;
}

async function reassign(db: Db, from: string, to: string): Promise<void> {
  const temporary = !(await hasPrivilegesOf(db, to));
  if (temporary) await grantToSelf(db, to);
  await db.query(`reassign owned by ${quoted(from)} to ${quoted(to)}`);
  if (temporary) await db.query(`revoke ${quoted(to)} from current_user`);
}

const OWNED_OBJECTS = `
  select pg_describe_object(classid, objid, objsubid) as what from pg_shdepend
   where refclassid = 'pg_authid'::regclass and refobjid = $1::oid and deptype = 'o'
     and dbid in (0, (select oid from pg_database where datname = current_database()))
   order by 1`;

const GRANTS_BY_ROLE = `
  select format('%s on %s to %s', string_agg(a.privilege_type, ', '), c.oid::regclass,
                coalesce(g.rolname, 'everybody')) as what
    from pg_class c, aclexplode(c.relacl) a left join pg_roles g on g.oid = a.grantee
   where a.grantor = $1::oid and a.grantee <> $1::oid
   group by c.oid, g.rolname order by 1`;

const namesOf = async (db: Db, { oid }: LeaseRole, sql: string): Promise<readonly string[]> =>
  (await db.query<{ what: string }>(sql, [oid])).rows.map(({ what }) => what);

const shortList = (names: readonly string[]): string =>
  names.length <= MAX_NAMED
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} more`;
