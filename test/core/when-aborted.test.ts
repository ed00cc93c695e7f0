import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { oneAtATime } from '../../core/one-at-a-time.ts';
import { whenAborted } from '../../core/when-aborted.ts';

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test('a signal has one listener, however many wait for it', () => {
  const { signal } = new AbortController();
  for (let count = 0; count < 100; count += 1) whenAborted(signal, () => undefined);
  expect(listenersOf(signal)).toBe(1);
});

test('a signal has one listener, however many calls to one file system have it', async () => {
  const calls = oneAtATime();
  const { signal } = new AbortController();
  const all = Array.from({ length: 100 }, () => calls(signal, () => Promise.resolve()));
  expect(listenersOf(signal)).toBe(1);
  await Promise.all(all);
});

test('each is called once when the signal aborts, except who stopped waiting', () => {
  const controller = new AbortController();
  const called: string[] = [];
  const wait = (name: string) => whenAborted(controller.signal, () => called.push(name));
  wait('first');
  const stop = wait('second');
  wait('third');
  stop();
  controller.abort();
  controller.abort();
  expect(called).toEqual(['first', 'third']);
});

test('who begins to wait after the signal aborted is called at once', () => {
  const called: string[] = [];
  whenAborted(AbortSignal.abort(), () => called.push('late'))();
  expect(called).toEqual(['late']);
});
