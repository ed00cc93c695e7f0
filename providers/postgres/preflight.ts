import { messageOf } from '../../core/faults.ts';
import type { Permission, Preflight, PreflightInput } from '../provider.ts';
import { withDb, type Db } from './connection.ts';
import { DEFAULT_REAPER, type Database } from './databases.ts';
import { toFault } from './faults.ts';
import { findingOfGone } from './gone.ts';
import { readLogin, readRoles, publicDatabases } from './preflight-facts.ts';
import { findingsOfLogin, findingsOfReach, findingsOfTarget, noteOf } from './preflight-findings.ts';
import { checkReplicas } from './preflight-replicas.ts';
import { findingsOfReaper, findingsOfReaperRole } from './reaper-role.ts';
import { powersOf, warningOf } from './role-powers.ts';
import type { PostgresTarget } from './target.ts';

type Found = Readonly<{ permissions: readonly Permission[]; note: string }>;
type Input = PreflightInput<PostgresTarget>;

/**
 * Compares the privileges of Curfew's login in every configured database with what docs/providers/postgres.md requires. To
 * revoke needs nothing of the entitlements' roles. It only reads, in a transaction that may not write.
 */
export async function preflight(
  databases: ReadonlyMap<string, Database>,
  { targets, duty }: Input,
  signal: AbortSignal,
): Promise<Preflight> {
  const found = await Promise.all(
    [...databases.values()].map((database) =>
      checkDatabase(
        database,
        { duty, targets: targets.filter((one) => one.database === database.name) },
        signal,
      ),
    ),
  );
  return {
    permissions: found.flatMap(({ permissions }) => permissions),
    note: found
      .map(({ note }) => note)
      .filter(Boolean)
      .join(' '),
  };
}

async function checkDatabase(database: Database, input: Input, signal: AbortSignal): Promise<Found> {
  const prefixed = ({ severity, what }: Permission): Permission => ({
    severity,
    what: `${database.name}: ${what}`,
  });
  try {
    const replicas = await checkReplicas(database, signal);
    const { permissions, note } = await withDb(database.address, signal, (db) =>
      check(db, database, { ...input, standbys: replicas.standbys }),
    );
    return {
      permissions: [...findingOfGone(database), ...permissions, ...replicas.permissions].map(prefixed),
      note: `${database.name}: ${note}`,
    };
  } catch (error) {
    return { permissions: [prefixed(ofFailure(error))], note: '' };
  }
}

async function check(
  db: Db,
  database: Database,
  { targets, duty, standbys }: Input & Readonly<{ standbys: number }>,
): Promise<Found> {
  await db.query('begin transaction read only');
  const login = await readLogin(db);
  if (!login)
    return {
      permissions: [{ severity: 'missing', what: "Postgres does not list Curfew's own role" }],
      note: '',
    };
  const all = { ...login, standbys: login.standbys + standbys };
  const reach = findingsOfReach(database, all, { databases: await publicDatabases(db), targets, duty });
  const permissions = [...findingsOfLogin(login), ...reach];
  if (duty === 'grant') {
    const roles = await readRoles(db, targets);
    for (const target of targets) {
      permissions.push(...findingsOfTarget(target, roles, login));
      const oid = roles.get(target.role)?.oid ?? undefined;
      const warning = oid === undefined ? undefined : warningOf(target.role, await powersOf(db, oid));
      if (warning !== undefined) permissions.push({ severity: 'excess', what: warning });
    }
  }
  if (duty === 'grant')
    permissions.push(...(await findingsOfReaperRole(db, database.reaper ?? DEFAULT_REAPER)));
  if (duty === 'reap') permissions.push(...(await findingsOfReaper(db)));
  await db.query('rollback');
  return { permissions, note: noteOf(login) };
}

/** A database that does not answer says nothing about the permissions. */
function ofFailure(error: unknown): Permission {
  const fault = toFault(error);
  const isUnknown = fault.code === 'provider-unavailable' || fault.code === 'provider-throttled';
  return { severity: isUnknown ? 'unknown' : 'missing', what: messageOf(fault) };
}
