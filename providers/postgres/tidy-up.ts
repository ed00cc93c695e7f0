import { Fault, messageOf } from '../../core/faults.ts';
import type { Address } from './address.ts';
import { inTransaction, withDb, type Db } from './connection.ts';
import type { Database } from './databases.ts';
import { sqlState, toFault } from './faults.ts';
import { reassignObjects } from './leftovers.ts';
import { quoted, shortList } from './names.ts';
import { changesThroughRole } from './role-changes.ts';
import { oidOf, type LeaseRole, type Role } from './roles.ts';
import type { PostgresTarget } from './target.ts';

/** Cleaning up waits so long for a lock of somebody else. Other sessions wait behind it. */
const LIMIT_LOCKS = `set lock_timeout = '500ms'`;
const LOCK_NOT_AVAILABLE = '55P03';
const NO_SUCH_OBJECT = '42704';

/** What was found, one sentence for each, and why the rest has to be done later. */
export type Tidied = Readonly<{ notes: readonly string[]; untidied?: string }>;

type Lease = Readonly<{ role: LeaseRole; target: PostgresTarget }>;

/**
 * In every database where the lease's role or the entitlement's role has something: says what was changed with the rights of
 * the entitlement's role, reassigns what the person created and drops the privileges that the role was granted. Then
 * drops the role. Its access must be closed, and Curfew's login must already have the role's privileges.
 *
 * What Postgres refuses becomes a note: the role stays, and gives no access, because it has no login, session and password.
 * A lock of somebody else, or a server that does not answer, is no note. The same call does the rest later.
 */
export async function tidyUp(
  db: Db,
  { address }: Database,
  { role, target }: Lease,
  signal: AbortSignal,
): Promise<Tidied> {
  const notes: string[] = [];
  const note = (sentence: string) => void notes.push(sentence);
  const at = async (database: string | undefined, work: (there: Db) => Promise<void>) =>
    database === undefined
      ? work(db)
      : inOtherDatabase({ ...address, database }, signal, async (there) => {
          await there.query(LIMIT_LOCKS);
          await work(there);
        });
  try {
    const groups = await groupsOf(db, role, target);
    await db.query(LIMIT_LOCKS);
    notes.push(...(await preparedBy(db, role, groups)));
    const places = await placesOf(db, role, groups);
    for (const { database, isOwn } of places)
      await at(database, async (there) => {
        if (role.mark?.since !== undefined)
          notes.push(...(await changesThroughRole(there, { groups, since: role.mark.since })));
        if (isOwn) await reassignObjects(there, role, { preferred: target.owner, note });
      }).catch((error: unknown) => {
        if (isOwn) throw error;
        note(`What was changed in the database ${database} could not be read (${toFault(error).message}).`);
      });
    await inTransaction(db, () => db.query(`drop role ${quoted(role.name)}`));
    return { notes };
  } catch (error) {
    // Another attempt has dropped the role.
    if (sqlState(error) === NO_SUCH_OBJECT && (await oidOf(db, role.name)) === undefined) return { notes };
    const fault = toFault(error);
    if (isFinal(fault))
      return {
        notes: [...notes, `The role could not be dropped, so it is kept without login (${fault.message}).`],
      };
    const why =
      sqlState(error) === LOCK_NOT_AVAILABLE ? 'a session of somebody else has locked it' : fault.message;
    return {
      notes,
      untidied: `The role ${role.name} is kept without login until everything that it owns can be reassigned: ${why}.`,
    };
  }
}

/** The owner of a database can close it to Curfew, and open it again. So that is no refusal for good. */
async function inOtherDatabase(
  address: Address,
  signal: AbortSignal,
  work: (there: Db) => Promise<void>,
): Promise<void> {
  let isConnected = false;
  try {
    await withDb(address, signal, (there) => {
      isConnected = true;
      return work(there);
    });
  } catch (error) {
    if (isConnected || !isFinal(toFault(error))) throw error;
    throw new Fault(
      'provider-unavailable',
      `postgres: the database ${address.database} refuses Curfew (${messageOf(error)})`,
    );
  }
}

/** Whether a later attempt fails in the same way, until a person changes something at the server. */
const isFinal = ({ code }: Fault): boolean => ['provider-refused', 'provider-forbidden'].includes(code);

/** The roles through which the lease had its privileges. After an interrupted revoke, only the target still names one. */
async function groupsOf(db: Db, { memberOf }: LeaseRole, target: PostgresTarget): Promise<readonly Role[]> {
  const oid = target.oid ?? (await oidOf(db, target.role));
  const isListed = memberOf.some((group) => group.oid === oid);
  return oid === undefined || isListed ? memberOf : [{ oid, name: target.role }, ...memberOf];
}

/** A database to look at. Undefined is the current one. `isOwn` says whether the lease's role has something there. */
type Place = Readonly<{ database: string | undefined; isOwn: boolean }>;

/** The current database, and every other one in which one of the roles owns something or has privileges. */
async function placesOf(db: Db, role: Role, groups: readonly Role[]): Promise<readonly Place[]> {
  const { rows } = await db.query<{ database: string | null; own: boolean }>(
    `select case when d.datname <> current_database() then d.datname end as database,
            bool_or(s.refobjid = $1::oid) as own
       from pg_shdepend s left join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = any (array[$1::oid] || $2::oid[])
      group by 1 order by 1 nulls first`,
    [role.oid, groups.map(({ oid }) => oid)],
  );
  const places = rows.map(({ database, own }) => ({ database: database ?? undefined, isOwn: own }));
  return places[0] && places[0].database === undefined
    ? places
    : [{ database: undefined, isOwn: false }, ...places];
}

/**
 * A prepared transaction outlives its session. Only its owner and a superuser can end it. After SET ROLE, which Postgres 15 lets
 * a lease do, its owner is a role of the entitlement, and then it may be another member's.
 */
async function preparedBy(db: Db, { name }: Role, groups: readonly Role[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ gid: string; database: string; owner: string }>(
    'select gid, database, owner from pg_prepared_xacts where owner = any ($1::name[]) order by 1',
    [[name, ...groups.map((group) => group.name)]],
  );
  const listOf = (isTheirs: boolean) =>
    rows
      .filter(({ owner }) => (owner === name) === isTheirs)
      .map(({ gid, database }) => `${quoted(gid)} in ${database}`);
  const [own, throughRole] = [listOf(true), listOf(false)];
  return [
    ...(own.length > 0
      ? [
          `Prepared by the person, and neither committed nor rolled back: ${shortList(own)}. A superuser has to end it.`,
        ]
      : []),
    ...(throughRole.length > 0
      ? [
          `Prepared with the rights of the entitlement's role, by the person or by another member: ${shortList(throughRole)}. A superuser has to end what must not stay.`,
        ]
      : []),
  ];
}
