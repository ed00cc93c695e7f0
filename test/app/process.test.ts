import { expect, jest, test } from '@jest/globals';
import type { Login } from '../../ledger/login.ts';
import type { Logger } from '../../app/log.ts';
import type { Part } from '../../app/parts.ts';
import type { UsableSettings } from '../../app/settings/usable.ts';
import type { Wiring } from '../../app/shared-wiring.ts';
import type { Running } from '../../app/supervise.ts';

let look = (): void => undefined;
let untilLook: AbortSignal | undefined;
const pause = (_ms: number, _value: undefined, { signal }: Readonly<{ signal: AbortSignal }>) => {
  untilLook = signal;
  return new Promise<void>((resolve) => (look = resolve));
};
const stop = jest.fn(() => Promise.resolve());
const startPart = jest.fn((_part: Part): Promise<Running> => Promise.resolve({ stop }));
const readLogin = jest.fn((..._given: readonly unknown[]): Promise<Login> =>
  Promise.reject(new Error('away')),
);
jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: pause }));
jest.unstable_mockModule('../../app/start-part.ts', () => ({ startPart }));
jest.unstable_mockModule('../../ledger/login.ts', () => ({ readLogin }));
const { startParts } = await import('../../app/process.ts');

const passed = () => new Promise(setImmediate);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;

/** How often the sweeper was started after it found at its start, and at each later look, that these settings are wrong. */
async function startsAfter(...looks: readonly (readonly string[])[]): Promise<number> {
  jest.clearAllMocks();
  let wrong = looks[0] ?? [];
  const read = () =>
    ({
      settings: {},
      problems: wrong.map((setting) => ({ setting, what: 'is gone' })),
    }) as unknown as UsableSettings;
  const wiringFor = () => ({}) as Wiring;
  const onAllRun = () => undefined;
  const parts = startParts({
    parts: [{ kind: 'sweeper' }],
    log,
    read,
    wiringFor,
    login: () => undefined,
    onAllRun,
  });
  await passed();
  for (wrong of looks.slice(1)) {
    look();
    await passed();
  }
  await parts.stop();
  expect(stop).toHaveBeenCalledTimes(startPart.mock.calls.length);
  expect(untilLook?.aborted).toBe(true); // a part that was stopped looks no more
  return startPart.mock.calls.length;
}

const [KEYS, MANIFEST, AWS, SLACK] = ['CURFEW_UNDO_KEYS', 'CURFEW_MANIFEST', 'AWS_REGION', 'SLACK_CHANNEL'];
test.each<[string, number, readonly (readonly string[])[]]>([
  ['the second of two settings that it wants is there', 2, [[KEYS, MANIFEST], [KEYS]]],
  ['the first of two is there', 2, [[KEYS, MANIFEST], [MANIFEST]]],
  ['one is there at a later look', 2, [[KEYS, MANIFEST], [KEYS, MANIFEST], [KEYS]]],
  ['one after the other is there', 3, [[KEYS, MANIFEST], [KEYS], []]],
  [
    'one is there, and another is gone',
    2,
    [
      [KEYS, MANIFEST],
      [KEYS, AWS],
    ],
  ],
  [
    'nothing changed',
    1,
    [
      [KEYS, MANIFEST],
      [KEYS, MANIFEST],
      [KEYS, MANIFEST],
    ],
  ],
  [
    'another one is gone too',
    1,
    [
      [KEYS, MANIFEST],
      [KEYS, MANIFEST, AWS],
    ],
  ],
  ['only a setting that it does not want is there', 1, [[KEYS, SLACK], [KEYS]]],
])('when %s, a part that runs with less was started %i times', async (_what, times, looks) =>
  expect(await startsAfter(...looks)).toBe(times),
);

const settings = { database: { url: 'postgres://app@db/curfew' }, slack: {}, console: {} };
const read = () => ({ settings, problems: [] }) as unknown as UsableSettings;
const wiringFor = () => ({}) as Wiring;

test('the log says which parts run, start and wait, each time that this changes, and when all run', async () => {
  jest.useFakeTimers();
  const told: unknown[] = [];
  const tell = (level: string) => (facts: object, what: string) =>
    void (what.includes('wait') && told.push([level, what, facts]));
  const lines = { info: tell('info'), warn: tell('warn'), error: tell('error'), debug: () => undefined };
  let end: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (end = reject));
  let [attempt, come] = [0, (): void => undefined];
  const slow = new Promise<void>((resolve) => (come = resolve));
  startPart.mockImplementation(async ({ kind }) => {
    if (kind === 'answers') await slow;
    if (kind !== 'console') return { stop };
    attempt += 1;
    if (attempt !== 2) throw new Error('away');
    return { stop, failed };
  });
  const parts = startParts({
    ...{ parts: [{ kind: 'sweeper' }, { kind: 'answers' }, { kind: 'console' }], read, wiringFor },
    ...{ log: lines as unknown as Logger, login: () => undefined },
    onAllRun: () => told.push('all run'),
  });
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  await pass(0);
  come();
  await pass(0);
  await pass(1_000);
  end(new Error('lost'));
  await pass(0);
  await parts.stop();
  jest.useRealTimers();
  startPart.mockImplementation(() => Promise.resolve({ stop }));
  expect(told).toEqual([
    [
      ...['warn', 'some parts wait'],
      { running: ['sweeper'], starting: ['answers'], waiting: { console: 'away' } },
    ],
    [
      ...['warn', 'some parts wait'],
      { running: ['sweeper', 'answers'], starting: [], waiting: { console: 'away' } },
    ],
    ['info', 'no part waits', { running: ['sweeper', 'answers', 'console'], starting: [], waiting: {} }],
    'all run',
    [
      ...['warn', 'some parts wait'],
      { running: ['sweeper', 'answers'], starting: [], waiting: { console: 'lost' } },
    ],
  ]);
});

const lacking = (wrong: () => readonly string[]) => () =>
  ({
    settings,
    problems: wrong().map((setting) => ({ setting, what: 'is gone' })),
  }) as unknown as UsableSettings;

test('the log says nothing new while a part waits for the same reason, and another one is started with more', async () => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  let wrong = [KEYS, MANIFEST];
  const told: unknown[] = [];
  const tell = (facts: object, what: string) => void (what.includes('wait') && told.push(facts));
  startPart.mockImplementation(async ({ kind }) => {
    if (kind === 'console') throw new Error('away');
    return { stop };
  });
  const parts = startParts({
    ...{ parts: [{ kind: 'sweeper' }, { kind: 'console' }], read: lacking(() => wrong), wiringFor },
    ...{
      log: { info: tell, warn: tell, error: () => undefined, debug: () => undefined } as unknown as Logger,
    },
    ...{ login: () => undefined, onAllRun: () => undefined },
  });
  await jest.advanceTimersByTimeAsync(3_000);
  wrong = [KEYS];
  look();
  await jest.advanceTimersByTimeAsync(0);
  await parts.stop();
  jest.useRealTimers();
  const kinds = startPart.mock.calls.map(([{ kind }]) => kind);
  startPart.mockImplementation(() => Promise.resolve({ stop }));
  expect(kinds).toEqual(['sweeper', 'console', 'console', 'console', 'sweeper']);
  expect(told).toEqual([{ running: ['sweeper'], starting: [], waiting: { console: 'away' } }]);
});

test('a part that runs with less is started again when it ends by itself', async () => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  let end: (error: Error) => void = () => undefined;
  startPart.mockImplementation(() =>
    Promise.resolve({ stop, failed: new Promise<never>((_resolve, reject) => (end = reject)) }),
  );
  const parts = startParts({
    ...{ parts: [{ kind: 'sweeper' }], log, read: lacking(() => [KEYS]), wiringFor },
    ...{ login: () => undefined, onAllRun: () => undefined },
  });
  await jest.advanceTimersByTimeAsync(0);
  end(new Error('lost'));
  await jest.advanceTimersByTimeAsync(1_000);
  await parts.stop();
  jest.useRealTimers();
  startPart.mockImplementation(() => Promise.resolve({ stop }));
  expect(startPart).toHaveBeenCalledTimes(2);
});

const LOGIN: Login = { name: 'app', isOwner: false, missing: [], excess: [] };
test.each<[string, known: Login | undefined, now: Login, starts: string]>([
  ['is not known yet', undefined, LOGIN, 'starts'],
  ['has every role', LOGIN, LOGIN, 'starts'],
  ['lacks a role of another part', { ...LOGIN, missing: ['worker'] }, LOGIN, 'starts'],
  [
    'lacks the second role of the part',
    { ...LOGIN, missing: ['worker', 'courier'] },
    { ...LOGIN, missing: ['courier'] },
    'may not act as curfew_courier.',
  ],
  ['has the role by now', { ...LOGIN, missing: ['courier'] }, LOGIN, 'starts'],
])('a gateway whose login %s starts, or its log says why not', async (_what, known, now, starts) => {
  jest.clearAllMocks();
  readLogin.mockImplementation(() => Promise.resolve(now));
  const why: string[] = [];
  const error = (facts: { error: string }) => void why.push(facts.error);
  const parts = startParts({
    ...{ parts: [{ kind: 'gateway' }], read, wiringFor, login: () => known, onAllRun: () => undefined },
    log: { ...log, error } as unknown as Logger,
  });
  await passed();
  await parts.stop();
  expect([startPart.mock.calls.length, ...why]).toEqual(
    starts === 'starts' ? [1] : [0, expect.stringContaining(starts)],
  );
  for (const given of readLogin.mock.calls)
    expect(given).toEqual(['postgres://app@db/curfew', ['gateway', 'courier']]);
});
