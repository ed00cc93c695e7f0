import { expect, test } from '@jest/globals';
import { followCalls } from '../../bot/bolt-options.ts';

type Middleware = (call: { next(): Promise<void> }) => Promise<void>;

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  let fail = (_error: Error): void => undefined;
  const opened = new Promise<void>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { open: () => open(), fail: (error: Error) => fail(error), opened };
}

test('the calls are handled when the last one is, also one that came while others were waited for', async () => {
  const { middleware, handled } = followCalls();
  const call = middleware as unknown as Middleware;
  const [one, two] = [gate(), gate()];
  const first = call({ next: () => one.opened });
  let isHandled = false;
  const waiting = handled().then(() => (isHandled = true));
  const second = call({ next: () => two.opened });
  one.open();
  await first;
  await new Promise((done) => setImmediate(done));
  expect(isHandled).toBe(false);
  two.open();
  await second;
  await waiting;
  expect(isHandled).toBe(true);
});

test('a call that fails is handled too, and its error goes on to Bolt', async () => {
  const { middleware, handled } = followCalls();
  const failing = gate();
  const call = (middleware as unknown as Middleware)({ next: () => failing.opened });
  failing.fail(new Error('a bug'));
  await expect(call).rejects.toThrow('a bug');
  await handled();
});

test('nothing is waited for when there is no call', () => followCalls().handled());
