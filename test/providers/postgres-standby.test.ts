import { expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import pg from 'pg';
import { withDb } from '../../providers/postgres/connection.ts';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { quoted, roleName } from '../../providers/postgres/names.ts';
import { standbysOf } from '../../providers/postgres/standbys.ts';
import { faultOf, intentFor, revoking } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { addressOf, run, withParts } from './postgres.fixture.ts';
import { describeWithStandby } from './postgres-standby-suite.fixture.ts';
import { startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { until } from '../until.fixture.ts';

describeWithStandby('with a standby', (suite) => {
  const { version, open, named, granted, onStandby, providerWith, sessionOnStandby, standbyShows } = suite;
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
    expect((await provider.observe(suite.fixture(), neverAborts)).note).toBe(SENTENCE);
    expect(provider.residualSessionMs(intent.target)).toBe(Infinity);
    expect((await provider.ensureAbsent(revoking(intent), neverAborts)).note).toBe(SENTENCE);
    await suite.fixture().sql('insert into orders values (8)');
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
    await suite.cluster().stopStandby();
    try {
      const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('not-verified');
      expect(message).toContain('sessions of the role can still be open on the read replica');
      expect(message).toContain('take it out of CURFEW_POSTGRES_REPLICAS');
      await expect(suite.fixture().login(intent)).rejects.toThrow(
        /authentication failed|not permitted to log in/,
      );
    } finally {
      await suite.cluster().startStandby();
    }
    expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    expect(await suite.fixture().vendor.level(intent)).toBe('none');
  });

  test('there is no receipt while a named replica does not show the change', async () => {
    await open();
    const intent = await granted();
    const provider = providerWith(named());
    await standbyShows('select from pg_roles where rolname = $1', [roleName(intent.lease)]);
    await run(suite.cluster().standby, 'select pg_wal_replay_pause()');
    try {
      const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect(code).toBe('not-verified');
      expect(message).toContain('it does not show yet that the login was disabled');
    } finally {
      await run(suite.cluster().standby, 'select pg_wal_replay_resume()');
    }
    expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
  });

  test('a standby is no proof: nothing is read or granted at an address that leads to one', async () => {
    await open();
    const intent = await intentFor(suite.fixture());
    const atStandby = postgresProvider({ databases: { orders: onStandby(suite.fixture().adminUrl) } });
    await standbyShows('select from pg_roles where rolname = $1', [suite.fixture().names.granter]);
    for (const call of [
      () => atStandby.observe(suite.fixture(), neverAborts),
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
    await standbyShows('select from pg_roles where rolname = $1', [suite.fixture().names.granter]);
    const found = async (replicas?: readonly string[]) =>
      (await providerWith(replicas).preflight({ targets: [], duty: 'revoke' }, neverAborts)).permissions.map(
        ({ severity, what }) => `${severity}: ${what}`,
      );
    expect(await found(named())).toEqual([]);
    expect(await found()).toEqual([
      expect.stringContaining('unknown: orders: the server of orders sends its changes to 1 standbys'),
    ]);
    expect(await found([suite.fixture().adminUrl])).toEqual([
      expect.stringMatching(/^missing: .* is no standby any more/),
    ]);
    expect(await found(['postgres://127.0.0.1:1/orders'])).toEqual([
      expect.stringContaining('missing: orders: the read replica 127.0.0.1:1'),
    ]);
  });

  test('a connection of logical replication is not taken for a standby', async () => {
    await open();
    await suite.fixture().sql(`select pg_create_logical_replication_slot('one', 'pgoutput')`);
    const config = { replication: 'database' }; // the driver passes it on, and its types do not know it
    const reader = new pg.Client({
      ...config,
      connectionString: withParts(suite.cluster().primary, { database: suite.fixture().names.db }),
    });
    reader.on('error', () => undefined);
    await reader.connect();
    try {
      void reader
        .query(`START_REPLICATION SLOT one LOGICAL 0/0 (proto_version '1', publication_names 'none')`)
        .catch(() => undefined); // it lasts as long as the connection
      await until('it replicates', async () => {
        const rows = await suite.fixture().sql('select from pg_replication_slots where active');
        return rows.length > 0 || undefined;
      });
      expect(await suite.fixture().sql('select count(*)::int as all from pg_stat_replication')).toEqual([
        { all: 2 },
      ]);
      expect(await providerWith(named()).observe(suite.fixture(), neverAborts)).not.toHaveProperty('note');
    } finally {
      await suite
        .fixture()
        .sql('select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where active');
      await until('the slot is free', async () => {
        await suite.fixture().sql(`select pg_drop_replication_slot('one')`);
        return true;
      });
    }
  });

  /** A connection that replicates the whole server at this address, as a standby, a backup or an archive of the log does. */
  const replicating = async (server: string, name: string, command?: string) => {
    const config = { replication: 'true' };
    const sender = new pg.Client({ ...config, connectionString: server, application_name: name });
    sender.on('error', () => undefined);
    await sender.connect();
    suite.closing(sender);
    const { rows } = await sender.query<{ xlogpos: string }>('IDENTIFY_SYSTEM');
    void sender.query(command ?? `START_REPLICATION PHYSICAL ${rows[0]?.xlogpos}`).catch(() => undefined);
    // A backup sends until somebody reads.
    if (command) (sender as unknown as { connection: { stream: Socket } }).connection.stream.pause();
    await until('it replicates', async () => {
      const found = await run(server, 'select from pg_stat_replication where application_name = $1', [name]);
      return found.length > 0 || undefined;
    });
    return () =>
      run(
        server,
        'select pg_terminate_backend(pid, 5000) from pg_stat_replication where application_name = $1',
        [name],
      );
  };

  test('a standby behind a named standby is counted: the observation, the receipt and the preflight say so', async () => {
    await open();
    const provider = providerWith(named());
    const intent = await granted(provider);
    await standbyShows('select from pg_roles where rolname = $1', [roleName(intent.lease)]);
    const end = await replicating(suite.cluster().standby, 'walreceiver');
    const SENTENCE =
      'he server of orders and its replicas send their changes to 2 standbys, and CURFEW_POSTGRES_REPLICAS names 1 of them. A session that is open on another one is not terminated';
    expect((await provider.observe(suite.fixture(), neverAborts)).note).toBe(`T${SENTENCE}.`);
    const { permissions } = await provider.preflight({ targets: [], duty: 'revoke' }, neverAborts);
    expect(permissions).toEqual([{ severity: 'unknown', what: `orders: t${SENTENCE}` }]);
    expect((await provider.ensureAbsent(revoking(intent), neverAborts)).note).toBe(`T${SENTENCE}.`);
    await end();
  });

  test('an observation and a revoke take one connection to each named replica', async () => {
    await open();
    const { host, port } = addressOf(suite.cluster().standby);
    const proxy = await startPgProxy(host, port);
    const provider = providerWith(named().map((url) => proxy.through(url)));
    const connectionsOf = async (work: () => Promise<unknown>) => {
      const before = proxy.connections();
      await work();
      return proxy.connections() - before;
    };
    try {
      await standbyShows('select from pg_roles where rolname = $1', [suite.fixture().names.granter]);
      const intent = await intentFor(suite.fixture());
      const revoke = () => provider.ensureAbsent(revoking(intent), neverAborts);
      expect([
        await connectionsOf(() => provider.observe(suite.fixture(), neverAborts)),
        await connectionsOf(() => provider.ensurePresent(intent, neverAborts)),
        await connectionsOf(revoke),
        await connectionsOf(revoke),
      ]).toEqual([1, 0, 1, 1]);
    } finally {
      await proxy.stop();
    }
  });

  test.each(['pg_basebackup', 'pg_receivewal'])('%s is not taken for a standby', async (name) => {
    await open();
    const end = await replicating(suite.cluster().primary, name);
    expect(await providerWith(named()).observe(suite.fixture(), neverAborts)).not.toHaveProperty('note');
    await end();
  });

  test('a backup is not taken for a standby, where the login may see what it is', async () => {
    await open();
    const end = await replicating(suite.cluster().primary, 'ours', `BASE_BACKUP (CHECKPOINT 'fast')`);
    await until('it is a backup', async () => {
      const rows = await suite.fixture().sql(`select from pg_stat_replication where state = 'backup'`);
      return rows.length > 0 || undefined;
    });
    // A standby that has just lost its connection comes back within seconds.
    await until('only the standby is counted', async () => {
      const count = await withDb(addressOf(suite.cluster().primary), neverAborts, standbysOf);
      return count === 1 || undefined;
    });
    await end();
  });

  // Not at the servers that all tests share: this session would prevent the receipts of other tests.
  test('there is no receipt while a session runs as a role that somebody dropped, where it can have privileges', async () => {
    await open();
    const intent = await granted();
    const { provider, names } = suite.fixture();
    const client = await suite.fixture().login(intent);
    suite.closing(client);
    if (version === 15) await client.query(`set role ${quoted(names.readers)}`);
    await suite.fixture().sql(`drop role ${roleName(intent.lease)}`);
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
      await suite.fixture().sql('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    }
  });

  test('a prepared transaction is named, because it outlives its session and its role', async () => {
    await open();
    const intent = await granted();
    const client = await suite.fixture().login(intent);
    await client.query('begin; insert into orders values (9)');
    await client.query(`prepare transaction 'left by "Ana"'`);
    await client.end();
    try {
      const { note } = await providerWith(named()).ensureAbsent(revoking(intent), neverAborts);
      expect(note).toBe(
        `Prepared by the person, and neither committed nor rolled back: "left by ""Ana""" in ${suite.fixture().names.db}. A superuser has to end it.`,
      );
    } finally {
      await suite.fixture().sql(`rollback prepared 'left by "Ana"'`);
    }
  });

  if (suite.version === 15)
    test('a transaction that was prepared after SET ROLE is named too (T33)', async () => {
      await open();
      const intent = await granted();
      const client = await suite.fixture().login(intent);
      await client.query(`set role ${quoted(suite.fixture().names.readers)}`);
      await client.query('begin; insert into orders values (9)');
      await client.query(`prepare transaction 'as the role'`);
      await client.end();
      try {
        const { note } = await providerWith(named()).ensureAbsent(revoking(intent), neverAborts);
        expect(note).toBe(
          `Prepared with the rights of the entitlement's role, by the person or by another member: "as the role" in ${suite.fixture().names.db}. A superuser has to end what must not stay.`,
        );
      } finally {
        await suite.fixture().sql(`rollback prepared 'as the role'`);
      }
    });

  if (suite.version === 18)
    test('a prepared change of the own password stops no end of the memberships and sessions, and is named (I3)', async () => {
      await open();
      const intent = await granted();
      const client = await suite.fixture().login(intent);
      const session = await suite.fixture().login(intent);
      await client.query(`begin; alter role ${roleName(intent.lease)} password 'chosen'`);
      await client.query(`prepare transaction 'k'`);
      await client.end();
      const provider = providerWith([]);
      try {
        const { code, message } = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
        expect(code).toBe('provider-unavailable');
        expect(message).toContain(`"k" of ${roleName(intent.lease)} in ${suite.fixture().names.db}`);
        await expect(session.query('select 1')).rejects.toThrow();
        const again = await suite.fixture().login(intent);
        await expect(again.query('select from orders')).rejects.toThrow('permission denied');
        await again.end();
      } finally {
        await suite.fixture().sql(`rollback prepared 'k'`);
      }
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    });
});
