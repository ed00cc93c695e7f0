import { describe, expect, test } from '@jest/globals';
import { oneAtATime } from '../../core/one-at-a-time.ts';

const never = new AbortController().signal;
/** A call that ends when the test says so. */
function held<T>(value: T) {
  let isRunning = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const call = async (): Promise<T> => {
    isRunning = true;
    await ended;
    return value;
  };
  return { call, end: () => end(), isRunning: () => isRunning };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('calls to one file system', () => {
  test('run one after the other, and each gets its own answer', async () => {
    const calls = oneAtATime();
    const [one, other] = [held('one'), held('other')];
    const answers = [calls(never, one.call), calls(never, other.call)];
    await turn();
    expect([one.isRunning(), other.isRunning()]).toEqual([true, false]);
    one.end();
    await turn();
    expect(other.isRunning()).toBe(true);
    other.end();
    expect(await Promise.all(answers)).toEqual(['one', 'other']);
  });

  test('are given up when the signal aborts, and what waits behind them never begins', async () => {
    const calls = oneAtATime();
    const [hung, waiting] = [held('hung'), held('waiting')];
    const stop = new AbortController();
    const answers = [calls(stop.signal, hung.call), calls(stop.signal, waiting.call)];
    await turn();
    stop.abort(new Error('too long'));
    for (const answer of answers) await expect(answer).rejects.toThrow('too long');
    hung.end();
    await turn();
    expect(waiting.isRunning()).toBe(false);
    expect(await calls(never, () => Promise.resolve('back'))).toBe('back');
  });

  test('wait for one that was given up and still runs', async () => {
    const calls = oneAtATime();
    const [hung, next] = [held('hung'), held('next')];
    const stop = new AbortController();
    const given = calls(stop.signal, hung.call);
    const waiting = calls(never, next.call);
    await turn();
    stop.abort(new Error('too long'));
    await expect(given).rejects.toThrow('too long');
    await turn();
    expect(next.isRunning()).toBe(false);
    hung.end();
    await turn();
    next.end();
    expect(await waiting).toBe('next');
  });

  test('go on after one that failed', async () => {
    const calls = oneAtATime();
    await expect(calls(never, () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
    expect(await calls(never, () => Promise.resolve(1))).toBe(1);
  });
});
