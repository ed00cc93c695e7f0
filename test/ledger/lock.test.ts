import { describe, expect, test } from '@jest/globals';
import { openLedger } from '../../ledger/index.ts';
import { withLock } from '../../ledger/lock.ts';
import { until } from '../until.fixture.ts';
import { endSessions } from './outage.fixture.ts';
import { database, ledger } from './own-ledger.fixture.ts';
import { poolWith, withCode } from './pool.fixture.ts';

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const SET = `set lock_timeout = '20s'`;
const LOCK = 'select pg_advisory_lock(hashtextextended($1, 1))';
const UNLOCK = 'select pg_advisory_unlock(hashtextextended($1, 1))';

describe('the connection of a lock', () => {
  test('is kept for the next lock after the key was unlocked', async () => {
    const { pool, steps } = poolWith();
    const work = () => Promise.resolve(void steps.push('work')).then(() => 7);
    expect(await withLock(pool, 'key', work)).toBe(7);
    expect(steps).toEqual([SET, `${LOCK} key`, 'work', `${UNLOCK} key`, 'keep']);
  });

  test('is closed when unlocking fails, and the work counts all the same', async () => {
    const { pool, steps } = poolWith({ [UNLOCK]: new Error('Connection terminated') });
    expect(await withLock(pool, 'key', () => Promise.resolve(7))).toBe(7);
    expect(steps.at(-1)).toBe('close');
  });

  test('is closed when the work fails, and the error is that of the work', async () => {
    const { pool, steps } = poolWith();
    const error = withCode('57P01'); // not of this connection
    await expect(withLock(pool, 'key', () => Promise.reject(error))).rejects.toBe(error);
    expect(steps.at(-1)).toBe('close');
  });

  const TIMEOUT = withCode('55P03');
  const DOWN = withCode('57P01');
  const CANCELLED = withCode('57014');
  const FULL = withCode('53300');
  const BUG = withCode('42601');
  test.each<[string, Record<string, Error>, object, readonly string[]]>([
    [
      'another change holds the key for longer than 20 seconds',
      { [LOCK]: TIMEOUT },
      {
        code: 'provider-unavailable',
        message: 'provider-unavailable: an earlier change of the same access is still in progress',
      },
      [SET, `${LOCK} key`, 'close'],
    ],
    [
      'the server goes away before the key is locked',
      { [LOCK]: DOWN },
      { code: 'ledger-unavailable', cause: DOWN },
      [SET, `${LOCK} key`, 'close'],
    ],
    [
      'the server goes away at the first statement',
      { [SET]: DOWN },
      { code: 'ledger-unavailable', cause: DOWN },
      [SET, 'close'],
    ],
    [
      'the wait for the key is cancelled at the server',
      { [LOCK]: CANCELLED },
      { code: 'ledger-unavailable', cause: CANCELLED },
      [SET, `${LOCK} key`, 'close'],
    ],
    [
      'a statement is wrong',
      { [LOCK]: BUG },
      { code: '42601', message: BUG.message },
      [SET, `${LOCK} key`, 'close'],
    ],
    [
      'there is no connection',
      { connect: FULL },
      {
        code: 'provider-unavailable',
        message: 'provider-unavailable: too many changes are in progress',
        cause: FULL,
      },
      [],
    ],
  ])('when %s, the work does not begin', async (_what, failures, error, done) => {
    const { pool, steps } = poolWith(failures);
    const work = () => Promise.resolve(void steps.push('work'));
    await expect(withLock(pool, 'key', work)).rejects.toMatchObject(error);
    expect(steps).toEqual(done);
  });
});

describe('the lock of one account at one target', () => {
  test('lets two processes work one after the other on the same key (F16)', async () => {
    const other = openLedger(database.url);
    try {
      const busy = gate();
      const order: string[] = [];
      const first = ledger.withLock('same', async () => {
        order.push('first begins');
        await busy.opened;
        order.push('first ends');
      });
      await until('the first works', () => order.length === 1);
      const second = other.withLock('same', () => Promise.resolve(void order.push('second')));
      expect(await other.withLock('another', () => Promise.resolve('not blocked'))).toBe('not blocked');
      busy.open();
      await Promise.all([first, second]);
      expect(order).toEqual(['first begins', 'first ends', 'second']);
    } finally {
      await other.close();
    }
  });

  test('is free again after work that failed, and the error is that of the work', async () => {
    const error = new Error('the provider is away');
    await expect(ledger.withLock('failing', () => Promise.reject(error))).rejects.toBe(error);
    await isFree('failing');
  });

  test('gives its connection back, so more changes follow than there are connections for locks', async () => {
    const small = openLedger(database.url, { connections: 1, queryTimeoutMs: 5_000 }); // four for locks
    for (let n = 0; n < 6; n += 1) expect(await small.withLock('again', () => Promise.resolve(n))).toBe(n);
    await small.close();
    await isFree('again');
  });

  test('is free again after its session was lost, and the work that held it counts all the same', async () => {
    const work = async () => (await endSessions(database.url), 'done');
    expect(await ledger.withLock('lost', work)).toBe('done');
    await isFree('lost');
  });

  test('leaves the connections of the ledger free, and four times as many changes run at once', async () => {
    const small = openLedger(database.url, { connections: 1 });
    const busy = gate();
    let running = 0;
    const locks = [1, 2, 3, 4].map((key) =>
      small.withLock(`many-${key}`, () => {
        running += 1;
        return busy.opened;
      }),
    );
    await until('all four work', () => running === 4);
    expect(await small.now()).toBeGreaterThan(0);
    busy.open();
    await Promise.all(locks);
    await small.close();
  });

  /** Another process gets the lock at once. The same one may hold it twice, and a lost session frees it in the end. */
  async function isFree(key: string): Promise<void> {
    const other = openLedger(database.url, { queryTimeoutMs: 5_000 });
    expect(await other.withLock(key, () => Promise.resolve('free'))).toBe('free');
    await other.close();
  }
});
