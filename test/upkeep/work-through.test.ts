import { expect, test } from '@jest/globals';
import { workThrough } from '../../upkeep/work-through.ts';

const NO_LIMITS = new Map<string, object>();

test('while a task runs and there is no other one, the search waits until the task ends', async () => {
  const tasks = [{ id: 'a', provider: 'fake' }];
  const searches: (readonly string[])[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((done) => (end = done));
  const worked = workThrough<string, (typeof tasks)[number]>(
    NO_LIMITS,
    ({ ids }) => {
      searches.push([...ids]);
      return searches.length > 3 ? new Promise<never>(() => undefined) : Promise.resolve(tasks.splice(0, 1));
    },
    () => ended,
  );
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
  expect(searches).toEqual([[], ['a']]);
  end();
  await worked;
  expect(searches).toEqual([[], ['a'], ['a']]);
});

test('a search that fails fails the pass, after the tasks that were begun', async () => {
  const tasks = [{ id: 'a', provider: 'fake' }];
  const done: string[] = [];
  const worked = workThrough(
    NO_LIMITS,
    () => {
      const task = tasks.shift();
      return task ? Promise.resolve([task]) : Promise.reject(new Error('the ledger is unavailable'));
    },
    async ({ id }) => {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      done.push(id);
    },
  );
  await expect(worked).rejects.toThrow('the ledger is unavailable');
  expect(done).toEqual(['a']);
});

test('a task that fails while the search waits fails the pass, and not the process', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const tasks = [{ id: 'a', provider: 'fake' }];
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  const worked = workThrough(
    NO_LIMITS,
    async () => {
      if (tasks.length === 0) await nextTurn();
      return tasks.splice(0, 1);
    },
    () => Promise.reject(new Error('the ledger is unavailable')),
  );
  await expect(worked).rejects.toThrow('the ledger is unavailable');
  await nextTurn();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test.each([
  ['ten at once where the provider does not say', {}, 10],
  ['as many at once as the provider says', { mostAtOnce: 25 }, 25],
  ['one after the other', { mostAtOnce: 1 }, 1],
])('a provider with 60 tasks gets %s, and another one is not held up (F32)', async (_what, limits, most) => {
  const tasks = [
    ...Array.from({ length: 60 }, (_, at) => ({ id: `a${at}`, provider: 'a' })),
    { id: 'b0', provider: 'b' },
  ];
  let [running, peak, done] = [0, 0, 0];
  let otherEnded = -1;
  await workThrough(
    new Map([
      ['a', limits],
      ['b', {}],
    ]),
    ({ providers }, room) =>
      Promise.resolve(
        tasks
          .filter(({ provider }) => !providers.includes(provider))
          .slice(0, room)
          .map((task) => {
            tasks.splice(tasks.indexOf(task), 1);
            return task;
          }),
      ),
    async ({ provider }) => {
      if (provider === 'b') return void (otherEnded = done);
      running += 1;
      peak = Math.max(peak, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done += 1;
    },
  );
  expect([peak, done]).toEqual([most, 60]);
  expect(otherEnded).toBeLessThanOrEqual(most);
});
