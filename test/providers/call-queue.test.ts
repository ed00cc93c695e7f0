import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { Fault } from '../../core/faults.ts';
import type { CallPurpose } from '../../core/rate-budget.ts';
import { budgeted } from '../../providers/budgeted.ts';
import { type CallQueue, openCallQueue } from '../../providers/call-queue.ts';
import type { Intent, Provider, Receipt, TakeTurn } from '../../providers/provider.ts';
import { RUNS } from '../laws.fixture.ts';

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

const queueOf = (perMinute: number): CallQueue =>
  openCallQueue({ name: 'acme', perMinute: () => perMinute, now: () => Date.now() });
const never = new AbortController().signal;

type Made = Readonly<{ purpose: CallPurpose; points: number; askedAt: number; at: number }>;

/** Makes one call for a purpose, and notes when it was asked for and when it was made. */
async function call(
  queue: CallQueue,
  made: Made[],
  { purpose, points = 1, signal = never }: { purpose: CallPurpose; points?: number; signal?: AbortSignal },
): Promise<void> {
  const askedAt = Date.now();
  await queue.run(purpose, signal, async () => {
    await queue.takeTurn(points);
    made.push({ purpose, points, askedAt, at: Date.now() });
  });
}

describe('the calls to a vendor', () => {
  test('a removal that comes last is made before all other calls that wait (I25)', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    const all = ['other', 'other', 'other', 'other', 'removal', 'removal', 'removal'] as const;
    const calls = all.map((purpose) => call(queue, made, { purpose }));
    await jest.advanceTimersByTimeAsync(0);
    expect(made.map(({ purpose }) => purpose)).toEqual(['other', 'other', 'removal', 'removal']);
    await jest.advanceTimersByTimeAsync(61_000);
    expect(made.slice(4).map(({ purpose }) => purpose)).toEqual(['removal', 'other', 'other']);
    await Promise.all(calls);
  });

  test('a call whose caller gives up leaves the queue, with a fault that says so', async () => {
    const [queue, made] = [queueOf(2), [] as Made[]];
    await call(queue, made, { purpose: 'other' });
    const given = new AbortController();
    const left = call(queue, made, { purpose: 'other', signal: given.signal });
    given.abort();
    await expect(left).rejects.toMatchObject({ code: 'provider-throttled' });
    await expect(call(queue, made, { purpose: 'other', signal: given.signal })).rejects.toThrow('its turn');
    await jest.advanceTimersByTimeAsync(200_000);
    expect(made).toHaveLength(1);
  });

  const limited = (retryAfterMs?: number) =>
    new Fault('provider-throttled', 'acme: 429', retryAfterMs === undefined ? {} : { retryAfterMs });
  const failing = (queue: CallQueue, fault: Fault) =>
    queue.run('removal', never, () => Promise.reject(fault)).catch(() => undefined);

  test('while the vendor stated a long wait, every call fails at once with the wait that is left (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, limited(60_000));
    await jest.advanceTimersByTimeAsync(20_000);
    await expect(call(queue, made, { purpose: 'removal' })).rejects.toMatchObject({ retryAfterMs: 40_000 });
    await jest.advanceTimersByTimeAsync(40_000);
    await call(queue, made, { purpose: 'removal' });
    expect(made).toHaveLength(1);
  });

  test('while what is left is kept for removals, every other call fails at once and no pause follows (I25)', async () => {
    const queue = queueOf(600);
    const turn = (purpose: CallPurpose) =>
      queue.run(purpose, never, () => queue.takeTurn(1, { removal: 0, other: 30_000 }));
    await expect(turn('other')).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 30_000 });
    await expect(turn('removal')).resolves.toBeUndefined();
  });

  test('a short wait is waited for', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, limited(3_000));
    const waiting = call(queue, made, { purpose: 'removal' });
    await jest.advanceTimersByTimeAsync(3_000);
    await waiting;
    expect(made[0]?.at).toBe(3_000);
  });

  test('while nothing is left of the limit, a removal fails at once too, and no pause follows (F11)', async () => {
    const queue = queueOf(600);
    const turn = (removal: number) =>
      queue.run('removal', never, () => queue.takeTurn(1, { removal, other: 30_000 }));
    await expect(turn(30_000)).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 30_000 });
    await expect(turn(0)).resolves.toBeUndefined();
  });

  test('however long a wait the vendor states, no call is made before its end, also no removal; then all are made (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, limited(3_600_000));
    const refused = (purpose: CallPurpose) =>
      call(queue, made, { purpose, signal: new AbortController().signal }).then(
        () => 'made',
        (fault: Fault) => fault.retryAfterMs,
      );
    for (const at of [60_000, 120_000, 1_800_000, 3_590_000]) {
      await jest.advanceTimersByTimeAsync(at - Date.now());
      expect(await refused('removal')).toBe(3_600_000 - at);
      expect(await refused('other')).toBe(3_600_000 - at);
    }
    await jest.advanceTimersByTimeAsync(10_000);
    expect([await refused('removal'), await refused('other'), made.length]).toEqual(['made', 'made', 2]);
  });

  test('a success of a call that was under way does not shorten the wait that the vendor stated (F11)', async () => {
    const queue = queueOf(600);
    const underWay = queue.run('removal', never, async () => {
      await queue.takeTurn();
      await failing(queue, limited(30_000));
    });
    await underWay;
    await expect(call(queue, [], { purpose: 'removal' })).rejects.toMatchObject({ retryAfterMs: 30_000 });
  });

  test('calls that were refused together are one limit, and one pause (F11)', async () => {
    const queue = queueOf(600);
    await Promise.all(Array.from({ length: 10 }, () => failing(queue, limited())));
    const made: Made[] = [];
    const waiting = call(queue, made, { purpose: 'removal' });
    await jest.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(made[0]?.at).toBe(1_000);
  });

  test('without a stated wait the pause doubles up to a minute, and is short again after a success (F11)', async () => {
    const queue = queueOf(600);
    const pauseAfterLimit = async (): Promise<number | undefined> => {
      await failing(queue, limited());
      const from = Date.now();
      const turn = queue.takeTurn().then(
        () => Date.now() - from,
        (fault: Fault) => fault.retryAfterMs,
      );
      await jest.advanceTimersByTimeAsync(60_000);
      return turn;
    };
    const pauses: (number | undefined)[] = [];
    while (pauses.length < 8) pauses.push(await pauseAfterLimit());
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await call(queue, [], { purpose: 'other' });
    expect(await pauseAfterLimit()).toBe(1_000);
  });
});

/** Removals that each read and then remove, like those at GitHub: 17 points in eight calls of 300 ms, within 25 s, again until it is done. */
async function removeAll(queue: CallQueue, count: number, parallel: number): Promise<readonly number[]> {
  const done: number[] = [];
  const call = (points: number) =>
    queue.takeTurn(points).then(() => new Promise((resolve) => void setTimeout(resolve, 300)));
  const attempt = async (): Promise<void> => {
    const given = new AbortController();
    const limit = setTimeout(() => given.abort(), 25_000);
    await queue.run('removal', given.signal, async () => {
      for (const points of [5, 1, 1]) await call(points);
    });
    await queue.run('removal', given.signal, async () => {
      for (const points of [1, 1, 1, 5, 2]) await call(points);
    });
    clearTimeout(limit);
    done.push(Date.now());
  };
  const untilDone = (): Promise<void> =>
    attempt().catch(
      (fault: Fault) =>
        new Promise((resolve) => void setTimeout(() => resolve(untilDone()), fault.retryAfterMs)),
    );
  const left = Array.from({ length: count }, (_, index) => index);
  const worker = async (): Promise<void> => {
    while (left.pop() !== undefined) await untilDone();
  };
  const all = Promise.all(Array.from({ length: parallel }, worker));
  await jest.advanceTimersByTimeAsync(20 * 61_000);
  await all;
  return done;
}

test.each([100, 200])(
  'with %d attempts at once, those that began finish first: each minute has its removals, and none is only begun (I3, F31)',
  async (parallel) => {
    const done = await removeAll(queueOf(900), 200, parallel);
    expect(done).toHaveLength(200);
    const inWindow = [0, 1, 2, 3].map((each) => done.filter((at) => at < (each + 1) * 61_000).length);
    for (const [each, count] of inWindow.entries()) expect(count).toBeGreaterThanOrEqual(45 * (each + 1));
  },
  60_000,
);

/** A provider that takes one turn in each call, and says which calls it made. */
function acme(made: string[]) {
  return (takeTurn: TakeTurn): Provider => {
    const calls = (name: string) => async () => {
      await takeTurn();
      made.push(name);
      return {} as Receipt;
    };
    return {
      ...{ name: 'acme', rateBudget: 2, targetKey: () => 'key' },
      ...{ observe: calls('observe'), ensurePresent: calls('grant'), ensureAbsent: calls('revoke') },
    } as unknown as Provider;
  };
}

describe('a provider within its budget', () => {
  test('only what ends access uses the half that is kept, also a read for a revocation', async () => {
    const made: string[] = [];
    const provider = budgeted('acme', acme(made), () => Date.now());
    const [intent, holding] = [{} as Intent<unknown>, { account: 'ana', target: {} }];
    const grants = [provider.ensurePresent(intent, never), provider.observe(holding, never)];
    await jest.advanceTimersByTimeAsync(0);
    expect(made).toEqual(['grant']);
    await provider.asRemoval?.observe(holding, never);
    expect(made).toEqual(['grant', 'observe']);
    const revoke = provider.ensureAbsent(intent, never);
    await jest.advanceTimersByTimeAsync(61_000);
    expect(made).toEqual(['grant', 'observe', 'revoke', 'observe']);
    await Promise.all([...grants, revoke]);
    expect(provider.targetKey({})).toBe('key');
  });
});

const arrivals = fc.array(
  fc.record({
    purpose: fc.constantFrom<CallPurpose>('removal', 'other', 'other', 'other'),
    points: fc.integer({ min: 1, max: 6 }),
    at: fc.integer({ min: 0, max: 120_000 }),
  }),
  { minLength: 1, maxLength: 50 },
);

test('under any mix of waiting calls, no other call is made while a removal waits, and removals get at least half of each minute (I25, T31)', async () => {
  const PER_MINUTE = 24;
  await fc.assert(
    fc.asyncProperty(arrivals, async (wanted) => {
      jest.setSystemTime(0);
      const [queue, made] = [queueOf(PER_MINUTE), [] as Made[]];
      for (const each of wanted) setTimeout(() => void call(queue, made, each), each.at);
      await jest.advanceTimersByTimeAsync(3_600_000);
      expect(made).toHaveLength(wanted.length);
      for (const [index, { purpose, askedAt, at, points }] of made.entries()) {
        if (purpose !== 'removal' || at === askedAt) continue;
        // It waited just before this time, for its own points or behind a removal that is made at the same time. So the vendor got as
        // many points in that minute as it accepts.
        const minute = made.slice(0, index).filter((each) => each.at > at - 61_000 - 1);
        const sum = (of: readonly Made[]) => of.reduce((all, each) => all + each.points, 0);
        expect(sum(minute) + points).toBeGreaterThan(PER_MINUTE);
        const others = minute.filter((each) => each.purpose === 'other');
        expect(sum(others)).toBeLessThanOrEqual(PER_MINUTE / 2);
      }
      const removals = made.filter(({ purpose }) => purpose === 'removal');
      for (const { purpose, at } of made)
        if (purpose === 'other')
          expect(removals.filter((each) => each.askedAt < at && each.at > at)).toEqual([]);
    }),
    { numRuns: Math.ceil(RUNS / 5) },
  );
});
