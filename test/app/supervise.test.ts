import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import { type Running, supervise } from '../../app/supervise.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const SECOND = 1_000;
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** Supervises a part. `tries` has the time of each start in seconds, `said` and `logged` what was told of it. */
function supervised(start: (attempt: number) => Promise<Running>) {
  const began = Date.now();
  const [tries, said, logged]: [number[], string[], unknown[]] = [[], [], []];
  const log = { error: (...args: unknown[]) => void logged.push(args) } as unknown as Logger;
  const attempt = () => start(tries.push((Date.now() - began) / SECOND));
  const part = supervise('Slack', log, attempt, (message) => said.push(message));
  let [isReady, isStopped] = [false, false];
  void part.ready.then(() => (isReady = true));
  return {
    ...{ tries, said, logged, isReady: () => isReady, isStopped: () => isStopped },
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

test('the pause between two starts doubles up to 8 s, and each is told to people and to the log', async () => {
  const part = supervised(() => Promise.reject(new Error('away')));
  await pass(23 * SECOND);
  expect(part.tries).toEqual([0, 1, 3, 7, 15, 23]);
  expect(part.said).toEqual(
    [1, 2, 4, 8, 8, 8].map((pause) => `Slack: away. Trying again in ${pause} s; Ctrl-C stops`),
  );
  expect(part.logged).toEqual(
    [1, 2, 4, 8, 8, 8].map((pause) => [
      { part: 'Slack', error: 'away' },
      `does not run; tried again in ${pause} s`,
    ]),
  );
  await part.stop();
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

test('a part that never starts can be stopped at once', async () => {
  const part = supervised(() => Promise.reject(new Error('never')));
  await pass(0);
  await part.stop();
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
