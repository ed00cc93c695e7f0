import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { Fault } from '../../core/faults.ts';
import { openPool, reachable, toInstant, transaction } from '../../ledger/pool.ts';
import { until } from '../until.fixture.ts';
import { freshDatabase } from './database.fixture.ts';
import { rowsOf } from './ledger.fixture.ts';
import { endSessions } from './outage.fixture.ts';
import { poolWith, withCode } from './pool.fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => void (database = await freshDatabase()));
afterAll(() => database?.drop());

test('a statement that waits for a row of another transaction is ended after five seconds', async () => {
  const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
  const { rows } = await pool.query<{ lock_timeout: string }>('show lock_timeout');
  await pool.end();
  expect(rows).toEqual([{ lock_timeout: '5s' }]);
});

test.each([
  ['2030-01-01 Z', Date.UTC(2030)],
  ['infinity', 8_640_000_000_000_000],
  ['-infinity', -8_640_000_000_000_000],
  ['294276-12-31 Z', 8_640_000_000_000_000],
])(
  'the timestamp %s is the instant %i, so that no row keeps others from being read (T24)',
  async (at, ms) => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
    const { rows } = await pool.query<{ at: Date }>('select $1::timestamptz as at', [at]);
    await pool.end();
    expect(toInstant(rows[0]?.at as Date)).toBe(ms);
  },
);

test('a connection that is lost while nobody uses it is replaced', async () => {
  const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
  await pool.query('select 1');
  await endSessions(database.url);
  await until('the pool noticed it', () => pool.totalCount === 0);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

describe('which errors mean that the ledger is unavailable', () => {
  test.each([
    ['a connection failure', withCode('08006')],
    ['a refused password', withCode('28P01')],
    ['a database that does not exist', withCode('3D000')],
    ['a shutdown', withCode('57P01')],
    ['a crash of the server', withCode('57P02')],
    ['a start of the server', withCode('57P03')],
    ['a statement that took too long', withCode('57014')],
    ['a full disk', withCode('53100')],
    ['too many connections', withCode('53300')],
    ['a server that only reads', withCode('25006')],
    ['a database that accepts no connections', withCode('55000')],
    ['a lock that was not free in time', withCode('55P03')],
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a reset connection', withCode('ECONNRESET')],
    ['a server that was ended with its database', withCode('57P04')],
    ['a session that was idle for too long', withCode('57P05')],
    ['a refused login', withCode('28000')],
    ['a connection that took too long', withCode('ETIMEDOUT')],
    ['a refused connection that only the message names', new Error('connect ECONNREFUSED 127.0.0.1:1')],
    ['a connection that was closed', new Error('Connection ended unexpectedly')],
    ['a closed pipe', withCode('EPIPE')],
    ['a socket file that is not there', withCode('ENOENT')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a name that cannot be resolved at the moment', withCode('EAI_AGAIN')],
    ['a name that nobody knows', withCode('ENOTFOUND')],
    ['a host that cannot be reached', withCode('EHOSTUNREACH')],
    ['a network that cannot be reached', withCode('ENETUNREACH')],
    ['no free connection in time', new Error('timeout exceeded when trying to connect')],
    ['no answer', new Error('Query read timeout')],
  ])('%s', async (_what, error) => {
    await expect(reachable(() => Promise.reject(error))).rejects.toMatchObject({
      code: 'ledger-unavailable',
      cause: error,
    });
  });

  test.each([
    ['a violated constraint', withCode('23514')],
    ['a missing right', withCode('42501')],
    ['a mistake in SQL', withCode('42601')],
    ['an append-only table', withCode('CRF01')],
    ['a deadlock', withCode('40P01')],
    ['a serialization failure', withCode('40001')],
    ['an unsafe use of a new value', withCode('55P04')],
    ['a missing table', withCode('42P01')],
    ['a code that only contains one of them', withCode('X57014')],
    ['a code that only begins like one of them', withCode('570145')],
    ['any other error', new Error('a bug')],
    ['a fault of a provider', new Fault('provider-unavailable', 'connection terminated')],
  ])('not %s: it stays as it is', async (_what, error) => {
    await expect(reachable(() => Promise.reject(error))).rejects.toBe(error);
  });

  test.each([
    [
      'the message of the error',
      withCode('57P01', 'terminating connection'),
      'ledger-unavailable: terminating connection',
    ],
    ['the code, when there is no message', withCode('ECONNREFUSED', ''), 'ledger-unavailable: ECONNREFUSED'],
  ])('the message names %s', async (_what, error, message) => {
    await expect(reachable(() => Promise.reject(error))).rejects.toMatchObject({ message });
  });

  test.each([undefined, null, 'text'])('%j that was thrown stays as it is', async (thrown) => {
    await expect(reachable(() => Promise.reject(thrown))).rejects.toBe(thrown);
  });

  test('a value goes through', async () => {
    expect(await reachable(() => Promise.resolve(7))).toBe(7);
  });
});

describe('a transaction', () => {
  const BUG = new Error('a bug');
  const SILENT = new Error('Query read timeout');
  test.each<[string, Error | undefined, Record<string, Error>, Error | undefined, readonly string[]]>([
    ['commits its work', undefined, {}, undefined, ['begin', 'work', 'commit', 'keep']],
    ['rolls back work that fails', BUG, {}, BUG, ['begin', 'work', 'rollback', 'keep']],
    [
      'closes the connection when the rollback fails too, and the error is that of the work',
      BUG,
      { rollback: new Error('another') },
      BUG,
      ['begin', 'work', 'rollback', 'close'],
    ],
    [
      'rolls back when the commit fails',
      undefined,
      { commit: BUG },
      BUG,
      ['begin', 'work', 'commit', 'rollback', 'keep'],
    ],
    [
      'does not wait for a rollback after a statement without an answer',
      SILENT,
      {},
      SILENT,
      ['begin', 'work', 'close'],
    ],
    ['does no work when it cannot begin', undefined, { begin: BUG }, BUG, ['begin', 'rollback', 'keep']],
    ['does no work without a connection', undefined, { connect: withCode('53300') }, withCode('53300'), []],
  ])('%s', async (_what, failure, failures, error, done) => {
    const { pool, steps } = poolWith(failures);
    const running = transaction(pool, () => {
      steps.push('work');
      return failure ? Promise.reject(failure) : Promise.resolve('value');
    });
    const failed = await running.then(
      (value) => expect(value).toBe('value'),
      (thrown: unknown) => (thrown instanceof Fault ? thrown.cause : thrown),
    );
    expect(failed).toEqual(error);
    expect(steps).toEqual(done);
  });

  const insert = `insert into posted_message values ('r', 'place', 'C1', '1.0')`;
  const stored = () => rowsOf(database.url, 'select from posted_message');

  test('keeps nothing when its work fails, keeps all when it ends, and gives its connection back', async () => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
    const error = new Error('in the middle');
    try {
      const failing = transaction(pool, async (db) => {
        await db.query(insert);
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await stored()).toHaveLength(0);
      expect(pool.totalCount).toBe(1); // the connection is used again
      const value = await transaction(pool, async (db) => {
        await db.query(insert);
        expect(await stored()).toHaveLength(0); // not committed yet
        return 'done';
      });
      expect([value, (await stored()).length]).toEqual(['done', 1]);
      expect(pool.idleCount).toBe(1);
    } finally {
      await pool.end();
    }
  });

  test('whose connection is lost between two statements means that the ledger is unavailable', async () => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
    try {
      const broken = transaction(pool, async (db) => {
        const lost = new Promise<void>((resolve) => (db as pg.Client).once('end', resolve));
        await endSessions(database.url);
        await lost;
        await db.query('select 1');
      });
      await expect(broken).rejects.toMatchObject({ code: 'ledger-unavailable' });
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });

  test('closes a connection on which a statement got no answer, because the answer may come later', async () => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 200 });
    try {
      const silent = transaction(pool, (db) => db.query('select pg_sleep(20)'));
      await expect(silent).rejects.toMatchObject({ code: 'ledger-unavailable' });
      expect(pool.totalCount).toBe(0);
      expect(await transaction(pool, async (db) => (await db.query('select 1 as one')).rows)).toEqual([
        { one: 1 },
      ]);
    } finally {
      await pool.end();
    }
  });
});
