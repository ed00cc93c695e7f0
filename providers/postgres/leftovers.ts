import { ACLS, linesOf } from './acls.ts';
import { inTransaction, type Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { leftoversRole, quoted, shortList } from './names.ts';
import { grantToSelf, hasPrivilegesOf, oidOf, type Role } from './roles.ts';

/** Says what the role left in this database, also when Postgres then refuses to reassign it. */
export async function reassignObjects(
  db: Db,
  role: Role,
  { preferred, note }: Readonly<{ preferred: string | undefined; note: (sentence: string) => void }>,
): Promise<void> {
  const { name } = role;
  const owned = await namesOf(db, role, OWNED_OBJECTS);
  const grants = await namesOf(db, role, GRANTS_BY_ROLE);
  if (owned.length === 0) return inTransaction(db, () => dropPrivileges(db, name));
  try {
    const isPreferredThere = preferred !== undefined && (await oidOf(db, preferred)) !== undefined;
    if (!isPreferredThere) await forbidDefinerCalls(db, role, note);
    const newOwner = isPreferredThere ? preferred : await makeLeftoversRole(db, name);
    await inTransaction(db, async () => {
      await reassign(db, name, newOwner);
      await dropPrivileges(db, name);
    });
    note(`Created or taken over by the person, now owned by ${newOwner}: ${shortList(owned)}.`);
  } catch (error) {
    note(`Created or taken over by the person, and still owned by the role: ${shortList(owned)}.`);
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
  if ((await oidOf(db, role)) === undefined)
    await db.query(`create role ${quoted(role)} nologin`).catch((error: unknown) => {
      if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error; // another attempt has just created it
    });
  return role;
}

/**
 * A function with the rights of its owner reads all that the person left, for whoever may call it. So nobody may, until
 * somebody looked at it.
 */
async function forbidDefinerCalls(db: Db, { oid }: Role, note: (sentence: string) => void): Promise<void> {
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

const GRANTS_BY_ROLE = linesOf(ACLS, 'a.grantor = $1::oid and a.grantee <> $1::oid');

const CALLERS_OF_DEFINERS = `
  select p.oid::regprocedure::text as routine, g.rolname as grantee
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles g on g.oid = a.grantee
   where p.proowner = $1::oid and p.prosecdef and a.grantee <> p.proowner order by 1, 2`;

const namesOf = async (db: Db, { oid }: Role, sql: string): Promise<readonly string[]> =>
  (await db.query<{ what: string }>(sql, [oid])).rows.map(({ what }) => what);
