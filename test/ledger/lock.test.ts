import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { openLedger } from '../../ledger/index.ts';
import { assertHeld, type HeldLock, withLock } from '../../ledger/leases/lock.ts';
import { combineLocks, holdsKey } from '../../requests/access-lock.ts';
import { type Db, openPool } from '../../ledger/pool.ts';
import { until } from '../until.fixture.ts';
import { endSessions } from './outage.fixture.ts';
import { asAdmin, shiftClock } from './database.fixture.ts';
import { approvedIn, observed, openedIn } from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

afterEach(() => shiftClock(database.url, 0));

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

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
    const error = new Error('the provider is unavailable');
    await expect(ledger.withLock('failing', () => Promise.reject(error))).rejects.toBe(error);
    await isFree('failing');
  });

  test.each([
    ['leaves the access in doubt', new Fault('provider-unavailable', 'x'), true],
    [
      'leaves no doubt when everything that it changed was revoked again',
      new Fault('superseded', 'x'),
      false,
    ],
  ])('work that failed after a change %s', async (what, fault, isInDoubt) => {
    const working = ledger.withLock(what, (lock) => {
      lock.markWriting();
      return Promise.reject(fault);
    });
    await expect(working).rejects.toBe(fault);
    const [lock] = await rows('select doubt_since is not null as doubt from provider_lock where key = $1', [
      what,
    ]);
    expect(lock).toEqual({ doubt: isInDoubt });
  });

  test('is not free before its access is in doubt, also when its process is killed after any statement (F02)', async () => {
    const pool = openPool(database.url, { max: 1, queryTimeoutMs: 5_000 });
    let left = Number.POSITIVE_INFINITY;
    const query = (...statement: [string, unknown[]]) =>
      (left -= 1) >= 0 ? pool.query(...statement) : Promise.reject(new Error('the process is killed'));
    const working = withLock(
      (work) => work({ query } as unknown as Db),
      'killed at its release',
      (lock) => {
        lock.markWriting();
        left = 1;
        return Promise.reject(new Error('no answer'));
      },
    );
    await expect(working).rejects.toThrow('no answer');
    await pool.end();
    expect(
      await rows(
        `select ends_at <= ledger_now() as free, doubt_until > ledger_now() as doubted
           from provider_lock where key = 'killed at its release'`,
      ),
    ).toEqual([{ free: true, doubted: true }]);
  });

  test('is not lost with the sessions of its process, and the work counts', async () => {
    const work = async (lock: HeldLock) => {
      await endSessions(database.url);
      await until('the ledger answers again', () => ledger.assertHeld(lock).then(() => true));
      return 'done';
    };
    expect(await ledger.withLock('kept', work)).toBe('done');
    await isFree('kept');
  });

  test('needs no connection while the work runs, however many locks there are', async () => {
    const small = openLedger(database.url, { connections: 1 });
    const busy = gate();
    let running = 0;
    const locks = Array.from({ length: 20 }, (_, key) =>
      small.withLock(`many-${key}`, () => {
        running += 1;
        return busy.opened;
      }),
    );
    await until('all work', () => running === 20);
    expect(await small.now()).toBeGreaterThan(0);
    const ours = 'database = (select oid from pg_database where datname = current_database())';
    expect(await rows(`select from pg_locks where locktype = 'advisory' and ${ours}`)).toEqual([]);
    busy.open();
    await Promise.all(locks);
    await small.close();
  });

  test('stays free when a renewal reaches the ledger after the release', async () => {
    const renewed = gate();
    let renewing: Promise<unknown> | undefined;
    /** Runs each statement at once, except a renewal, which it delays until the lock is released. */
    const delaying = <T>(work: (db: Db) => Promise<T>): Promise<T> =>
      work({
        query: (sql: string, values: readonly unknown[]) => {
          const run = () => rows(sql, values).then((found) => ({ rows: found, rowCount: found.length }));
          if (!sql.includes('$4 * interval')) return run();
          return (renewing = renewed.opened.then(run));
        },
      } as unknown as Db);
    await withLock(delaying, 'late', () => until('a renewal is sent', () => renewing !== undefined));
    renewed.open();
    await renewing;
    await isFree('late');
  });

  test('has a fence that grows each time the lock is taken', async () => {
    const fences: number[] = [];
    for (let n = 0; n < 3; n += 1)
      await ledger.withLock('grows', ({ fence }) => Promise.resolve(void fences.push(fence)));
    expect(fences).toEqual([1, 2, 3]);
  });

  /** Another process gets the lock at once. */
  async function isFree(key: string): Promise<void> {
    const [lock] = await rows<{ free: boolean }>(
      'select ends_at <= ledger_now() as free from provider_lock where key = $1',
      [key],
    );
    expect(lock).toEqual({ free: true });
  }
});

describe('the lock of a process that does not renew it', () => {
  /** Holds a lock, and lets another process take it after its end. Then calls `then` with the lock that was lost. */
  async function afterLoss(key: string, then: (lost: HeldLock) => Promise<void>): Promise<void> {
    await ledger.withLock(key, async (lock) => {
      await shiftClock(database.url, 11_000);
      await ledger.withLock(key, ({ fence }) => Promise.resolve(expect(fence).toBe(lock.fence + 1)));
      await then(lock);
    });
  }

  test('ends ten seconds after it was taken, and not before (T43)', async () => {
    const key = 'ends';
    await ledger.withLock(key, async () => {
      const [lock] = await rows<{ seconds: number }>(
        'select round(extract(epoch from ends_at - ledger_now()))::int as seconds from provider_lock where key = $1',
        [key],
      );
      expect(lock?.seconds).toBe(10);
    });
  });

  test('can record nothing any more', () =>
    afterLoss('lost', async (lock) => {
      const request = await openedIn(ledger, { targets: [] });
      const before = await ledger.readTrail(request);
      const step = { request, name: 'void', via: 'workflow', lock } as const;
      const recording = ledger.record({ ...step, command: (_s, at) => ({ kind: 'void', why: 'x', at }) });
      await expect(recording).rejects.toMatchObject({ code: 'lock-lost' });
      await expect(recording).rejects.toThrow(/: another process took over the change of this access$/);
      expect(await ledger.readTrail(request)).toEqual(before);
      await expect(ledger.assertHeld(lock)).rejects.toMatchObject({ code: 'lock-lost' });
    }));

  test('can record no intent', () =>
    afterLoss('no intent', async (lock) => {
      const [lease] = await ledger.leasesOf(await approvedIn(ledger));
      if (!lease) throw new Error('there is no lease');
      const intent = ledger.intend({ lease, observed, level: 'write', via: 'workflow', lock });
      await expect(intent).rejects.toMatchObject({ code: 'lock-lost' });
    }));

  test('is not the same lock when its fence comes again, as after a failover that lost the last commits (F05)', () =>
    ledger.withLock('again', async (lock) => {
      await rows('update provider_lock set owner = gen_random_uuid() where key = $1', ['again']);
      await expect(ledger.assertHeld(lock)).rejects.toMatchObject({ code: 'lock-lost' });
      await until('its process notices when it renews it', () => lock.lost.aborted);
    }));

  test.each(['71 seconds', '1 day'])(
    'with an end that is further away than a lock can last, because a clock was ahead, is taken at once: %s (F22)',
    (ahead) =>
      ledger.withLock('ahead', async () => {
        await rows(
          `update provider_lock set ends_at = ledger_now() + interval '${ahead}' where key = 'ahead'`,
        );
        expect(await ledger.withLock('ahead', () => Promise.resolve('taken'))).toBe('taken');
      }),
  );

  test('that is held with another one is lost with it, and nothing is recorded under either (F16, F24)', () =>
    ledger.withLock('first', (one) =>
      ledger.withLock('second', async (other) => {
        const lock = combineLocks(one, other);
        await ledger.assertHeld(lock);
        expect(['first', 'second', 'third'].map((key) => holdsKey(lock, key))).toEqual([true, true, false]);
        for (const key of ['first', 'second']) {
          await rows('update provider_lock set fence = fence + 1 where key = $1', [key]);
          await expect(ledger.assertHeld(lock)).rejects.toMatchObject({ code: 'lock-lost' });
          await rows('update provider_lock set fence = fence - 1 where key = $1', [key]);
        }
        await ledger.assertHeld(lock);
      }),
    ));

  test.each([
    ['first', true, false],
    ['second', false, true],
  ])('that is held with another one is in doubt and lost with the %s', async (_which, one, other) => {
    const lost = { one: new AbortController(), other: new AbortController() };
    const writing: string[] = [];
    const lockOf = (key: 'one' | 'other', isInDoubt: boolean): HeldLock => ({
      key,
      fence: 1,
      owner: key,
      isInDoubt,
      lost: lost[key].signal,
      markWriting: () => void writing.push(key),
    });
    const lock = combineLocks(lockOf('one', one), lockOf('other', other));
    expect([lock.isInDoubt, lock.lost.aborted]).toEqual([true, false]);
    lock.markWriting();
    expect(writing.sort()).toEqual(['one', 'other']);
    lost[one ? 'one' : 'other'].abort();
    expect(lock.lost.aborted).toBe(true);
  });

  test('cannot be lost between the check that it is held and the end of that transaction (F16)', () =>
    ledger.withLock('checked', async (lock) => {
      const rowNow = () => rows(`select from provider_lock where key = 'checked' for update skip locked`);
      await asAdmin(async (session) => {
        await session.query('begin');
        await assertHeld(session as unknown as Db, lock);
        expect(await rowNow()).toEqual([]);
      }, database.url);
      expect(await rowNow()).toHaveLength(1);
    }));

  test.each([
    ['ends', undefined],
    ['fails after a change', new Error('no answer')],
  ])('is not freed by its old owner, whose work %s, while somebody else has it', async (how, error) => {
    const key = `stolen: ${how}`;
    const busy = gate();
    let second: Promise<void> | undefined;
    const working = ledger.withLock(key, async ({ markWriting }) => {
      markWriting();
      await shiftClock(database.url, 11_000);
      let works = false;
      second = ledger.withLock(key, () => ((works = true), busy.opened));
      await until('the second owner works', () => works);
      if (error) throw error;
    });
    await (error ? expect(working).rejects.toBe(error) : working);
    const [lock] = await rows<{ held: boolean }>(
      'select ends_at > ledger_now() as held from provider_lock where key = $1',
      [key],
    );
    expect(lock).toEqual({ held: true });
    busy.open();
    await second;
  });
});

test('of several accesses in doubt, the one that has been due longest is verified first', async () => {
  const keys = ['fake\none', 'fake\ntwo'];
  for (const key of keys) await ledger.withLock(key, () => Promise.resolve());
  for (const [longest = '', other = ''] of [keys, keys.toReversed()]) {
    await rows('update provider_lock set verify_at = null');
    await ledger.doubt({ key: other }, { afterMs: -1_000, lateMs: 60_000 });
    await ledger.doubt({ key: longest }, { afterMs: -9_000, lateMs: 60_000 });
    expect((await ledger.takeVerification({ keys: [], providers: [] }))?.key).toBe(longest);
  }
  await rows('update provider_lock set verify_at = null');
});

describe('the renewal and the wait', () => {
  afterEach(() => void jest.useRealTimers());

  /** A ledger that answers each statement with this many rows, or fails. */
  function answering(answer: (sql: string) => number) {
    const asked: string[] = [];
    const db = {
      query(sql: string) {
        asked.push(
          sql.includes('insert') ? 'take' : sql.includes("ends_at = '-infinity'") ? 'release' : 'renew',
        );
        const found = answer(asked.at(-1) ?? '');
        return Promise.resolve({ rowCount: found, rows: found === 1 ? [{ fence: 7 }] : [] });
      },
    } as unknown as Db;
    const query = async <T>(work: (db: Db) => Promise<T>) => work(db);
    return { asked, query };
  }

  test('a lock is renewed every three seconds while the work runs, and freed after it', async () => {
    jest.useFakeTimers();
    const { asked, query } = answering(() => 1);
    const busy = gate();
    let held: HeldLock | undefined;
    const working = withLock(query, 'key', (lock) => ((held = lock), busy.opened));
    await jest.advanceTimersByTimeAsync(9_100);
    expect(asked).toEqual(['take', 'renew', 'renew', 'renew']);
    expect([held?.fence, held?.lost.aborted]).toEqual([7, false]);
    busy.open();
    await working;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked.slice(4)).toEqual(['release']);
  });

  test('work that ends leaves no timer behind', async () => {
    jest.useFakeTimers();
    const { query } = answering(() => 1);
    await withLock(query, 'key', () => Promise.resolve());
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a lock that somebody else took stops the work, so that no further call is made', async () => {
    jest.useFakeTimers();
    const { query } = answering((what) => (what === 'renew' ? 0 : 1));
    const working = withLock(
      query,
      'key',
      ({ lost }) => new Promise((_done, fail) => lost.addEventListener('abort', () => fail(lost.reason))),
    );
    working.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(3_000);
    await expect(working).rejects.toMatchObject({ code: 'lock-lost' });
    await expect(working).rejects.toThrow(/: another process took over$/);
  });

  test('a ledger that is unavailable stops nothing: nobody else can take the lock meanwhile', async () => {
    jest.useFakeTimers();
    const { query } = answering((what) => {
      if (what === 'renew') throw new Fault('ledger-unavailable', 'x');
      return 1;
    });
    const busy = gate();
    let held: HeldLock | undefined;
    const working = withLock(query, 'key', (lock) => ((held = lock), busy.opened.then(() => 'done')));
    await jest.advanceTimersByTimeAsync(25_000);
    expect(held?.lost.aborted).toBe(false);
    busy.open();
    expect(await working).toBe('done');
  });

  test('a lock that cannot be released, because the ledger is unavailable, is released when it is there again', async () => {
    jest.useFakeTimers();
    let isUnavailable = false;
    const { asked, query } = answering(() => {
      if (isUnavailable) throw new Fault('ledger-unavailable', 'x');
      return 1;
    });
    await withLock(query, 'key', () => Promise.resolve(void (isUnavailable = true)));
    await jest.advanceTimersByTimeAsync(2_100);
    const before = asked.length;
    isUnavailable = false;
    await jest.advanceTimersByTimeAsync(500);
    expect(asked.slice(before)).toEqual(['release']);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before + 1);
  });

  test('a lock that cannot be released for ten seconds has ended by itself, and nobody tries any more', async () => {
    jest.useFakeTimers();
    let isUnavailable = false;
    const { asked, query } = answering(() => {
      if (isUnavailable) throw new Fault('ledger-unavailable', 'x');
      return 1;
    });
    await withLock(query, 'key', () => Promise.resolve(void (isUnavailable = true)));
    await jest.advanceTimersByTimeAsync(10_500);
    const tries = asked.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(tries);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('who waits asks again, and gives up after twelve seconds: the ledger is available', async () => {
    jest.useFakeTimers();
    const { asked, query } = answering(() => 0);
    const waiting = withLock(query, 'key', () => Promise.resolve());
    waiting.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(11_000);
    expect(asked.length).toBeGreaterThan(20);
    await jest.advanceTimersByTimeAsync(2_000);
    await expect(waiting).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: 'provider-unavailable: an earlier change of the same access is still in progress',
    });
    expect(asked).not.toContain('renew');
  });
});

describe('work under a lock that never ends', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A ledger that gives each lock, and the first two words of each statement. */
  function ledgerInMemory() {
    const statements: string[] = [];
    const query = (sql: string) => {
      statements.push(sql.trim().split(/\s+/).slice(0, 2).join(' '));
      return Promise.resolve({ rows: [{ fence: 1, was_left: false }], rowCount: 1 });
    };
    return { db: { query } as unknown as Db, statements };
  }

  test('fails after 28 seconds, releases the lock and doubts the access, so that nobody waits for it for ever (F32)', async () => {
    const { db, statements } = ledgerInMemory();
    const working = withLock(
      (work) => work(db),
      'hangs',
      (lock) => (lock.markWriting(), new Promise(() => undefined)),
    );
    const failed = expect(working).rejects.toMatchObject({ code: 'provider-unavailable' });
    await jest.advanceTimersByTimeAsync(27_900);
    const before = statements.length;
    await jest.advanceTimersByTimeAsync(200);
    await failed;
    expect(statements.slice(before)).toEqual(['update provider_lock']); // It does both at the same time.
    await jest.advanceTimersByTimeAsync(60_000);
    expect(statements).toHaveLength(before + 1); // It is not renewed any more.
  });
  test('and that only reads may change nothing after 28 seconds, when somebody else may have the lock', async () => {
    const { db, statements } = ledgerInMemory();
    let held: HeldLock | undefined;
    const working = withLock(
      (work) => work(db),
      'reads',
      (lock) => ((held = lock), new Promise(() => undefined)),
    );
    const failed = expect(working).rejects.toThrow('the change did not end in time');
    await jest.advanceTimersByTimeAsync(28_100);
    await failed;
    expect(statements.filter((each) => each === 'update provider_lock')).toHaveLength(10); // 9 renewals and the release
    expect(held?.lost.aborted).toBe(true);
    expect(() => held?.markWriting()).toThrow('the change did not end in time');
  });
});

describe('whoever takes a lock learns whether the access is in doubt', () => {
  const isInDoubt = (key: string) => ledger.withLock(key, (lock) => Promise.resolve(lock.isInDoubt));

  test('not after work that succeeded, and after a change without an answer until it is verified', async () => {
    expect(await isInDoubt('doubted')).toBe(false);
    const work = ledger.withLock('doubted', (lock) => {
      lock.markWriting();
      return Promise.reject(new Fault('provider-unavailable', 'no answer'));
    });
    await expect(work).rejects.toThrow('no answer');
    expect(await isInDoubt('doubted')).toBe(true);
    await shiftClock(database.url, 59_000);
    expect(await isInDoubt('doubted')).toBe(true);
    await shiftClock(database.url, 61_000);
    expect(await isInDoubt('doubted')).toBe(true); // Nobody has verified it yet.
    const others = (await rows<{ key: string }>(`select key from provider_lock where key <> 'doubted'`)).map(
      ({ key }) => key,
    );
    const due = await ledger.takeVerification({ keys: others, providers: [] });
    if (due) await ledger.endVerification(due);
    expect(await isInDoubt('doubted')).toBe(false);
  });

  test('also when the process before was killed', async () => {
    await isInDoubt('killed');
    await rows(`update provider_lock set ends_at = ledger_now() - interval '1 second' where key = 'killed'`);
    expect(await isInDoubt('killed')).toBe(true);
  });
});
