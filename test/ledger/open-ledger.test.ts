import { afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { LEDGER_ROLES, openLedger } from '../../ledger/index.ts';
import { CONNECTIONS } from '../../ledger/roles.ts';

const URL = 'postgres://nobody:x@127.0.0.1:1/none';

/** The settings with which the ledger opens its connections. */
async function settingsOf(...options: Parameters<typeof openLedger>): Promise<readonly object[]> {
  const Pool = pg.Pool;
  const opened = jest
    .spyOn(pg, 'Pool')
    .mockImplementation(((settings: pg.PoolConfig) => new Pool(settings)) as never);
  await openLedger(...options).close();
  return opened.mock.calls.map(([settings]) => settings ?? {});
}
afterEach(() => void jest.restoreAllMocks());

const optionsAs = (role: string, lockMs = 5_000) =>
  `-c role=${role} -c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c lock_timeout=${lockMs}ms`;
const SHARED = {
  connectionString: URL,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
  connectionTimeoutMillis: 5_000,
  statement_timeout: 10_000,
  query_timeout: 12_000,
  idle_in_transaction_session_timeout: 10_000,
  application_name: 'curfew',
};

test('a ledger without a role has ten connections, also for its locks, and every wait is shorter than an attempt', async () => {
  expect(await settingsOf(URL)).toEqual([{ ...SHARED, max: 10, options: optionsAs('none') }]);
});

test.each(LEDGER_ROLES)(
  'the ledger of the %s acts as its role, and has its number of connections',
  async (role) => {
    expect(await settingsOf(URL, { role })).toEqual([
      {
        ...SHARED,
        // A page of the console must not keep the database busy.
        statement_timeout: role === 'console' ? 4_000 : SHARED.statement_timeout,
        ...{
          max: CONNECTIONS[role].pool,
          options: optionsAs(`curfew_${role}`, role === 'console' ? 2_000 : 5_000),
        },
      },
    ]);
  },
);

test('the number of connections and the time for an answer can be set', async () => {
  expect(await settingsOf(URL, { connections: 2, queryTimeoutMs: 7_000 })).toEqual([
    { ...SHARED, max: 2, query_timeout: 7_000, options: optionsAs('none') },
  ]);
});

test('closing a ledger waits until its connections are closed', async () => {
  const Pool = pg.Pool;
  let finish = (): void => undefined;
  const end = new Promise<void>((resolve) => (finish = resolve));
  jest
    .spyOn(pg, 'Pool')
    .mockImplementation(((settings: pg.PoolConfig) =>
      Object.assign(new Pool(settings), { end: () => end })) as never);
  let isClosed = false;
  const closed = openLedger(URL)
    .close()
    .then(() => (isClosed = true));
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  finish();
  await closed;
});
