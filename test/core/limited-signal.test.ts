import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { limitedSignal } from '../../core/limited-signal.ts';
import { until } from '../until.fixture.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('the limit of time also ends it after garbage was collected', async () => {
  const signal = limitedSignal(new AbortController().signal, 50);
  collectGarbage();
  await until('the signal aborts', () => signal.aborted);
});

test('the other signal ends it before the limit', () => {
  const other = new AbortController();
  const signal = limitedSignal(other.signal, 60_000);
  other.abort(new Error('stopped'));
  expect([signal.aborted, (signal.reason as Error).message]).toEqual([true, 'stopped']);
});
