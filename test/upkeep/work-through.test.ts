import { expect, test } from '@jest/globals';
import { workThrough } from '../../upkeep/work-through.ts';

test('while a task runs and there is no other one, the search waits until the task ends', async () => {
  const tasks = [{ id: 'a', provider: 'fake' }];
  const searches: (readonly string[])[] = [];
  let end = (): void => undefined;
  const ended = new Promise<void>((done) => (end = done));
  const worked = workThrough<string, (typeof tasks)[number]>(
    ({ ids }) => {
      searches.push([...ids]);
      return searches.length > 3 ? new Promise<never>(() => undefined) : Promise.resolve(tasks.shift());
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
    () => {
      const task = tasks.shift();
      return task ? Promise.resolve(task) : Promise.reject(new Error('the ledger is unavailable'));
    },
    async ({ id }) => {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      done.push(id);
    },
  );
  await expect(worked).rejects.toThrow('the ledger is unavailable');
  expect(done).toEqual(['a']);
});
