import type { ProviderModule } from '../module.ts';
import { settings } from './settings.ts';
import type { ManagedObject, Provider, Receipt, Remover } from '../provider.ts';
import { shownAddress } from './address.ts';
import { withDb, withDbOrFallback } from './connection.ts';
import {
  type Database,
  DEFAULT_REAPER,
  databaseNamed,
  databasesOf,
  othersOnServer,
  type PostgresDeps,
} from './databases.ts';
import { cutOff } from './cut-off.ts';
import { describe, residualSessionMs } from './describe.ts';
import type { Memberships } from './disable-login.ts';
import { discover } from './discover.ts';
import { endLease } from './end-lease.ts';
import { receiptIfGone } from './gone.ts';
import { createLeaseRole } from './lease-role.ts';
import { listManaged } from './managed.ts';
import { readOwnRole } from './own-role.ts';
import { moveRoleEnd } from './move-end.ts';
import { roleName } from './names.ts';
import { observe } from './observe.ts';
import { preflight } from './preflight.ts';
import { revokeLogin } from './revoke.ts';
import { serverClocks } from './server-clocks.ts';
import { lockKey, parseTarget, type PostgresTarget, targetKey } from './target.ts';
import { mostConnections, readUse } from './use.ts';

export type { PostgresDeps } from './databases.ts';
export type { PostgresTarget } from './target.ts';

/**
 * Postgres: a login role for each lease, whose password expires at the end (class B). The person has no
 * account of their own in Postgres, so the subject is the person's id in Curfew. It never reaches the server.
 */
export function postgresProvider(deps: PostgresDeps): Provider<PostgresTarget> {
  const databases = databasesOf(deps);
  const databaseOf = ({ database }: PostgresTarget) => databaseNamed(databases, database);
  return {
    name: 'postgres',
    consistencyWindowMs: 0,
    cutsOff: 'leases',
    // A server counts no calls. How many leases are revoked at once limits the load.
    rateBudget: Infinity,
    // The end drops the role, and the reading needs its oid.
    useReadings: { lateMs: 0, beforeEnd: true, mostCalls: mostConnections([...databases.values()]) },
    needsSecret: true,
    parseTarget: (json) => parseTarget(json, [...databases.keys()]),
    targetKey,
    lockKey,
    ladder: () => ['none', 'present'],
    level: () => 'present',
    ownObject: () => true,
    enforcementClass: () => 'B',
    residualSessionMs: ({ database }) => residualSessionMs(databases.get(database)?.replicas),
    describeFound: (target) => describe(target, { replicas: undefined, alsoOpens: [] }).plain,
    describe: (target) => {
      const database = databases.get(target.database);
      const alsoOpens = database ? othersOnServer(databases, database) : [];
      return describe(target, { replicas: database?.replicas, alsoOpens });
    },
    issue({ lease, target, endsAt }, { secret }) {
      const { address } = databaseOf(target);
      return Promise.resolve({
        text: shownAddress(address, { user: roleName(lease), password: secret }),
        endsAt,
      });
    },
    async observe(holding, signal) {
      const database = databaseOf(holding.target);
      return withDb(database.address, signal, (db) => observe(db, database, holding, signal));
    },
    async ensurePresent(intent, signal) {
      const database = databaseOf(intent.target);
      return withDb(database.address, signal, (db) => createLeaseRole(db, database, intent));
    },
    async moveEnd(intent, signal) {
      const { address } = databaseOf(intent.target);
      return withDb(address, signal, (db) => moveRoleEnd(db, intent));
    },
    async ensureAbsent(intent, signal) {
      const database = databaseOf(intent.target);
      return withDbOrFallback(database.address, signal, (db) =>
        revokeLogin(db, database, intent, signal),
      ).catch(async (error: unknown) => receiptIfGone(database, signal, error));
    },
    async readOwnObject(intent, signal) {
      return withDb(databaseOf(intent.target).address, signal, (db) => readOwnRole(db, intent));
    },
    async discover(target, { page, signal }) {
      const { address, reaper = DEFAULT_REAPER } = databaseOf(target);
      return withDb(address, signal, (db) => discover(db, target, { after: page, reaper }));
    },
    listManaged: (signal, onFailure) => listManaged(databases, signal, onFailure),
    endManaged: (managed, signal) => endManaged(databases, managed, { memberships: 'revoke', signal }),
    clocks: (signal) => serverClocks(databases, signal),
    cutOff: (cut, signal) => cutOff(databases, cut, signal),
    usableParts: () => [],
    readUse: (query, signal) => readUse(databaseOf(query.target), query, signal),
    preflight: (input, signal) => preflight(databases, input, signal),
  };
}

/**
 * What the reaper works with. Its login may create roles and has ADMIN OPTION on the roles of leases, and on nothing else. It
 * disables, terminates and drops, and leaves what a person owns to the revocation of the sweeper. The login itself may do more to the
 * role of a live lease: only this client limits it to removals.
 */
export function postgresRemover(deps: PostgresDeps): Remover<PostgresTarget> {
  const databases = databasesOf(deps);
  return {
    ...{ name: settings.name, targetKey, ladder: () => ['none', 'present'], ownObject: () => true },
    parseTarget: (json) => parseTarget(json, [...databases.keys()]),
    async ensureAbsent({ lease, target }, signal) {
      const database = databaseNamed(databases, target.database);
      const how = { memberships: 'leave', onlyAfterEnd: false, signal } as const;
      return withDbOrFallback(database.address, signal, (db) =>
        endLease(db, database, { lease, server: target.server }, how),
      ).catch(async (error: unknown) => receiptIfGone(database, signal, error));
    },
    listManaged: (signal, onFailure) => listManaged(databases, signal, onFailure),
    endManaged: (managed, signal) => endManaged(databases, managed, { memberships: 'leave', signal }),
    clocks: (signal) => serverClocks(databases, signal),
    preflight: (input, signal) => preflight(databases, input, signal),
  };
}

/** The comment of the role names the lease, and the list the database. Nothing else is needed. */
async function endManaged(
  databases: ReadonlyMap<string, Database>,
  { lease, place = '' }: ManagedObject,
  { memberships, signal }: Readonly<{ memberships: Memberships; signal: AbortSignal }>,
): Promise<Receipt> {
  const database = databaseNamed(databases, place);
  return withDbOrFallback(database.address, signal, (db) =>
    endLease(db, database, { lease }, { memberships, onlyAfterEnd: true, signal }),
  );
}

export const module: ProviderModule<typeof settings.variables, PostgresDeps> = {
  settings,
  create: (deps) => postgresProvider(deps) as Provider,
  createRemover: (deps) => postgresRemover(deps) as Remover,
};
