import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { limitedSignal } from '../../core/limited-signal.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** In a process of its own, because a process that may collect garbage by hand refuses code that was compiled without that. */
const COLLECTED = `
  import { limitedSignal } from './core/limited-signal.ts';
  const signal = limitedSignal(new AbortController().signal, 200);
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let at = 0; at < 2; at += 1) {
    globalThis.gc(); // What was used in the same turn is collected in the next one.
    await pause(20);
  }
  while (!signal.aborted) await pause(5);
  console.log('aborted');`;

test('the limit of time also ends it after garbage was collected', () => {
  const args = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', COLLECTED];
  expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', timeout: 20_000 })).toBe(
    'aborted\n',
  );
});

test('the other signal ends it before the limit', () => {
  const other = new AbortController();
  const signal = limitedSignal(other.signal, 60_000);
  other.abort(new Error('stopped'));
  expect([signal.aborted, (signal.reason as Error).message]).toEqual([true, 'stopped']);
});
