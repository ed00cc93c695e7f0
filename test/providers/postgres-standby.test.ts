import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import type { Intent, Provider } from '../../providers/provider.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf, postgresFixture, type PostgresFixture, run, withParts } from './postgres.fixture.ts';
import { binariesOf, type Cluster, startCluster } from './postgres-standby.fixture.ts';
import { until } from '../until.fixture.ts';
import type { Instant } from '../../core/ids.ts';

const inAnHour = () => (Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000) as Instant;

for (const version of [18, 15]) {
  const binaries = binariesOf(version);
  if (!binaries) {
    console.log(`skipped: no binaries of Postgres ${version} for a standby`);
    continue;
  }
  describe(`postgres ${version} with a standby`, () => {
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

    const open = async () => {
      fixture = await postgresFixture(cluster.primary);
      return fixture;
    };
    const onStandby = (url: string) => {
      const { host, port } = addressOf(cluster.standby);
      return withParts(url, { host, port });
    };
    /** The provider with these replicas. Without a login, the one of the primary is used. */
    const providerWith = (replicas?: readonly string[]): Provider<PostgresTarget> =>
      postgresProvider({
        databases: { orders: fixture.adminUrl },
        ...(replicas && { replicas: { orders: replicas } }),
      });
    const named = () => {
      const { user: _user, password: _password, ...place } = addressOf(onStandby(fixture.adminUrl));
      return [withParts(fixture.adminUrl, { ...place }).replace(/\/\/[^@]*@/, '//')];
    };
    const granted = async () => {
      const intent = await intentFor(fixture, { endsAt: inAnHour() });
      await fixture.provider.ensurePresent(intent, neverAborts);
      return intent;
    };
    /** A session of the lease on the standby, which has changed to the entitlement's role where Postgres allows it. */
    const sessionOnStandby = async ({ lease, secret = '' }: Intent<PostgresTarget>) => {
      const url = withParts(onStandby(fixture.adminUrl), { user: roleName(lease), password: secret });
      const client = await until('the standby knows the login', async () => {
        const attempt = new pg.Client({ connectionString: url });
        attempt.on('error', () => undefined);
        await attempt.connect();
        return attempt;
      });
      clients.push(client);
      if (version === 15) await client.query(`set role ${quoted(fixture.names.readers)}`);
      expect((await client.query('select id from orders')).rows).toEqual([{ id: 7 }]);
      return client;
    };
    const standbyShows = (sql: string, values: unknown[]) =>
      until(`the standby shows: ${sql}`, async () => {
        const rows = await run(withParts(cluster.standby, { database: fixture.names.db }), sql, values);
        return rows.length > 0 || undefined;
      });

    test('the revoke terminates the sessions on a named replica, and counts them (I3)', async () => {
      await open();
      const intent = await granted();
      const client = await sessionOnStandby(intent);
      const receipt = await providerWith(named()).ensureAbsent(revoking(intent), neverAborts);
      expect(receipt).toMatchObject({
        level: 'none',
        seen: expect.stringContaining('; 1 sessions were terminated; '),
      });
      expect(receipt.note).toBeUndefined();
      await expect(client.query('select id from orders')).rejects.toThrow();
    });

    test('a session on a replica that nobody named is not terminated: the receipt and the observation say so', async () => {
      await open();
      const intent = await granted();
      const client = await sessionOnStandby(intent);
      const provider = providerWith();
      const SENTENCE =
        'The server of orders sends its changes to 1 standbys, and CURFEW_POSTGRES_REPLICAS names none of them. A session that is open on another one is not terminated.';
      expect((await provider.observe(fixture, neverAborts)).note).toBe(SENTENCE);
      expect(provider.residualSessionMs(intent.target)).toBe(Infinity);
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).note).toBe(SENTENCE);
      await fixture.sql('insert into orders values (8)');
      await standbyShows('select from orders where id = 8', []);
      // Before Postgres 16, SET ROLE in this session gives it the privileges also now.
      const reading = client.query('select id from orders order by id');
      if (version === 15) expect((await reading).rows).toEqual([{ id: 7 }, { id: 8 }]);
      else await expect(reading).rejects.toThrow('permission denied');
    });

    test('there is no receipt while a named replica does not answer, and the login is refused meanwhile', async () => {
      await open();
      const intent = await granted();
      const provider = providerWith(named());
      await cluster.stopStandby();
      try {
        const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
        expect(code).toBe('not-verified');
        expect(message).toContain('sessions of the role can still be open on the read replica');
        expect(message).toContain('take it out of CURFEW_POSTGRES_REPLICAS');
        await expect(fixture.login(intent)).rejects.toThrow(/authentication failed|not permitted to log in/);
      } finally {
        await cluster.startStandby();
      }
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await fixture.vendor.level(intent)).toBe('none');
    });

    test('there is no receipt while a named replica does not show the change', async () => {
      await open();
      const intent = await granted();
      const provider = providerWith(named());
      await run(cluster.standby, 'select pg_wal_replay_pause()');
      try {
        const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
        expect(code).toBe('not-verified');
        expect(message).toContain('it does not show yet that the login was disabled');
      } finally {
        await run(cluster.standby, 'select pg_wal_replay_resume()');
      }
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    });

    test('a standby is no proof: nothing is read or granted at an address that leads to one', async () => {
      await open();
      const intent = await intentFor(fixture);
      const atStandby = postgresProvider({ databases: { orders: onStandby(fixture.adminUrl) } });
      await standbyShows('select from pg_roles where rolname = $1', [fixture.names.granter]);
      for (const call of [
        () => atStandby.observe(fixture, neverAborts),
        () => atStandby.ensurePresent(intent, neverAborts),
        () => atStandby.ensureAbsent(revoking(intent), neverAborts),
      ]) {
        const { code, message } = await faultOf(call());
        expect(code).toBe('provider-unavailable');
        expect(message).toContain('the server at this address is a standby');
      }
    });

    test('preflight checks that each named replica is a standby of this server', async () => {
      await open();
      await standbyShows('select from pg_roles where rolname = $1', [fixture.names.granter]);
      const found = async (replicas?: readonly string[]) =>
        (
          await providerWith(replicas).preflight({ targets: [], duty: 'revoke' }, neverAborts)
        ).permissions.map(({ severity, what }) => `${severity}: ${what}`);
      expect(await found(named())).toEqual([]);
      expect(await found()).toEqual([
        expect.stringContaining('unknown: orders: the server of orders sends its changes to 1 standbys'),
      ]);
      expect(await found([fixture.adminUrl])).toEqual([
        expect.stringMatching(/^missing: .* is no standby any more/),
      ]);
      expect(await found(['postgres://127.0.0.1:1/orders'])).toEqual([
        expect.stringContaining('missing: orders: the read replica 127.0.0.1:1'),
      ]);
    });

    test('a connection of logical replication is not taken for a standby', async () => {
      await open();
      await fixture.sql(`select pg_create_logical_replication_slot('one', 'pgoutput')`);
      const config = { replication: 'database' }; // the driver passes it on, and its types do not know it
      const reader = new pg.Client({
        ...config,
        connectionString: withParts(cluster.primary, { database: fixture.names.db }),
      });
      reader.on('error', () => undefined);
      await reader.connect();
      try {
        void reader
          .query(`START_REPLICATION SLOT one LOGICAL 0/0 (proto_version '1', publication_names 'none')`)
          .catch(() => undefined); // it lasts as long as the connection
        await until('it replicates', async () => {
          const rows = await fixture.sql('select from pg_replication_slots where active');
          return rows.length > 0 || undefined;
        });
        expect(await fixture.sql('select count(*)::int as all from pg_stat_replication')).toEqual([
          { all: 2 },
        ]);
        expect(await providerWith(named()).observe(fixture, neverAborts)).not.toHaveProperty('note');
      } finally {
        await fixture.sql(
          'select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where active',
        );
        await until('the slot is free', async () => {
          await fixture.sql(`select pg_drop_replication_slot('one')`);
          return true;
        });
      }
    });

    // Not at the servers that all tests share: this session would prevent the receipts of other tests.
    test('there is no receipt while a session runs as a role that somebody dropped, where it can have privileges', async () => {
      await open();
      const intent = await granted();
      const { provider, names } = fixture;
      const client = await fixture.login(intent);
      clients.push(client);
      if (version === 15) await client.query(`set role ${quoted(names.readers)}`);
      await fixture.sql(`drop role ${roleName(intent.lease)}`);
      const reading = client.query('select id from orders');
      if (version !== 15) {
        await expect(reading).rejects.toThrow('permission denied');
        expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      } else {
        expect((await reading).rows).toEqual([{ id: 7 }]);
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
        expect(code).toBe('not-verified');
        expect(message).toContain(`select pg_terminate_backend(${rows[0]?.pid})`);
        await fixture.sql('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
        expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      }
    });

    test('a prepared transaction is named, because it outlives its session and its role', async () => {
      await open();
      const intent = await granted();
      const client = await fixture.login(intent);
      await client.query('begin; insert into orders values (9)');
      await client.query(`prepare transaction 'left by "Ana"'`);
      await client.end();
      try {
        const { note } = await providerWith(named()).ensureAbsent(revoking(intent), neverAborts);
        expect(note).toBe(
          `Prepared by the person, and neither committed nor rolled back: "left by ""Ana""" in ${fixture.names.db}. A superuser has to end it.`,
        );
      } finally {
        await fixture.sql(`rollback prepared 'left by "Ana"'`);
      }
    });
  });
}
