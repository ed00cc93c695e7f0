import vm from 'node:vm';
import { expect, test } from '@jest/globals';

/** What a module with this text exports as `value`. A dynamic import in it gets a module that exports its specifier. */
async function valueOf(source: string): Promise<unknown> {
  const module = new vm.SourceTextModule(source, {
    importModuleDynamically: async (specifier) => {
      const imported = new vm.SourceTextModule(`export const value = '${specifier}';`);
      await imported.link(() => Promise.reject(new Error('it imports nothing')));
      await imported.evaluate();
      return imported;
    },
  });
  await module.link(() => Promise.reject(new Error('it imports nothing')));
  await module.evaluate();
  return Reflect.get(module.namespace, 'value');
}

test('a module that is loaded again has a state of its own', async () => {
  const source = 'export const value = []; value.push(value.length);';
  const [first, second] = [await valueOf(source), await valueOf(source)];
  expect([first, second]).toEqual([[0], [0]]);
  expect(first).not.toBe(second);
});

test('a module that is loaded again may import dynamically', async () => {
  const source = "export const { value } = await import('another');";
  expect([await valueOf(source), await valueOf(source)]).toEqual(['another', 'another']);
});

test('V8 accepts what it compiled, when it gets the same function again', () => {
  const compile = () => vm.compileFunction('return one + 1', ['one']);
  const [first, second] = [compile(), compile()];
  expect([first(1), second(2)]).toEqual([2, 3]);
  expect(first).not.toHaveProperty('cachedDataRejected');
  expect(second).toHaveProperty('cachedDataRejected', false);
});
