import { messageOf } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { CutOff, CutOffResult } from '../provider.ts';
import { type Db, withDbOrFallback } from './connection.ts';
import { type Database, databaseNamed } from './databases.ts';
import { sqlState } from './faults.ts';
import { quoted, shortList } from './names.ts';
import { findOwnRole, type LeaseRole } from './roles.ts';
import { asMemberOf } from './sessions.ts';
import type { PostgresTarget } from './target.ts';

/** A role that somebody else has locked is left to its revoke, which waits longer. It delays the other roles by this much. */
const LOCK_TIMEOUT = `set lock_timeout = '300ms'`;

/** Why a role is left, by SQLSTATE. The message of Postgres says why in every other case. */
const REASONS: Readonly<Record<string, string>> = {
  '55P03': 'somebody else has locked it',
  '57014': 'the statement was cancelled',
  XX000: 'somebody else is changing it',
  '42501': "Curfew's login has no right to change it",
};

/**
 * Disables the logins of these leases, and then terminates their sessions. Only roles with the mark of their lease are touched. Each
 * statement is a transaction of its own, so a role that cannot be changed is named and left, and delays the others by a lock timeout only.
 * A role that is gone needs nothing. A database that cannot be reached delays no other one. A revoke of each lease follows, which also
 * does the replicas and proves that nothing is left.
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
        const result = await withDbOrFallback(address, signal, (db) => cutOffIn(db, here));
        return {
          seen: sentenceOf(result, { name, total: here.length }),
          again: [...new Set(result.left.map(({ lease }) => lease))],
        };
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

/** What could not be done for one lease, with its reason. */
type Left = Readonly<{ lease: LeaseId; what: string }>;
type Result = Readonly<{ disabled: number; gone: number; sessions: number; left: readonly Left[] }>;

function sentenceOf(
  { disabled, gone, sessions, left }: Result,
  { name, total }: Readonly<{ name: string; total: number }>,
): string {
  const logins = `${disabled} of ${total} logins of ${name} are disabled`;
  const ofGone = gone === 0 ? '' : `, ${gone} ${gone === 1 ? 'is' : 'are'} gone`;
  const ofLeft = left.length === 0 ? '' : `. Not done: ${shortList(left.map(({ what }) => what))}`;
  return `${logins}${ofGone}, and ${sessions} sessions were terminated${ofLeft}`;
}

async function cutOffIn(db: Db, leases: readonly LeaseId[]): Promise<Result> {
  await db.query(LOCK_TIMEOUT);
  const left: Left[] = [];
  const roles = new Map<LeaseId, LeaseRole>();
  let disabled = 0;
  for (const lease of leases) {
    const { role, why } = await disable(db, lease);
    if (role) roles.set(lease, role);
    if (role && why === undefined) disabled += 1;
    if (role && why !== undefined) left.push({ lease, what: `the login of ${role.name} (${why})` });
  }
  let sessions = 0;
  for (const [lease, role] of await withSessions(db, roles)) {
    const { terminated, why } = await terminate(db, lease, role);
    sessions += terminated;
    if (why !== undefined) left.push({ lease, what: `the sessions of ${role.name} (${why})` });
  }
  return { disabled, gone: leases.length - roles.size, sessions, left };
}

/** `role` is undefined when it is gone. `why` says why it can still log in. */
type Disabled = Readonly<{ role?: LeaseRole; why?: string }>;

/** After a refusal the role is read again: a revoke can have disabled or dropped it meanwhile. */
async function disable(db: Db, lease: LeaseId): Promise<Disabled> {
  const before = await findOwnRole(db, lease);
  if (!before) return {};
  if (!before.canLogin) return { role: before };
  try {
    await db.query(`alter role ${quoted(before.name)} with nologin`);
    return { role: before };
  } catch (error) {
    const why = whyLeft(error);
    const now = await findOwnRole(db, lease);
    if (!now) return {};
    return now.canLogin ? { role: now, why } : { role: now };
  }
}

/** The roles that have open sessions. Everybody may see which role a session is of. */
async function withSessions(
  db: Db,
  roles: ReadonlyMap<LeaseId, LeaseRole>,
): Promise<readonly (readonly [LeaseId, LeaseRole])[]> {
  const { rows } = await db.query<{ oid: string }>(
    'select distinct usesysid::text as oid from pg_stat_activity where usesysid = any ($1::oid[])',
    [[...roles.values()].map(({ oid }) => oid)],
  );
  const open = new Set(rows.map(({ oid }) => oid));
  return [...roles].filter(([, { oid }]) => open.has(oid));
}

/** It waits for no session to end, so that one that hangs delays no other one. */
async function terminate(
  db: Db,
  lease: LeaseId,
  { oid, name }: LeaseRole,
): Promise<Readonly<{ terminated: number; why?: string }>> {
  try {
    const { rowCount } = await asMemberOf(db, name, () =>
      db.query('select pg_terminate_backend(pid) from pg_stat_activity where usesysid = $1::oid', [oid]),
    );
    return { terminated: rowCount ?? 0 };
  } catch (error) {
    const why = whyLeft(error);
    return (await findOwnRole(db, lease)) ? { terminated: 0, why } : { terminated: 0 };
  }
}

/** Throws again what is no answer of Postgres, because the connection is lost then. */
function whyLeft(error: unknown): string {
  const state = sqlState(error);
  if (state === undefined) throw error;
  return REASONS[state] ?? messageOf(error);
}
