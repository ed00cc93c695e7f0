import { afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { openLedger } from '../../ledger/index.ts';

const URL = 'postgres://nobody:x@127.0.0.1:1/none';

/** The settings with which the ledger opens its connections: those of its own, and those for locks. */
async function settingsOf(...options: Parameters<typeof openLedger>): Promise<readonly object[]> {
  const Pool = pg.Pool;
  const opened = jest
    .spyOn(pg, 'Pool')
    .mockImplementation(((settings: pg.PoolConfig) => new Pool(settings)) as never);
  await openLedger(...options).close();
  return opened.mock.calls.map(([settings]) => settings ?? {});
}
afterEach(() => void jest.restoreAllMocks());

const OPTIONS =
  '-c role=curfew_writer -c timezone=UTC -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';
const SHARED = {
  connectionString: URL,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  query_timeout: 35_000,
  idle_in_transaction_session_timeout: 30_000,
  application_name: 'curfew',
};

test('a ledger has ten connections, and forty for locks, which the server closes when nothing comes for a minute', async () => {
  expect(await settingsOf(URL)).toEqual([
    { ...SHARED, max: 10, options: OPTIONS },
    { ...SHARED, max: 40, options: `${OPTIONS} -c idle_session_timeout=60s` },
  ]);
});

test('the number of connections and the time for an answer can be set', async () => {
  expect(await settingsOf(URL, { connections: 2, queryTimeoutMs: 7_000 })).toEqual([
    { ...SHARED, max: 2, query_timeout: 7_000, options: OPTIONS },
    { ...SHARED, max: 8, query_timeout: 7_000, options: `${OPTIONS} -c idle_session_timeout=60s` },
  ]);
});

test('closing a ledger ends both: its own connections and those for locks', async () => {
  const Pool = pg.Pool;
  const opened: pg.Pool[] = [];
  jest.spyOn(pg, 'Pool').mockImplementation(((settings: pg.PoolConfig) => {
    const pool = new Pool(settings);
    opened.push(pool);
    return pool;
  }) as never);
  const ledger = openLedger(URL);
  expect(opened.map(({ ended }) => ended)).toEqual([false, false]);
  await ledger.close();
  expect(opened.map(({ ended }) => ended)).toEqual([true, true]);
});

test.each([
  ['its own connections', 0],
  ['those for locks', 1],
])('closing a ledger waits until %s are closed', async (_which, which) => {
  const Pool = pg.Pool;
  const [finish, ends]: [(() => void)[], Promise<void>[]] = [[], []];
  for (const n of [0, 1]) ends.push(new Promise<void>((resolve) => (finish[n] = resolve)));
  jest.spyOn(pg, 'Pool').mockImplementation(((settings: pg.PoolConfig) => {
    const end = ends.shift() ?? Promise.resolve();
    return Object.assign(new Pool(settings), { end: () => end });
  }) as never);
  let isClosed = false;
  const closed = openLedger(URL)
    .close()
    .then(() => (isClosed = true));
  finish[1 - which]?.();
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  finish[which]?.();
  await closed;
});
