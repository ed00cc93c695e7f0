import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import { startConsoleServer } from '../../console/server.ts';
import type { ConsoleDeps } from '../../console/deps.ts';
import { type Running, supervise } from '../../app/supervise.ts';
import { until } from '../until.fixture.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const SECOND = 1_000;
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** Supervises a part. `tries` has the time of each start in seconds, `said` and `logged` what was told of it. */
function supervised(start: (attempt: number) => Promise<Running>) {
  const began = Date.now();
  const [tries, said, logged, states]: [number[], string[], unknown[], unknown[]] = [[], [], [], []];
  const log = {
    error: (...args: unknown[]) => void logged.push(args),
    debug: () => undefined,
  } as unknown as Logger;
  const attempt = () => start(tries.push((Date.now() - began) / SECOND));
  const part = supervise('Slack', log, attempt, {
    onError: (message) => said.push(message),
    onState: (why) => states.push(why),
  });
  let [isReady, isStopped] = [false, false];
  void part.ready.then(() => (isReady = true));
  return {
    ...{ tries, said, logged, states, isReady: () => isReady, isStopped: () => isStopped },
    stop: () => part.stop().then(() => (isStopped = true)),
  };
}
/** A part that runs. `stops` counts how often it was stopped. */
function running() {
  let stops = 0;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  return { failed, fail, stop: () => Promise.resolve(void (stops += 1)), stops: () => stops };
}

test('a part that fails to start is started again, and is stopped once (F06, F20)', async () => {
  const one = running();
  const part = supervised((attempt) =>
    attempt < 2 ? Promise.reject(new Error('not there yet')) : Promise.resolve(one),
  );
  await pass(0);
  expect([part.tries, part.isReady()]).toEqual([[0], false]);
  await pass(SECOND);
  expect([part.tries, part.isReady()]).toEqual([[0, 1], true]);
  await part.stop();
  expect(one.stops()).toBe(1);
  await pass(60 * SECOND);
  expect(part.tries).toEqual([0, 1]);
});

test('the pause between two starts doubles up to 30 s, and people read each attempt', async () => {
  const part = supervised(() => Promise.reject(new Error('away')));
  await pass(91 * SECOND);
  expect(part.tries).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
  expect(part.said).toEqual(
    [1, 2, 4, 8, 16, 30, 30, 30].map((pause) => `Slack: away. Trying again in ${pause} s; Ctrl-C stops`),
  );
  await part.stop();
});

test('the log has each reason once, until the part runs or another reason comes', async () => {
  const reasons = ['away', 'away', 'refused', 'refused', 'away'];
  const part = supervised((attempt) => Promise.reject(new Error(reasons[attempt - 1])));
  await pass(15 * SECOND);
  expect(part.logged).toEqual([
    [{ part: 'Slack', error: 'away' }, 'does not run; tried again in 1 s'],
    [{ part: 'Slack', error: 'refused' }, 'does not run; tried again in 4 s'],
    [{ part: 'Slack', error: 'away' }, 'does not run; tried again in 16 s'],
  ]);
  expect(part.states).toEqual(reasons);
  await part.stop();
});

test('the log has a reason again when the part ran meanwhile', async () => {
  const one = running();
  const part = supervised((attempt) =>
    attempt === 2 ? Promise.resolve(one) : Promise.reject(new Error('away')),
  );
  await pass(SECOND);
  one.fail(new Error('away'));
  await pass(0);
  expect(part.logged).toHaveLength(2);
  await part.stop();
});

test('a part that could run with more is started again, and the older one runs until the newer one does', async () => {
  let [outdate, come] = [(): void => undefined, (): void => undefined];
  const outdated = new Promise<void>((resolve) => (outdate = resolve));
  const late = new Promise<void>((resolve) => (come = resolve));
  const [older, newer] = [{ ...running(), outdated }, running()];
  const part = supervised((attempt) => (attempt === 1 ? Promise.resolve(older) : late.then(() => newer)));
  await pass(0);
  outdate();
  await pass(SECOND);
  expect([part.tries, older.stops()]).toEqual([[0, 0], 0]);
  come();
  await pass(0);
  expect([older.stops(), newer.stops()]).toEqual([1, 0]);
  await part.stop();
  expect([older.stops(), newer.stops()]).toEqual([1, 1]);
});

test('a part that could run with more and does not start again keeps running as it did', async () => {
  const older = { ...running(), outdated: Promise.resolve() };
  const newer = running();
  const part = supervised((attempt) =>
    attempt === 2 ? Promise.reject(new Error('away')) : Promise.resolve(attempt === 1 ? older : newer),
  );
  await pass(0);
  expect([part.tries, older.stops()]).toEqual([[0, 0], 0]);
  await pass(SECOND);
  expect([part.tries, older.stops(), newer.stops()]).toEqual([[0, 0, 1], 1, 0]);
  await part.stop();
});

test('a part runs on when the older one cannot be stopped', async () => {
  const older = {
    stop: () => Promise.reject(new Error('cannot stop')),
    outdated: Promise.resolve(),
  };
  const newer = running();
  const part = supervised((attempt) => Promise.resolve(attempt === 1 ? older : newer));
  await pass(60 * SECOND);
  expect([part.tries, part.states, newer.stops()]).toEqual([[0, 0], [undefined, undefined], 0]);
  await part.stop();
});

test('a part that can fail and can be outdated is stopped while neither happened', async () => {
  const one = { ...running(), outdated: new Promise<void>(() => undefined) };
  const part = supervised(() => Promise.resolve(one));
  await pass(0);
  void part.stop();
  await pass(0);
  expect([part.isStopped(), one.stops()]).toEqual([true, 1]);
});

test('the console that could run with more is stopped before it is started again at its port', async () => {
  jest.useRealTimers(); // the port is a real one
  const deps = { origin: 'https://curfew.example.com', ledger: {} } as ConsoleDeps; // no page is asked for
  const ports: number[] = [];
  const part = supervised(async (attempt) => {
    const console = await startConsoleServer(deps, { host: '127.0.0.1', port: ports[0] ?? 0 });
    ports.push(console.port);
    return { ...console, ...(attempt === 1 ? { outdated: Promise.resolve() } : {}) };
  });
  await until('the second start succeeded or failed', () => part.states.length === 2);
  await part.stop();
  expect([part.states, ports]).toEqual([
    [undefined, undefined],
    [ports[0], ports[0]],
  ]);
});

test('a part with a port is started again also after its newer start failed once', async () => {
  const [older, newer] = [{ ...running(), port: 4050, outdated: Promise.resolve() }, running()];
  const part = supervised((attempt) =>
    attempt === 2 ? Promise.reject(new Error('away')) : Promise.resolve(attempt === 1 ? older : newer),
  );
  await pass(0);
  expect([part.tries, older.stops()]).toEqual([[0, 0], 1]);
  await pass(SECOND);
  expect([part.tries, older.stops(), newer.stops()]).toEqual([[0, 0, 1], 1, 0]);
  await part.stop();
  expect([older.stops(), newer.stops()]).toEqual([1, 1]);
});

test('a part that ends by itself is stopped and started again, and its first pause is short again', async () => {
  const parts = [running(), running()];
  const part = supervised((attempt) =>
    attempt < 3 ? Promise.reject(new Error('away')) : Promise.resolve(parts[attempt - 3] ?? running()),
  );
  await pass(10 * SECOND);
  parts[0]?.fail(new Error('lost'));
  await pass(0);
  expect([part.tries, parts[0]?.stops()]).toEqual([[0, 1, 3], 1]);
  await pass(SECOND);
  expect(part.tries).toEqual([0, 1, 3, 11]);
  expect(part.said.at(-1)).toBe('Slack: lost. Trying again in 1 s; Ctrl-C stops');
  await part.stop();
  expect(parts.map(({ stops }) => stops())).toEqual([1, 1]);
});

test('a part that ended is stopped once, also when it then does not start again', async () => {
  const one = running();
  const part = supervised((attempt) =>
    attempt === 1 ? Promise.resolve(one) : Promise.reject(new Error('away')),
  );
  await pass(0);
  one.fail(new Error('lost'));
  await pass(10 * SECOND);
  await part.stop();
  expect([part.tries, one.stops()]).toEqual([[0, 1, 3, 7], 1]);
});

test('a part that ended is started again only after it is stopped', async () => {
  let finish = (): void => undefined;
  const slow = { ...running(), stop: () => new Promise<void>((resolve) => (finish = resolve)) };
  const part = supervised((attempt) => Promise.resolve(attempt === 1 ? slow : running()));
  await pass(0);
  slow.fail(new Error('lost'));
  await pass(60 * SECOND);
  expect(part.tries).toEqual([0]);
  finish();
  await pass(SECOND);
  expect(part.tries).toEqual([0, 61]);
  await part.stop();
});

test('a part that ended and cannot be stopped is started again', async () => {
  const broken = { ...running(), stop: () => Promise.reject(new Error('cannot stop')) };
  const second = running();
  const part = supervised((attempt) => Promise.resolve(attempt === 1 ? broken : second));
  await pass(0);
  broken.fail(new Error('lost'));
  await pass(SECOND);
  expect(part.tries).toEqual([0, 1]);
  await part.stop();
  expect(second.stops()).toBe(1);
});

test('a part that never starts can be stopped at once, and no timer goes on', async () => {
  const part = supervised(() => Promise.reject(new Error('never')));
  await pass(0);
  await part.stop();
  expect(jest.getTimerCount()).toBe(0);
  await pass(60 * SECOND);
  expect(part.tries).toEqual([0]);
});

test('stopping does not wait longer than 5 s for a start that does not answer', async () => {
  const part = supervised(() => new Promise(() => undefined));
  void part.stop();
  await pass(5 * SECOND - 1);
  expect(part.isStopped()).toBe(false);
  await pass(1);
  expect([part.isStopped(), part.isReady()]).toEqual([true, false]);
});

test('stopping waits for a part that runs, however long its stop takes', async () => {
  let finish = (): void => undefined;
  const slow: Running = { stop: () => new Promise((resolve) => (finish = resolve)) };
  const part = supervised(() => Promise.resolve(slow));
  await pass(0);
  void part.stop();
  await pass(60 * SECOND);
  expect(part.isStopped()).toBe(false);
  finish();
  await pass(0);
  expect(part.isStopped()).toBe(true);
});

test('a part that is stopped during its start does not run after its start finishes', async () => {
  let come = (): void => undefined;
  const late = new Promise<void>((resolve) => (come = resolve));
  const one = running();
  const part = supervised(() => late.then(() => one));
  void part.stop();
  come();
  await pass(0);
  expect([part.isStopped(), one.stops()]).toEqual([true, 1]);
});
