import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { type AttemptKind, type CallPurpose, openTurns, type Turns } from '../../core/turns.ts';
import { budgeted } from '../../providers/budgeted.ts';
import { type CallQueue, openCallQueue } from '../../providers/call-queue.ts';
import type { CutOff, Intent, ManagedObject, Provider, Receipt, TakeTurn } from '../../providers/provider.ts';

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

const queueOf = (perMinute: number): CallQueue =>
  openCallQueue({ name: 'acme', perMinute: () => perMinute, now: () => Date.now() });
const never = new AbortController().signal;
const END = { kind: 'end', points: 1 } as const;

type Made = Readonly<{ kind: AttemptKind; at: number }>;
type CallRequest = Readonly<{
  kind: AttemptKind;
  points?: number;
  key?: string;
  signal?: AbortSignal;
  shared?: Turns;
}>;

/** Makes one call as an attempt of its own, and notes when it was made. */
async function call(
  queue: CallQueue,
  made: Made[],
  { kind, points = 1, signal = never, shared, ...key }: CallRequest,
): Promise<void> {
  await queue.run(
    { kind, points, ...key },
    signal,
    async () => {
      await queue.takeTurn(points);
      made.push({ kind, at: Date.now() });
    },
    shared,
  );
}
const waitOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'made',
    (fault: Fault) => fault.retryAfterMs,
  );

describe('the attempts at a vendor', () => {
  test('an attempt that must wait for longer than some seconds makes no call, and is told when to come back and how many wait before it (F31)', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    await call(queue, made, { kind: 'grant', points: 2 });
    const grant = (key: string) => call(queue, made, { kind: 'grant', points: 2, key });
    await expect(grant('first')).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 61_000 });
    await expect(grant('second')).rejects.toThrow('in about 3 minutes; attempts that come first: 1');
    await call(queue, made, { kind: 'end', points: 2 });
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(grant('first')).rejects.toThrow('in about a minute; attempts that come first: 0');
    await jest.advanceTimersByTimeAsync(60_000);
    await grant('first');
    expect(made.map(({ kind }) => kind)).toEqual(['grant', 'end', 'grant']);
  });

  test('an attempt that waits for some seconds only is made then', async () => {
    const [queue, made] = [queueOf(2), [] as Made[]];
    await call(queue, made, { kind: 'end', points: 2 });
    await jest.advanceTimersByTimeAsync(57_000);
    const waiting = call(queue, made, { kind: 'end', points: 2 });
    await jest.advanceTimersByTimeAsync(4_000);
    await waiting;
    expect(made[1]?.at).toBe(61_000);
  });

  test('an attempt that is not told to come back keeps no place', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    await call(queue, made, { kind: 'grant', points: 2 });
    for (let each = 0; each < 9; each += 1)
      expect(await waitOf(call(queue, made, { kind: 'other', points: 2 }))).toBe(61_000);
  });

  test.each<[string, string | undefined, unknown]>([
    ['frees its place', undefined, 'made'],
    ['keeps its place when it comes back with its key', 'first', 65_000],
  ])('an attempt that gives up while it waits for some seconds %s', async (_what, key, next) => {
    const [queue, made, given] = [queueOf(4), [] as Made[], new AbortController()];
    await call(queue, made, { kind: 'other', points: 2 });
    await jest.advanceTimersByTimeAsync(57_000);
    const asked = { kind: 'other', points: 2, signal: given.signal, ...(key ? { key } : {}) } as const;
    const left = waitOf(call(queue, made, asked));
    await jest.advanceTimersByTimeAsync(0);
    given.abort();
    await left;
    const other = waitOf(call(queue, made, { kind: 'other', points: 2 }));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(await other).toBe(next);
  });

  test('two attempts without a key that wait for some seconds have a place each', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    await call(queue, made, { kind: 'other', points: 2 });
    await jest.advanceTimersByTimeAsync(57_000);
    const both = [0, 1].map(() => waitOf(call(queue, made, { kind: 'other', points: 2 })));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(await Promise.all(both)).toEqual(['made', 65_000]);
  });

  test('an attempt that makes no further call after its caller gave up frees what it waited for', async () => {
    const [queue, given] = [queueOf(4), new AbortController()];
    const long = waitOf(
      queue.run({ kind: 'other', points: 2 }, given.signal, async () => {
        await queue.takeTurn(2);
        await queue.takeTurn(2);
      }),
    );
    await jest.advanceTimersByTimeAsync(0);
    given.abort();
    expect(await long).toBe(1_000);
    expect(await waitOf(call(queue, [], { kind: 'other', points: 2 }))).toBe(61_000);
  });

  test('an attempt makes no call after its caller gave up', async () => {
    const [queue, given] = [queueOf(4), new AbortController()];
    const work = async () => (given.abort(), await queue.takeTurn());
    await expect(queue.run(END, given.signal, work)).rejects.toThrow('its turn');
  });

  test('each call of an attempt uses its own number of points', async () => {
    const queue = queueOf(4);
    const waited = queue.run({ kind: 'end', points: 4 }, never, async () => {
      for (const points of [3, 3]) await queue.takeTurn(points);
      return Date.now();
    });
    await jest.advanceTimersByTimeAsync(61_000);
    expect(await waited).toBe(61_000);
  });

  test('a grant that needs more points than it said waits for no grant that asked before and has not begun', async () => {
    const [queue, made] = [queueOf(8), [] as number[]];
    let goOn = (): void => undefined;
    const others = new Promise<void>((resolve) => (goOn = resolve));
    const more = queue.run({ kind: 'grant', points: 2 }, never, async () => {
      await queue.takeTurn(2);
      await others;
      await queue.takeTurn(2);
      made.push(Date.now());
    });
    expect(await waitOf(call(queue, [], { kind: 'grant', points: 4, key: 'later' }))).toBe(61_000);
    goOn();
    await jest.advanceTimersByTimeAsync(200_000);
    expect(made).toEqual([0]);
    await more;
  });

  test('an attempt inside of another one is a part of it, and one that made no call gives its points back', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    await queue.run({ kind: 'end', points: 4 }, never, async () => {
      for (let each = 0; each < 4; each += 1) await call(queue, made, { kind: 'other' });
    });
    expect(made).toHaveLength(4);
    await jest.advanceTimersByTimeAsync(61_000);
    await queue.run({ kind: 'end', points: 4 }, never, () => Promise.resolve());
    await call(queue, made, { kind: 'end', points: 4 });
  });

  test.each([1, 2, 3])('an attempt that used %i of its four points gives none back', async (used) => {
    const queue = queueOf(4);
    await queue.run({ kind: 'end', points: 4 }, never, () => queue.takeTurn(used));
    expect(await waitOf(call(queue, [], { kind: 'end' }))).toBe(61_000);
  });

  test('an attempt that needs more points than it said waits for them, and for no attempt that has not begun', async () => {
    const [queue, made] = [queueOf(4), [] as Made[]];
    const long = queue.run({ kind: 'end', points: 2 }, never, async () => {
      for (let each = 0; each < 5; each += 1) await call(queue, made, { kind: 'end' });
    });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(made).toHaveLength(4);
    expect(await waitOf(call(queue, made, { kind: 'end', points: 4, key: 'later' }))).toBe(60_000);
    await jest.advanceTimersByTimeAsync(60_000);
    await long;
    expect(made).toHaveLength(5);
  });

  test('two processes that share the turns keep together within the rate, and each keeps within half of it while the ledger does not answer (F31)', async () => {
    const [one, other, made] = [queueOf(8), queueOf(8), [] as Made[]];
    let isThere = true;
    const ledger = openTurns(() => Date.now());
    const shared: Turns = {
      take: (asked) => (isThere ? ledger.take(asked) : new Promise(() => undefined)),
      free: (id) => ledger.free(id),
    };
    const end = (queue: CallQueue) => waitOf(call(queue, made, { kind: 'end', points: 2, shared }));
    expect(await Promise.all([one, other, one, other, one].map(end))).toEqual([
      'made',
      'made',
      'made',
      'made',
      61_000,
    ]);
    await jest.advanceTimersByTimeAsync(61_000);
    isThere = false;
    const alone = Promise.all([one, one, one, other, other].map(end));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await alone).toEqual(['made', 'made', 61_000, 'made', 'made']);
  });

  test('what a process used while it shared the turns counts when it is alone', async () => {
    const [queue, made] = [queueOf(8), [] as Made[]];
    let isThere = true;
    const ledger = openTurns(() => Date.now());
    const shared: Turns = {
      take: (asked) => (isThere ? ledger.take(asked) : Promise.reject(new Error('no ledger'))),
      free: (id) => ledger.free(id),
    };
    const end = () => waitOf(call(queue, made, { kind: 'end', points: 4, shared }));
    expect(await end()).toBe('made');
    isThere = false;
    expect(await end()).toBe(61_000);
  });

  test('what a process only planned while it shared the turns does not count when it is alone', async () => {
    const [queue, made] = [queueOf(8), [] as Made[]];
    let isThere = true;
    const ledger = openTurns(() => Date.now());
    const shared: Turns = {
      take: (asked) => (isThere ? ledger.take(asked) : Promise.reject(new Error('no ledger'))),
      free: (id) => ledger.free(id),
    };
    const end = (points: number) => waitOf(call(queue, made, { kind: 'end', points, shared }));
    expect(await end(4)).toBe('made');
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await end(8)).toBe(31_000);
    await jest.advanceTimersByTimeAsync(31_000);
    isThere = false;
    expect(await end(4)).toBe('made');
  });

  test('an attempt without a call gives its shared points back, and succeeds also when the ledger does not take them', async () => {
    const ledger = openTurns(() => Date.now());
    let lost = 0;
    const shared = {
      ...ledger,
      free: (id: number) => ledger.free(id).then(() => Promise.reject(new Error(`${(lost += 1)}`))),
    };
    const queue = queueOf(4);
    for (let each = 0; each < 2; each += 1)
      await queue.run({ kind: 'end', points: 4 }, never, () => Promise.resolve(), shared);
    expect([lost, jest.getTimerCount()]).toEqual([2, 0]);
  });

  test('a call whose caller gives up leaves the queue, with a fault that says so', async () => {
    const [queue, made] = [queueOf(2), [] as Made[]];
    await call(queue, made, { kind: 'other' });
    const given = new AbortController();
    const left = call(queue, made, { kind: 'other', signal: given.signal });
    given.abort();
    await expect(left).rejects.toMatchObject({ code: 'provider-throttled' });
    await expect(call(queue, made, { kind: 'other', signal: given.signal })).rejects.toThrow('its turn');
    await jest.advanceTimersByTimeAsync(200_000);
    expect(made).toHaveLength(1);
  });

  const limited = (retryAfterMs?: number) =>
    new Fault('provider-throttled', 'acme: 429', retryAfterMs === undefined ? {} : { retryAfterMs });
  const failing = (queue: CallQueue, fault: Fault) =>
    queue.run(END, never, () => Promise.reject(fault)).catch(() => undefined);

  test('while the vendor stated a long wait, every call fails at once with the wait that is left (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, limited(60_000));
    await jest.advanceTimersByTimeAsync(20_000);
    await expect(call(queue, made, { kind: 'end' })).rejects.toMatchObject({ retryAfterMs: 40_000 });
    const work = jest.fn(() => Promise.resolve());
    await expect(queue.run(END, never, work)).rejects.toMatchObject({ retryAfterMs: 40_000 });
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(40_000);
    await call(queue, made, { kind: 'end' });
    expect(made).toHaveLength(1);
  });

  test('while what is left is kept for removals, every other call fails at once and no pause follows (I25)', async () => {
    const queue = queueOf(600);
    const turn = (purpose: CallPurpose) =>
      queue.run({ kind: purpose === 'removal' ? 'end' : 'grant', points: 1 }, never, () =>
        queue.takeTurn(1, { removal: 0, other: 30_000 }),
      );
    await expect(turn('other')).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 30_000 });
    await expect(turn('removal')).resolves.toBeUndefined();
  });

  test('a call that is part of no attempt is none for a removal, and fails at once like all others', async () => {
    const queue = queueOf(600);
    const other = { removal: 0, other: 3_000 };
    await expect(queue.takeTurn(1, other)).rejects.toMatchObject({ retryAfterMs: 3_000 });
    await queue.takeTurn();
    await failing(queue, limited(60_000));
    await expect(queue.takeTurn()).rejects.toMatchObject({ retryAfterMs: 60_000 });
  });

  test.each([200, 3_000])(
    'a wait of %i ms that the vendor stated is waited for, and no longer',
    async (ms) => {
      const [queue, made] = [queueOf(600), [] as Made[]];
      await failing(queue, limited(ms));
      const waiting = call(queue, made, { kind: 'end' });
      await jest.advanceTimersByTimeAsync(5_000);
      await waiting;
      expect(made[0]?.at).toBe(ms);
    },
  );

  test('a shorter wait that the vendor states later does not end a longer one (F11)', async () => {
    const queue = queueOf(600);
    await Promise.all([60_000, 3_000].map((ms) => failing(queue, limited(ms))));
    const waited = waitOf(call(queue, [], { kind: 'end' }));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await waited).toBe(60_000);
  });

  test('another fault than a limit is followed by no pause', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, new Fault('provider-unavailable', 'acme: 503', { retryAfterMs: 60_000 }));
    await call(queue, made, { kind: 'end' });
    expect(made[0]?.at).toBe(0);
  });

  test('while nothing is left of the limit, a removal fails at once too, and no pause follows (F11)', async () => {
    const queue = queueOf(600);
    const turn = (removal: number) =>
      queue.run(END, never, () => queue.takeTurn(1, { removal, other: 30_000 }));
    await expect(turn(30_000)).rejects.toMatchObject({ code: 'provider-throttled', retryAfterMs: 30_000 });
    await expect(turn(0)).resolves.toBeUndefined();
  });

  test('however long a wait the vendor states, no call is made before its end, also no removal; then all are made (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    await failing(queue, limited(3_600_000));
    const refused = (purpose: CallPurpose) =>
      call(queue, made, { kind: purpose === 'removal' ? 'end' : 'grant' }).then(
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
    const underWay = queue.run(END, never, async () => {
      await queue.takeTurn();
      await failing(queue, limited(30_000));
    });
    await underWay;
    await expect(call(queue, [], { kind: 'end' })).rejects.toMatchObject({ retryAfterMs: 30_000 });
  });

  test('calls that were refused together are one limit, and one pause (F11)', async () => {
    const queue = queueOf(600);
    await Promise.all(Array.from({ length: 10 }, () => failing(queue, limited())));
    const made: Made[] = [];
    const waiting = call(queue, made, { kind: 'end' });
    await jest.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(made[0]?.at).toBe(1_000);
  });

  test('a success of a call that began before the limit does not make the next pause short (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    let succeed = (): void => undefined;
    const earlier = queue.run(END, never, () => new Promise<void>((resolve) => (succeed = resolve)));
    await failing(queue, limited());
    await jest.advanceTimersByTimeAsync(1_000);
    succeed();
    await earlier;
    await failing(queue, limited());
    const waiting = call(queue, made, { kind: 'end' });
    await jest.advanceTimersByTimeAsync(2_000);
    await waiting;
    expect(made[0]?.at).toBe(3_000);
  });

  test('a call of a longer attempt that is refused after the pause is a further limit (F11)', async () => {
    const [queue, made] = [queueOf(600), [] as Made[]];
    const long = queue.run(END, never, async () => {
      await failing(queue, limited());
      await queue.takeTurn();
      throw limited();
    });
    const ended = waitOf(long);
    await jest.advanceTimersByTimeAsync(1_000);
    await ended;
    const waiting = call(queue, made, { kind: 'end' });
    await jest.advanceTimersByTimeAsync(2_000);
    await waiting;
    expect(made[0]?.at).toBe(3_000);
  });

  test('without a stated wait the pause doubles up to a minute, and is short again after a success (F11)', async () => {
    const queue = queueOf(600);
    const pauseAfterLimit = async (): Promise<number | undefined> => {
      await failing(queue, limited());
      const from = Date.now();
      const turn = queue
        .run(END, never, () => queue.takeTurn().then(() => Promise.reject(new Error('the answer was lost'))))
        .catch((error: unknown) => (error instanceof Fault ? Promise.reject(error) : undefined))
        .then(
          () => Date.now() - from,
          (fault: Fault) => fault.retryAfterMs,
        );
      await jest.advanceTimersByTimeAsync(60_000);
      return turn;
    };
    const pauses: (number | undefined)[] = [];
    while (pauses.length < 8) pauses.push(await pauseAfterLimit());
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await call(queue, [], { kind: 'other' });
    expect(await pauseAfterLimit()).toBe(1_000);
  });
});

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
      ...{ cutOff: calls('cut off'), endManaged: calls('end'), discover: calls('discover') },
    } as unknown as Provider;
  };
}

describe('a provider within its budget', () => {
  test('that has no rate is the same one', () => {
    const provider = { ...acme([])(() => Promise.resolve()), rateBudget: Infinity };
    expect(budgeted('acme', () => provider)).toBe(provider);
  });

  test('keeps the place of an attempt that comes back with its key', async () => {
    const provider = budgeted('acme', acme([]), () => Date.now());
    const grant = (key: string) =>
      waitOf(
        provider.inTurn?.({ kind: 'grant', key, target: {} }, never, () =>
          provider.observe({ account: 'ana', target: {} }, never),
        ) ?? Promise.resolve(),
      );
    expect([await grant('one'), await grant('two'), await grant('three')]).toEqual(['made', 61_000, 122_000]);
    await jest.advanceTimersByTimeAsync(61_000);
    expect([await grant('three'), await grant('two')]).toEqual([61_000, 'made']);
  });

  test('shares the turns of attempts, and of calls that are part of none', async () => {
    const taken: string[] = [];
    const turns: Turns = {
      take: ({ kind }) => (taken.push(kind), Promise.resolve({ id: 1, waitMs: 0, ahead: 0 })),
      free: () => Promise.resolve(),
    };
    const provider = budgeted('acme', acme([]), () => Date.now()).sharing?.(turns);
    await provider?.observe({ account: 'ana', target: {} }, never);
    await provider?.inTurn?.({ kind: 'grant', key: 'one', target: {} }, never, () => Promise.resolve());
    await provider?.asRemoval?.observe({ account: 'ana', target: {} }, never);
    await provider?.discover?.({} as never, { signal: never } as never);
    expect(taken).toEqual(['other', 'grant', 'end', 'other']);
  });

  test('only what ends access uses the half that is kept, also a read for a revocation', async () => {
    const made: string[] = [];
    const provider = budgeted('acme', acme(made), () => Date.now());
    const [intent, holding] = [{} as Intent<unknown>, { account: 'ana', target: {} }];
    await provider.ensurePresent(intent, never);
    await expect(provider.observe(holding, never)).rejects.toMatchObject({ retryAfterMs: 61_000 });
    await provider.asRemoval?.observe(holding, never);
    expect(made).toEqual(['grant', 'observe']);
    await expect(provider.ensureAbsent(intent, never)).rejects.toMatchObject({ retryAfterMs: 61_000 });
    await jest.advanceTimersByTimeAsync(61_000);
    await provider.ensureAbsent(intent, never);
    expect(made).toEqual(['grant', 'observe', 'revoke']);
    expect(provider.targetKey({})).toBe('key');
  });

  test.each<[string, (provider: Provider) => unknown]>([
    ['a revocation', (provider) => provider.ensureAbsent({} as Intent<unknown>, never)],
    ['a cut-off', (provider) => provider.cutOff?.({} as CutOff<unknown>, never)],
    ['the end of what an object describes', (provider) => provider.endManaged({} as ManagedObject, never)],
  ])('%s begins although grants use all of their half (I25)', async (_what, end) => {
    const made: string[] = [];
    const provider = budgeted('acme', acme(made), () => Date.now());
    const grant = () => provider.ensurePresent({} as Intent<unknown>, never);
    await grant();
    await expect(grant()).rejects.toMatchObject({ retryAfterMs: 61_000 });
    await end(provider);
    expect(made).toHaveLength(2);
  });
});
