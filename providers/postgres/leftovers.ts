import { inTransaction, urlForDatabase, sqlState, toFault, withDb, type Db } from './connection.ts';
import { hasPrivilegesOf, roleExists, grantToSelf, leftoversRole, quoted, type LeaseRole } from './roles.ts';

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
      const note = (sentence: string) => void notes.push(sentence);
      const reassignHere = (there: Db) => reassignObjects(there, name, role, { preferred: owner, note });
      await (database === undefined
        ? reassignHere(db)
        : withDb(urlForDatabase(url, database), signal, reassignHere));
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

/** Says what the role left in this database, also when Postgres then refuses to reassign it. */
async function reassignObjects(
  db: Db,
  name: string,
  role: LeaseRole,
  { preferred, note }: Readonly<{ preferred: string | undefined; note: (sentence: string) => void }>,
): Promise<void> {
  const owned = await namesOf(db, role, OWNED_OBJECTS);
  const grants = await namesOf(db, role, GRANTS_BY_ROLE);
  if (owned.length === 0) return inTransaction(db, () => dropPrivileges(db, name));
  try {
    const isPreferredThere = preferred !== undefined && (await roleExists(db, preferred));
    if (!isPreferredThere) await closeDefiners(db, role, note);
    const newOwner = isPreferredThere ? preferred : await makeLeftoversRole(db, name);
    await inTransaction(db, async () => {
      await reassign(db, name, newOwner);
      await dropPrivileges(db, name);
    });
    note(`Created by the person, now owned by ${newOwner}: ${shortList(owned)}.`);
  } catch (error) {
    note(`Created by the person, and still owned by the role: ${shortList(owned)}.`);
    throw error;
  } finally {
    if (grants.length > 0) note(`Granted to others by the person: ${shortList(grants)}.`);
  }
}

const dropPrivileges = async (db: Db, name: string): Promise<void> =>
  void (await db.query(`drop owned by ${quoted(name)}`));

/**
 * Code that a person created (a function, a view, the expression of an index) runs with the privileges of its owner.
 * So the new owner is a role without privileges, unless the catalogue names an owner.
 */
async function makeLeftoversRole(db: Db, name: string): Promise<string> {
  const role = leftoversRole(name);
  if (!(await roleExists(db, role)))
    await db.query(`create role ${quoted(role)} nologin`).catch((error: unknown) => {
      if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error; // another attempt has just created it
    });
  return role;
}

/**
 * A function with the rights of its owner reads all that the person left, for whoever may call it. So nobody may, until
 * somebody looked at it.
 */
async function closeDefiners(db: Db, { oid }: LeaseRole, note: (sentence: string) => void): Promise<void> {
  const { rows } = await db.query<{ routine: string; grantee: string | null }>(CALLERS_OF_DEFINERS, [oid]);
  if (rows.length === 0) return;
  await inTransaction(db, async () => {
    for (const { routine, grantee } of rows)
      await db.query(
        `revoke all on routine ${routine} from ${grantee === null ? 'public' : quoted(grantee)} cascade`,
      );
  });
  const routines = [...new Set(rows.map(({ routine }) => routine))];
  note(`Runs with the rights of its owner, so nobody may call it any more: ${shortList(routines)}.`);
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

/** Every kind of object that a person without special rights can create, with what they granted to others on it. */
const GRANTS_BY_ROLE = `
  select format('%s on %s to %s', string_agg(a.privilege_type, ', '), granted.what, coalesce(g.rolname, 'everybody')) as what
    from (select c.oid::regclass::text as what, relacl as acl from pg_class c
          union all select format('%s(%s)', attrelid::regclass, attname), attacl from pg_attribute where attacl is not null
          union all select p.oid::regprocedure::text, proacl from pg_proc p where proacl is not null
          union all select format('type %s', t.oid::regtype), typacl from pg_type t where typacl is not null
          union all select format('schema %I', nspname), nspacl from pg_namespace where nspacl is not null
          union all select format('large object %s', oid), lomacl from pg_largeobject_metadata where lomacl is not null
         ) granted, aclexplode(granted.acl) a left join pg_roles g on g.oid = a.grantee
   where a.grantor = $1::oid and a.grantee <> $1::oid
   group by granted.what, g.rolname order by 1`;

const CALLERS_OF_DEFINERS = `
  select p.oid::regprocedure::text as routine, g.rolname as grantee
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles g on g.oid = a.grantee
   where p.proowner = $1::oid and p.prosecdef and a.grantee <> p.proowner order by 1, 2`;

const namesOf = async (db: Db, { oid }: LeaseRole, sql: string): Promise<readonly string[]> =>
  (await db.query<{ what: string }>(sql, [oid])).rows.map(({ what }) => what);

const shortList = (names: readonly string[]): string =>
  names.length <= MAX_NAMED
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} more`;
