import { describe, expect, test } from '@jest/globals';
import { type UndoKeys, undoKeysProblem } from '../../app/undo-keys.ts';

const keysOf = (...names: readonly string[]): UndoKeys =>
  new Map(names.map((name, index) => [name, [new Uint8Array(32).fill(index)]]));
const parts = (providers: readonly string[], sweeper = false) => ({ providers, sweeper });

describe('the undo keys with which a process starts (T41)', () => {
  test.each<[string, UndoKeys, ReturnType<typeof parts>]>([
    ['a provider with its key', keysOf('github'), parts(['github'])],
    ['two providers with their keys', keysOf('github', 'postgres'), parts(['postgres', 'github'])],
    ['a gateway or a worker without a key', keysOf(), parts([])],
    ['the sweeper with all keys', keysOf('github', 'postgres'), parts([], true)],
    ['the sweeper without a key, because it needs none', keysOf(), parts([], true)],
    ['a provider and the sweeper in one process', keysOf('github', 'postgres'), parts(['github'], true)],
  ])('%s', (_what, keys, of) => {
    expect(undoKeysProblem(keys, of)).toBeUndefined();
  });
});

describe('a process does not start', () => {
  test('without the key of its provider, and the problem says how to make one (I14)', () => {
    const problem = undoKeysProblem(keysOf('github'), parts(['github', 'aws-iam', 'postgres'], true));
    expect(problem).toContain('CURFEW_UNDO_KEYS has no key for aws-iam, postgres.');
    expect(problem).toContain('to do: make one key for each provider with "openssl rand -base64 32"');
    expect(problem).toMatch(/CURFEW_UNDO_KEYS=aws-iam=<key>,postgres=<key>$/);
  });

  test.each<[string, readonly string[]]>([
    ['a gateway or a worker', []],
    ['the process of another provider', ['postgres']],
  ])('with the key of a provider that it does not run: %s (T41)', (_what, providers) => {
    expect(undoKeysProblem(keysOf('github', ...providers), parts(providers))).toContain(
      'has a key for github, and this process does not run that provider.',
    );
  });
});
