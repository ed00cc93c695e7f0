import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { explainWith, explainWithLog } from '../explain.fixture.ts';
import ExplainingEnvironment from './environment.mjs';

/** What a test prints that fails with this error in an environment with this global object. */
async function printed(event: string, error: Error, global: object): Promise<string> {
  const environment = Object.assign(Object.create(ExplainingEnvironment.prototype) as ExplainingEnvironment, {
    global,
  });
  await environment.handleTestEvent({ name: event, error });
  return error.stack ?? '';
}

test('the error of a failed test is followed by what the fixtures know, and then by its stack', async () => {
  const forget = explainWith('the events', () => Promise.resolve(['requested', 'judged']));
  const log = explainWithLog('the log of the worker');
  for (let line = 1; line <= 30; line += 1) log(`line ${line}\n`);
  explainWith('a broken source', () => Promise.reject(new Error('no connection')));

  const text = await printed('test_fn_failure', new Error('expected 1\nreceived 2'), globalThis);
  expect(text).toMatch(/^Error: expected 1\nreceived 2\n\nthe events:\n {2}requested\n {2}judged\n\n/);
  expect(text).toMatch(/the log of the worker:\n {2}line 6\n[^]* {2}line 30\n\n/);
  expect(text).toMatch(/a broken source:\n {2}cannot be read: Error: no connection\n\n {4}at /);
  forget();
  expect(await printed('hook_failure', new Error('no'), globalThis)).not.toContain('the events');
});

test('any other event, and a test without fixtures, print nothing', async () => {
  expect(await printed('test_done', new Error('no'), globalThis)).not.toContain('the log');
  expect(await printed('test_fn_failure', new Error('no'), { Error })).toMatch(/^Error: no\n {4}at /);
});

test('the stack has the lines of the source, also while something else formats stacks', async () => {
  const formatter = () => 'a line of the compiled code';
  Error.prepareStackTrace = formatter;
  try {
    const stack = await printed('test_fn_failure', new Error('the one of this line'), { Error });
    const [, line] = /explain\.test\.ts:(\d+):/.exec(stack) ?? [];
    const source = readFileSync(import.meta.filename, 'utf8').split('\n');
    expect(source[Number(line) - 1]).toContain("new Error('the one of this line')");
    expect(Reflect.get(Error, 'prepareStackTrace')).toBe(formatter);
  } finally {
    delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
  }
});
