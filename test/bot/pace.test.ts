import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MustWait, openPace, type Pace, type Turn, reportedPace } from '../../bot/courier/pace.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const MINUTE = 60_000;
const urgent = { isUrgent: true, mayWait: true };
const edit = { method: 'chat.update', isUrgent: false, mayWait: true };
const message = (channel: string): Turn => ({ method: 'chat.postMessage', channel, ...urgent });

/** Takes turns, and returns when each began, in milliseconds from now, in the order in which they began. */
async function begun(pace: Pace, turns: readonly (readonly [name: string, Turn])[], forMs: number) {
  const start = performance.now();
  const seen: (readonly [name: string, at: number])[] = [];
  for (const [name, turn] of turns)
    void pace.take(turn).then(
      () => void seen.push([name, Math.round(performance.now() - start)]),
      () => undefined,
    );
  await jest.advanceTimersByTimeAsync(forMs);
  return seen;
}
const names = (seen: readonly (readonly [string, number])[]) => seen.map(([name]) => name);
const many = (count: number, turn: (index: number) => Turn) =>
  Array.from({ length: count }, (_, index) => [String(index), turn(index)] as const);
/** The most calls in any minute. */
const mostInAMinute = (seen: readonly (readonly [string, number])[]) =>
  Math.max(...seen.map(([, from]) => seen.filter(([, at]) => at >= from && at < from + MINUTE).length));

describe('the calls of a method', () => {
  test.each([
    ['chat.update', 50],
    ['users.info', 100],
    ['chat.postMessage', 300],
  ])(
    'of %s are never more than %d in a minute, and use most of it',
    async (method, limit) => {
      const turns = many(limit * 1.5, (index) => ({ method, channel: `C${index}`, ...urgent }));
      const most = mostInAMinute(await begun(openPace(), turns, 1.5 * MINUTE));
      expect(most).toBeLessThanOrEqual(limit);
      expect(most).toBeGreaterThan(limit * 0.9);
    },
    30_000,
  );

  test('do not wait while there is room', async () =>
    expect(
      await begun(
        openPace(),
        many(5, () => edit),
        0,
      ),
    ).toHaveLength(5));

  test('of a method without a limit never wait', async () =>
    expect(
      await begun(
        openPace(),
        many(1_000, () => ({ method: 'auth.test', ...urgent })),
        0,
      ),
    ).toHaveLength(1_000));

  test('do not wait for the calls of another method', async () => {
    const pace = openPace();
    await begun(
      pace,
      many(100, () => edit),
      0,
    );
    expect(await begun(pace, [['other', { method: 'views.open', ...urgent }]], 0)).toEqual([['other', 0]]);
  });

  test('wait less at a speed', async () => {
    const at = async (speed: number) =>
      (
        await begun(
          openPace({ speed }),
          many(45, () => edit),
          2 * MINUTE,
        )
      ).at(-1)?.[1] ?? 0;
    const [slow, fast] = [await at(1), await at(10)];
    expect(slow / fast).toBeGreaterThan(8);
    expect(slow / fast).toBeLessThan(12);
  });
});

describe('a pace that is reported', () => {
  test('tells the operator for how long Slack takes no call of a method, and knows it until then', () => {
    let now = 0;
    const [said, paused]: [string[], unknown[]] = [[], []];
    const real = { ...openPace(), pause: (...given: unknown[]) => (paused.push(given), true) };
    const pace = reportedPace(
      real,
      (message) => said.push(message),
      () => now,
    );
    expect(pace.pausedFor('chat.postMessage')).toBe(0);
    expect(pace.pause('chat.postMessage', 600_000)).toBe(true);
    expect(paused).toEqual([['chat.postMessage', 600_000]]);
    expect(said).toEqual(['Slack takes no call of chat.postMessage for 600 s, because of its rate limit']);
    now = 599_000;
    expect([pace.pausedFor('chat.postMessage'), pace.pausedFor('chat.update')]).toEqual([1_000, 0]);
    pace.pause('chat.postMessage', 500);
    expect(pace.pausedFor('chat.postMessage')).toBe(1_000);
    now = 600_000;
    expect(pace.pausedFor('chat.postMessage')).toBe(0);
    now = 600_001;
    expect(pace.pausedFor('chat.postMessage')).toBe(0);
    pace.pause('chat.update', 1_200);
    expect(said.at(-1)).toBe('Slack takes no call of chat.update for 2 s, because of its rate limit');
  });
});

describe('the messages in one channel', () => {
  test('are at least a second apart', async () => {
    const seen = await begun(
      openPace(),
      many(5, () => message('C1')),
      MINUTE,
    );
    const gaps = seen.slice(1).map(([, at], index) => at - (seen[index]?.[1] ?? 0));
    expect(gaps).toHaveLength(4);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000);
  });

  test('let those of other channels pass', async () => {
    const turns = [...many(10, () => message('C1')), ['other', message('D2')] as const];
    expect(names(await begun(openPace(), turns, 0))).toEqual(['0', 'other']);
  });

  test('wait for nothing when the last one was long ago', async () => {
    const pace = openPace();
    await begun(pace, [['first', message('C1')]], MINUTE);
    expect(await begun(pace, [['second', message('C1')]], 0)).toEqual([['second', 0]]);
  });
});

describe('when there is no room', () => {
  test('what is urgent begins before what came earlier', async () => {
    const pace = openPace();
    const later = { ...edit, isUrgent: true };
    const turns = [...many(7, () => edit), ['urgent', later] as const];
    expect(names(await begun(pace, turns, 10_000)).slice(5)).toEqual(['urgent', '5', '6']);
  });

  test('a caller that does not wait learns it at once', async () => {
    const pace = openPace();
    await begun(
      pace,
      many(5, () => edit),
      0,
    );
    await expect(pace.take({ ...edit, mayWait: false })).rejects.toThrow(MustWait);
    await jest.advanceTimersByTimeAsync(2_000);
    await expect(pace.take({ ...edit, mayWait: false })).resolves.toBeUndefined();
  });

  test('a caller that does not wait passes nobody who waits', async () => {
    const pace = openPace();
    await begun(
      pace,
      many(3, () => message('C1')),
      0,
    );
    await expect(pace.take({ ...message('C2'), mayWait: false })).rejects.toThrow(MustWait);
  });
});

describe('a refusal of Slack', () => {
  test('holds its method back as long as Slack says, and no other one', async () => {
    const pace = openPace();
    expect(pace.pause('chat.update', 30_000)).toBe(true);
    const turns = [['edit', edit] as const, ['open', { method: 'views.open', ...urgent }] as const];
    expect(await begun(pace, turns, MINUTE)).toEqual([
      ['open', 0],
      ['edit', 30_000],
    ]);
  });

  test('holds back those that wait already', async () => {
    const pace = openPace();
    const seen = begun(
      pace,
      many(6, () => edit),
      MINUTE,
    );
    pace.pause('chat.update', 30_000);
    expect((await seen).at(-1)).toEqual(['5', 30_000]);
  });

  test('of a method without a limit is left to its caller', () =>
    expect(openPace().pause('auth.test', 1_000)).toBe(false));
});

test('a stop ends all waiting, and nothing begins after it', async () => {
  const pace = openPace();
  const ended = Promise.allSettled(many(7, () => edit).map(([, turn]) => pace.take(turn)));
  pace.stop();
  expect((await ended).map(({ status }) => status).slice(4)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(pace.take(edit)).rejects.toThrow('the bot stops');
  expect(jest.getTimerCount()).toBe(0);
});
