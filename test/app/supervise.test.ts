import { expect, test } from '@jest/globals';
import { openLog } from '../../app/log.ts';
import { supervise } from '../../app/supervise.ts';

const log = openLog('silent');

test('a part that fails to start is started again, and is stopped once (F06, F20)', async () => {
  let tries = 0;
  let stops = 0;
  const part = supervise('part', log, () => {
    tries += 1;
    if (tries < 2) return Promise.reject(new Error('not there yet'));
    return Promise.resolve({ stop: () => Promise.resolve(void (stops += 1)) });
  });
  await part.ready;
  await part.stop();
  expect([tries, stops]).toEqual([2, 1]);
});

test('a part that ends by itself is stopped and started again', async () => {
  const running: { fail: (error: Error) => void; stopped: boolean }[] = [];
  let second = (): void => undefined;
  const again = new Promise<void>((resolve) => (second = resolve));
  const part = supervise('part', log, () => {
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    const one = { fail, stopped: false };
    running.push(one);
    if (running.length === 2) second();
    return Promise.resolve({ failed, stop: () => Promise.resolve(void (one.stopped = true)) });
  });
  await part.ready;
  running[0]?.fail(new Error('lost'));
  await again;
  await part.stop();
  expect(running.map(({ stopped }) => stopped)).toEqual([true, true]);
});

test('a part that never starts can be stopped', async () => {
  const part = supervise('part', log, () => Promise.reject(new Error('never')));
  await part.stop();
});

test('a part that is stopped during its start does not run after its start finishes', async () => {
  let come = (): void => undefined;
  let stops = 0;
  const late = new Promise<void>((resolve) => (come = resolve));
  const part = supervise('part', log, async () => {
    await late;
    return { stop: () => Promise.resolve(void (stops += 1)) };
  });
  await part.stop();
  come();
  await part.stop();
  expect(stops).toBe(1);
});
