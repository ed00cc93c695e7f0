import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

type Reporter = Readonly<Record<string, (test: Readonly<{ path: string }>) => void>>;
const { default: HangingFiles } = (await import('./hanging-files.mjs' as string)) as {
  default: new () => Reporter;
};

const said: string[] = [];
const killed: unknown[] = [];
const exits: unknown[] = [];
beforeEach(() => {
  said.length = killed.length = exits.length = 0;
  jest.useFakeTimers();
  jest.spyOn(console, 'error').mockImplementation((line: unknown) => void said.push(String(line)));
  jest.spyOn(process, 'exit').mockImplementation(((code: unknown) => exits.push(code)) as never);
  jest.spyOn(process, 'kill').mockImplementation((...args) => (killed.push(args), true));
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const file = (name: string) => ({ path: join(process.cwd(), name) });

test('a file that runs for more than twenty minutes ends the run, and is named; others are not', () => {
  const reporter = new HangingFiles();
  const call = (name: string, of = '') => reporter[name]?.(file(of));
  call('onRunStart');
  for (const each of ['test/done.test.ts', 'test/hangs.test.ts']) call('onTestFileStart', each);
  call('onTestFileResult', 'test/done.test.ts');
  jest.advanceTimersByTime(15 * 60_000);
  call('onTestFileStart', 'test/later.test.ts');
  expect(killed).toEqual([]);
  jest.advanceTimersByTime(5 * 60_000 + 10_000);
  expect(said).toEqual(['The run was ended. These files ran for more than 20 minutes: test/hangs.test.ts']);
  expect(killed).toEqual([[process.pid, 'SIGTERM']]);
  expect(exits).toEqual([]);
  jest.advanceTimersByTime(60_000);
  expect(exits).toEqual([1]); // Its servers did not stop.
});

test('a run that is complete is not ended', () => {
  const reporter = new HangingFiles();
  reporter['onRunStart']?.(file(''));
  reporter['onTestFileStart']?.(file('test/hangs.test.ts'));
  reporter['onRunComplete']?.(file(''));
  jest.advanceTimersByTime(3_600_000);
  expect(killed).toEqual([]);
});
