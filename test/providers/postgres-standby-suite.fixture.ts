import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import pg from 'pg';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Intent, Provider } from '../../providers/provider.ts';
import { until } from '../until.fixture.ts';
import { intentFor } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf, postgresFixture, type PostgresFixture, run, withParts } from './postgres.fixture.ts';
import { binariesOf, type Cluster, startCluster } from './postgres-standby.fixture.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

/** What the tests with a primary and a standby have. The servers are those of the suite, and `open` makes a database for each test. */
export type StandbySuite = Readonly<{
  version: number;
  cluster(): Cluster;
  fixture(): PostgresFixture;
  open(): Promise<PostgresFixture>;
  /** The provider with these replicas. Without a login, the one of the primary is used. */
  providerWith(replicas?: readonly string[]): Provider<PostgresTarget>;
  /** The standby, as the settings name it. */
  named(): readonly string[];
  /** The same URL at the standby. */
  onStandby(url: string): string;
  /** A lease that the provider granted, for an hour. */
  granted(provider?: Provider<PostgresTarget>): Promise<Intent<PostgresTarget>>;
  /** A session of the lease on the standby, which has changed to the entitlement's role where Postgres allows it. */
  sessionOnStandby(intent: Intent<PostgresTarget>): Promise<pg.Client>;
  standbyShows(sql: string, values?: readonly unknown[]): Promise<unknown>;
  /** Ends this connection after the test. */
  closing(client: pg.Client): pg.Client;
}>;

/** While many tests run, the server may accept no connection in time. The provider says so, and this calls it again, as a worker does. */
async function whenAvailable<T>(call: () => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isUnavailable = error instanceof Fault && error.code === 'provider-unavailable';
    if (!isUnavailable || attempts === 1) throw error;
    return whenAvailable(call, attempts - 1);
  }
}

/** Runs the tests with a primary and a standby of each version whose binaries this machine has. */
export function describeWithStandby(title: string, tests: (suite: StandbySuite) => void): void {
  for (const version of [18, 15]) {
    const binaries = binariesOf(version);
    if (!binaries) {
      console.log(`skipped: no binaries of Postgres ${version} for a standby`);
      continue;
    }
    describe(`postgres ${version} ${title}`, () => {
      let cluster: Cluster;
      let fixture: PostgresFixture;
      const clients: pg.Client[] = [];
      beforeAll(async () => {
        cluster = await startCluster(binaries);
      });
      afterEach(async () => {
        for (const client of clients.splice(0)) await client.end().catch(() => undefined);
        await fixture.stop?.();
      });
      afterAll(async () => cluster.stop());

      const onStandby = (url: string) => {
        const { host, port } = addressOf(cluster.standby);
        return withParts(url, { host, port });
      };
      const closing = (client: pg.Client) => {
        clients.push(client);
        return client;
      };
      tests({
        version,
        closing,
        onStandby,
        cluster: () => cluster,
        fixture: () => fixture,
        open: async () => {
          fixture = await postgresFixture(cluster.primary);
          return fixture;
        },
        providerWith: (replicas) =>
          postgresProvider({
            databases: { orders: fixture.adminUrl },
            ...(replicas && { replicas: { orders: replicas } }),
          }),
        named: () => [onStandby(fixture.adminUrl).replace(/\/\/[^@]*@/, '//')],
        granted: async (provider = fixture.provider) => {
          const intent = await whenAvailable(() => intentFor(fixture, { endsAt: inAnHour() }));
          await whenAvailable(() => provider.ensurePresent(intent, neverAborts));
          return intent;
        },
        sessionOnStandby: async ({ lease, secret = '' }) => {
          const url = withParts(onStandby(fixture.adminUrl), { user: roleName(lease), password: secret });
          const client = await until('the standby knows the login', async () => {
            const attempt = new pg.Client({ connectionString: url });
            attempt.on('error', () => undefined);
            await attempt.connect();
            return attempt;
          });
          closing(client);
          if (version === 15) await client.query(`set role ${quoted(fixture.names.readers)}`);
          expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
          return client;
        },
        standbyShows: (sql, values = []) =>
          until(`the standby shows: ${sql}`, async () => {
            const there = withParts(cluster.standby, { database: fixture.names.db });
            return (await run(there, sql, [...values])).length > 0 || undefined;
          }),
      });
    });
  }
}
