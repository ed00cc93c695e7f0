import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import { withDb, withDbOrFallback } from '../../providers/postgres/connection.ts';
import { postgresProvider, type PostgresTarget } from '../../providers/postgres/index.ts';
import { tryLogin } from '../../providers/postgres/login.ts';
import { standbysBehind } from '../../providers/postgres/standbys.ts';
import type { Provider } from '../../providers/provider.ts';
import { until, untilInTurns } from '../until.fixture.ts';
import { faultOf } from './conformance.fixture.ts';
import { type PgServer, startPgServer, stopServers } from './postgres-server.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const FIRST = expect.stringMatching(
  /^\s*select pg_catalog\.set_config\('search_path', '', false\), pg_catalog\.set_config\('synchronous_commit', 'local', false\), pg_catalog\.pg_backend_pid\(\) as pid,/,
);

let limit: AbortController;
let limits: number[] = [];
beforeEach(() => {
  limit = new AbortController();
  limits = [];
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms);
    return limit.signal;
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  await stopServers();
});

describe('a connection', () => {
  test('names Curfew, limits each statement, and lets the server notice a host that disappeared', async () => {
    const server = await startPgServer();
    await withDb(server.address, neverAborts, () => Promise.resolve());
    expect(server.connections.map(({ startup }) => startup)).toEqual([
      {
        user: 'granter',
        database: 'orders',
        application_name: 'curfew',
        client_encoding: 'UTF8',
        statement_timeout: '20000',
        options:
          '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c default_transaction_read_only=off -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0',
      },
    ]);
  });

  test('has an empty search path before its work, returns what the work returns, and is closed', async () => {
    const server = await startPgServer({ answer: (sql) => (sql === 'select 7' ? [{ seven: 7 }] : []) });
    const rows = await withDb(server.address, neverAborts, async (db) => (await db.query('select 7')).rows);
    expect(rows).toEqual([{ seven: 7 }]);
    await until('it is closed', () => server.connections[0]?.closed);
    expect(server.connections).toMatchObject([{ statements: [FIRST, 'select 7'], terminated: true }]);
  });

  test('to a replica that is only counted ends after 3 seconds, and the replica counts no standbys', async () => {
    const server = await startPgServer({
      answer: (sql) => (sql.includes('pg_stat_replication') ? 'never' : []),
    });
    const replicas = [server.address];
    const count = standbysBehind({ name: 'orders', address: server.address, replicas }, neverAborts);
    await until('it is asked', () => server.connections[0]?.statements[1]);
    expect(limits).toContain(3_000);
    limit.abort();
    expect(await count).toBe(0);
  });

  test('is closed when its work fails, and the failure is a fault', async () => {
    const server = await startPgServer({ answer: (sql) => (sql === 'drop role x' ? '42704' : []) });
    const fault = await faultOf(withDb(server.address, neverAborts, (db) => db.query('drop role x')));
    expect(fault.message).toBe('provider-refused: postgres: 42704 no');
    await until('it is closed', () => server.connections[0]?.terminated);
  });

  test('that ends between two statements is provider-unavailable', async () => {
    const server = await startPgServer();
    const work = withDb(server.address, neverAborts, async (db) => {
      const ended = new Promise((resolve) => db.once('end', resolve));
      server.connections[0]?.cut();
      await ended;
      return db.query('select 1');
    });
    expect((await faultOf(work)).code).toBe('provider-unavailable');
  });

  test('that fails says which server it was', async () => {
    const server = await startPgServer({ login: () => '57P03' });
    const { host, port } = server.address;
    for (const open of [withDb, withDbOrFallback])
      expect((await faultOf(open(server.address, neverAborts, () => Promise.resolve()))).server).toBe(
        `${host}:${port}`,
      );
  });

  test.each([
    ['of the caller', (caller: AbortController) => caller.abort()],
    ['of the longest time for a connection, which is 30 seconds', () => limit.abort()],
  ])('without an answer is cut at the signal %s', async (_whose, fire) => {
    const caller = new AbortController();
    const server = await startPgServer({ answer: (sql) => (sql === 'select 1' ? 'never' : []) });
    const fault = faultOf(withDb(server.address, caller.signal, (db) => db.query('select 1')));
    await until('the server has the statement', () => server.connections[0]?.statements.includes('select 1'));
    fire(caller);
    expect((await fault).code).toBe('provider-unavailable');
    await until('it is closed', () => server.connections[0]?.closed);
    expect(server.connections[0]?.terminated).toBe(false);
    expect(limits).toEqual([30_000]);
  });

  test('is not opened after the signal', async () => {
    const server = await startPgServer();
    const fault = await faultOf(withDb(server.address, AbortSignal.abort(), () => Promise.resolve()));
    expect(fault.message).toBe('provider-unavailable: postgres: the call was cancelled');
    expect(server.connections).toEqual([]);
  });

  test('whose work is done does not wait for a server that does not answer the end any more (F32)', async () => {
    const server = await startPgServer({ ignoresEnd: true });
    expect(await withDb(server.address, neverAborts, () => Promise.resolve('done'))).toBe('done');
    expect(server.connections[0]?.terminated).toBe(true);
  });

  test('to a server that does not answer the login is given up after 5 seconds', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const server = await startPgServer({ login: () => 'never' });
    let isOver = false;
    const fault = faultOf(withDb(server.address, neverAborts, () => Promise.resolve())).finally(
      () => (isOver = true),
    );
    await untilInTurns(() => server.connections.length > 0);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect((await fault).code).toBe('provider-unavailable');
  });
});

describe('a login attempt', () => {
  test.each([
    ['28P01', 'rejected'],
    ['28000', 'rejected'],
    ['3D000', 'no answer'],
    ['53300', 'no answer'],
    ['57P03', 'no answer'],
    ['42501', 'no answer'],
  ] as const)('that the server answers with %s is %s', async (code, result) => {
    const server = await startPgServer({ login: () => code });
    expect(await tryLogin(server.address, neverAborts)).toBe(result);
  });

  test('that the server accepts is accepted, and sends no statement', async () => {
    const server = await startPgServer();
    expect(await tryLogin(server.address, neverAborts)).toBe('accepted');
    expect(server.connections).toMatchObject([{ statements: [] }]);
  });
});

describe('the fallback for a database that does not exist any more', () => {
  const databases = (server: PgServer) => server.connections.map(({ startup }) => startup['database']);

  test('is the database "postgres" of the same server, with the same login', async () => {
    const server = await startPgServer({ login: ({ database }) => (database === 'orders' ? '3D000' : []) });
    expect(await withDbOrFallback(server.address, neverAborts, () => Promise.resolve('done'))).toBe('done');
    expect(databases(server)).toEqual(['orders', 'postgres']);
    expect(server.connections[1]?.startup['user']).toBe('granter');
  });

  test.each(['53300', '42501', '55000'])(
    'is used where the owner of the database closed it: %s (I3)',
    async (code) => {
      const server = await startPgServer({
        login: ({ database }) => (database === 'orders' ? `${code} CheckMyDatabase` : []),
      });
      expect(await withDbOrFallback(server.address, neverAborts, () => Promise.resolve('done'))).toBe('done');
      expect(databases(server)).toEqual(['orders', 'postgres']);
    },
  );

  test('is not used when the server refuses a statement of the work', async () => {
    const server = await startPgServer({ answer: (sql) => (sql === 'select 1' ? '42501' : []) });
    const work = withDbOrFallback(server.address, neverAborts, (db) => db.query('select 1'));
    expect((await faultOf(work)).code).toBe('provider-forbidden');
    expect(databases(server)).toEqual(['orders']);
  });

  test('must be a server of the same kind: a standby is refused as a primary, and a primary as a standby', async () => {
    for (const [kind, standby] of [
      ['standby', false],
      ['primary', true],
    ] as const) {
      const server = await startPgServer({
        login: ({ database }) => (database === 'orders' ? '3D000' : []),
        answer: () => [{ standby }],
      });
      const work = withDbOrFallback(server.address, neverAborts, () => Promise.resolve(), kind);
      expect((await faultOf(work)).code).toBe('provider-unavailable');
      expect(databases(server)).toEqual(['orders', 'postgres']);
    }
  });

  test.each(['53300', '42501', '55000', '28P01', '57P03'])(
    'is not used after %s of the server',
    async (code) => {
      const server = await startPgServer({ login: () => code });
      await expect(withDbOrFallback(server.address, neverAborts, () => Promise.resolve())).rejects.toThrow(
        Fault,
      );
      expect(databases(server)).toEqual(['orders']);
    },
  );

  test('is not used while the database exists', async () => {
    const server = await startPgServer();
    await withDbOrFallback(server.address, neverAborts, () => Promise.resolve());
    expect(databases(server)).toEqual(['orders']);
  });

  const call = {
    lease: 'lease_1' as LeaseId,
    subject: { id: 'ana', name: 'ana' },
    account: 'ana',
    target: { database: 'orders', role: 'orders_read', mode: 'login-role' },
    level: 'present',
    endsAt: 0 as Instant,
    secret: 'pass',
  } as const;
  const withoutDatabase = async () => {
    const server = await startPgServer({ login: ({ database }) => (database === 'orders' ? '3D000' : []) });
    return { server, provider: postgresProvider({ databases: { orders: server.url } }) };
  };
  test.each<[name: string, run: (provider: Provider<PostgresTarget>) => Promise<unknown>]>([
    ['observe', (provider) => provider.observe(call, neverAborts)],
    ['ensurePresent', (provider) => provider.ensurePresent(call, neverAborts)],
  ])('is not used by %s: that is target-missing', async (_name, run) => {
    const { server, provider } = await withoutDatabase();
    expect((await faultOf(run(provider))).code).toBe('target-missing');
    expect(databases(server)).toEqual(['orders']);
  });

  test('is used to list the roles of leases, because their logins still work elsewhere', async () => {
    const { server, provider } = await withoutDatabase();
    expect(await provider.listManaged(neverAborts)).toEqual([]);
    expect(databases(server)).toEqual(['orders', 'postgres']);
  });

  test('is used to cut off', async () => {
    const { server, provider } = await withoutDatabase();
    await provider.cutOff?.(
      { leases: [call], wholeAccount: false, beforeChange: () => Promise.resolve() },
      neverAborts,
    );
    expect(databases(server)).toEqual(['orders', 'postgres']);
  });
});
