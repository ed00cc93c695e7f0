import { Fault } from '../../core/faults.ts';
import type { Provider } from '../provider.ts';
import { withDbOrFallback, withDb } from './connection.ts';
import {
  MAX_CONNECTIONS,
  terminateLeaseSessions,
  createLeaseRole,
  assertLoginRefused,
  removeLeaseRole,
} from './lease-role.ts';
import { listManaged } from './managed.ts';
import { preflight } from './preflight.ts';
import { assertGrantableRole, roleName } from './roles.ts';
import { parseTarget, type PostgresTarget } from './target.ts';

export type { PostgresTarget } from './target.ts';

/** `databases` maps the name that targets use to the URL of a login that may create roles there. */
export type PostgresDeps = Readonly<{ databases: Readonly<Record<string, string>> }>;

const targetKey = ({ database, role }: PostgresTarget): string => JSON.stringify([database, role]);

/**
 * Postgres: a login role for each lease, whose password expires at the end (class B). The person has no
 * account of their own in Postgres, so the subject is the person's id in Curfew. It never reaches the server.
 */
export function postgresProvider({ databases }: PostgresDeps): Provider<PostgresTarget> {
  const urlOf = ({ database }: PostgresTarget): string => {
    const url = Object.hasOwn(databases, database) ? databases[database] : undefined;
    // This fault is retried: a revoke must not be abandoned because somebody edited the configuration.
    if (url === undefined)
      throw new Fault(
        'unknown-provider',
        `postgres: no database "${database}" is configured. Add it to the configuration again`,
      );
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
      plain: `a personal login to the database ${database} with the privileges of the role ${role}`,
      permissions: [
        `member of role ${role}`,
        `at most ${MAX_CONNECTIONS} connections at a time`,
        `in the server’s other databases: what everybody and ${role} may do`,
      ],
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
      const receipt = await withDbOrFallback(url, signal, (db) => removeLeaseRole(db, url, intent, signal));
      await assertLoginRefused(url, intent, signal);
      return receipt;
    },
    listManaged: (signal) => listManaged(databases, signal),
    terminateSessions: async (intent, signal) =>
      withDbOrFallback(urlOf(intent.target), signal, (db) => terminateLeaseSessions(db, intent)),
    preflight: (signal) => preflight(databases, signal),
  };
}
