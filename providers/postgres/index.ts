import { Fault } from '../../core/faults.ts';
import type { Provider } from '../provider.ts';
import { withAnyDb, withDb } from './connection.ts';
import {
  CONNECTIONS,
  cutSessions,
  createLeaseRole,
  assertLoginRefused,
  removeLeaseRole,
} from './lease-role.ts';
import { listManaged } from './managed.ts';
import { preflight } from './preflight.ts';
import { assertGrantableRole, roleName } from './roles.ts';
import { parseTarget, type PostgresTarget } from './target.ts';

export type { PostgresTarget } from './target.ts';

/** `databases`: the name that targets use, and the URL of a login there that may make roles. */
export type PostgresDeps = Readonly<{ databases: Readonly<Record<string, string>> }>;

const targetKey = ({ database, role }: PostgresTarget): string => JSON.stringify([database, role]);

/**
 * Postgres: a login role made for the lease, whose password ends with it (class B). The person has no
 * account of their own there, so the subject is their name, and the role's comment carries it.
 */
export function postgresProvider({ databases }: PostgresDeps): Provider<PostgresTarget> {
  const urlOf = ({ database }: PostgresTarget): string => {
    const url = Object.hasOwn(databases, database) ? databases[database] : undefined;
    // Worth a retry: a removal must not be given up because somebody edited the configuration.
    if (url === undefined)
      throw new Fault('unknown-provider', `postgres: no database "${database}" is configured`);
    return url;
  };
  return {
    name: 'postgres',
    consistencyWindowMs: 0,
    rateBudget: 600,
    needsSecret: true,
    parseTarget: (json) => parseTarget(json, Object.keys(databases)),
    targetKey,
    lockKey: targetKey,
    ladder: () => ['none', 'present'],
    level: () => 'present',
    ownObject: () => true,
    enforcementClass: () => 'B',
    residualSessionMs: () => 0,
    describe: ({ database, role }) => ({
      plain: `a personal login to the database ${database}, with what ${role} may do there`,
      permissions: [`member of role ${role}`, `at most ${CONNECTIONS} connections at a time`],
    }),
    credential(lease, target, secret) {
      const url = new URL(urlOf(target));
      url.username = roleName(lease);
      url.password = secret;
      return url.href;
    },
    async observe({ account, target }, signal) {
      await withDb(urlOf(target), signal, (db) => assertGrantableRole(db, target.role));
      return { subject: { id: account, name: account }, level: 'none', target };
    },
    ensurePresent: async (intent, signal) =>
      withDb(urlOf(intent.target), signal, (db) => createLeaseRole(db, intent)),
    ensureAbsent: async (intent, signal) => {
      const url = urlOf(intent.target);
      const receipt = await withAnyDb(url, signal, (db) => removeLeaseRole(db, url, intent, signal));
      await assertLoginRefused(url, intent, signal);
      return receipt;
    },
    listManaged: (signal) => listManaged(databases, signal),
    cutSessions: async (intent, signal) =>
      withAnyDb(urlOf(intent.target), signal, (db) => cutSessions(db, intent)),
    preflight: (signal) => preflight(databases, signal),
  };
}
