import { messageOf } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { CutOff, CutOffResult } from '../provider.ts';
import { inTransaction, type Db, withDbOrFallback } from './connection.ts';
import { type Database, databaseNamed } from './databases.ts';
import { sqlState } from './faults.ts';
import { quoted } from './names.ts';
import { findOwnRole, grantToSelf, type Role } from './roles.ts';
import type { PostgresTarget } from './target.ts';

/** A role that somebody else has locked is left to its revoke, which waits longer. */
const LOCK_TIMEOUT = `set local lock_timeout = '1s'`;
/** SQLSTATE of a lock timeout, a statement timeout and "tuple concurrently updated". */
const LOCKED = ['55P03', '57014', 'XX000'];

/**
 * Disables the logins of these leases, and then terminates all their sessions with one statement for each database. Only roles with the
 * mark of their lease are touched. A database that cannot be reached delays no other one. A revoke of each lease follows, which also does the replicas and proves that nothing is left.
 */
export async function cutOff(
  databases: ReadonlyMap<string, Database>,
  { leases }: CutOff<PostgresTarget>,
  signal: AbortSignal,
): Promise<CutOffResult | undefined> {
  if (leases.length === 0) return undefined;
  const names = [...new Set(leases.map(({ target }) => target.database))];
  const results = await Promise.all(
    names.map(async (name): Promise<CutOffResult> => {
      const here = leases.filter(({ target }) => target.database === name).map(({ lease }) => lease);
      try {
        const { address } = databaseNamed(databases, name);
        const { disabled, sessions } = await withDbOrFallback(address, signal, (db) => cutOffIn(db, here));
        const seen = `${disabled} of ${here.length} logins of ${name} are disabled, and ${sessions} sessions were terminated`;
        return { seen, again: [] };
      } catch (error) {
        return { seen: `nothing is cut off at ${name} yet: ${messageOf(error)}`, again: here };
      }
    }),
  );
  return {
    seen: results.map(({ seen }) => seen).join('; '),
    again: results.flatMap(({ again }) => again),
  };
}

async function cutOffIn(
  db: Db,
  leases: readonly LeaseId[],
): Promise<Readonly<{ disabled: number; sessions: number }>> {
  const roles: Role[] = [];
  let disabled = 0;
  for (const lease of leases) {
    const role = await findOwnRole(db, lease);
    if (!role) continue;
    roles.push(role);
    if (!role.canLogin || (await isDisabled(db, role))) disabled += 1;
  }
  return { disabled, sessions: await terminateSessions(db, roles) };
}

/** False when somebody else has the role locked. */
async function isDisabled(db: Db, { name }: Role): Promise<boolean> {
  try {
    await inTransaction(db, async () => {
      await db.query(LOCK_TIMEOUT);
      await db.query(`alter role ${quoted(name)} with nologin`);
    });
    return true;
  } catch (error) {
    if (LOCKED.includes(sqlState(error) ?? '')) return false;
    throw error;
  }
}

/** Needs the privileges of the roles. Curfew's login has them only inside this transaction, which is rolled back. */
async function terminateSessions(db: Db, roles: readonly Role[]): Promise<number> {
  if (roles.length === 0) return 0;
  await db.query('begin');
  try {
    for (const { name } of roles) await grantToSelf(db, name);
    const { rowCount } = await db.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usesysid = any ($1::oid[])',
      [roles.map(({ oid }) => oid)],
    );
    return rowCount ?? 0;
  } finally {
    await db.query('rollback');
  }
}
