import { expect, test } from '@jest/globals';
import { atMost } from '../../core/at-most.ts';

/** Work that ends when it is told to. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  return { begun, work, end: (name: string) => ends.get(name)?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('two run at once, the next one begins when one ends, and the results are in the order of the work', async () => {
  const { begun, work, end } = held();
  const all = atMost(2, ['a', 'b', 'c'].map(work));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('c');
  end('a');
  expect(await all).toEqual(['a', 'b', 'c']);
});

test('after an error nothing more begins', async () => {
  const { begun, work, end } = held();
  const broken = () => Promise.reject(new Error('broken'));
  await expect(atMost(2, [broken, work('a'), work('b')])).rejects.toThrow('broken');
  end('a');
  await settled();
  expect(begun).toEqual(['a']);
});

test('no work has no results', async () => {
  expect(await atMost(2, [])).toEqual([]);
});
