import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, expect, test } from '@jest/globals';

const run = Reflect.get(AsyncLocalStorage.prototype, 'run') as AsyncLocalStorage<unknown>['run'];
const { disableStorages } = (await import('./async-storages.mjs' as string)) as {
  disableStorages: () => void;
};
afterAll(() => {
  AsyncLocalStorage.prototype.run = run;
});

test('a storage that a test file used is disabled after it, and works again when it is used again', () => {
  const storage = new AsyncLocalStorage<string>();
  storage.run('a file', () => {
    expect(storage.getStore()).toBe('a file');
    disableStorages();
    expect(storage.getStore()).toBeUndefined();
  });
  expect(storage.run('another file', () => storage.getStore())).toBe('another file');
});
