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
  expect(await printed('test_fn_failure', new Error('no'), {})).toMatch(/^Error: no\n {4}at /);
});
