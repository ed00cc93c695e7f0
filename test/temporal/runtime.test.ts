import { expect, jest, test } from '@jest/globals';
import { Runtime } from '@temporalio/worker';
import { installRuntime } from '../../temporal/runtime.ts';

test('the messages of Temporal’s runtime go to the log, and it is installed once in a process', () => {
  const install = jest.spyOn(Runtime, 'install').mockImplementation(() => ({}) as Runtime);
  const logged: unknown[] = [];
  const logTo = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const log = { debug: logTo('debug'), warn: logTo('warn'), error: logTo('error') };
  installRuntime(log);
  installRuntime(log);
  expect(install).toHaveBeenCalledTimes(1);
  const [{ shutdownSignals, logger, telemetryOptions } = {}] = install.mock.calls[0] ?? [];
  expect(telemetryOptions?.logging).toEqual({ forward: {}, filter: { core: 'WARN', other: 'ERROR' } });
  expect(shutdownSignals).toEqual([]); // Curfew stops its parts itself, in their order.
  logger?.error('lost', { error: 'x' });
  logger?.warn('slow', { ms: 7 });
  logger?.warn('failed', { error: new Error('no answer'), attempt: 1 });
  logger?.error('nothing more');
  logger?.info('started', { queue: 'curfew' });
  logger?.log('INFO', 'other');
  logger?.log('WARN', 'forwarded', { activityId: 'revoke-0', error: new Error('no answer') });
  logger?.log('ERROR', 'forwarded', { attempt: 2 });
  logger?.debug('detail');
  logger?.trace('detail');
  expect(logged).toEqual([
    ['error', { error: 'x' }, 'lost'],
    ['warn', { ms: 7 }, 'slow'],
    ['warn', { error: 'no answer', attempt: 1 }, 'failed'],
    ['error', {}, 'nothing more'],
    ['debug', {}, 'started'],
    ['debug', { level: 'INFO' }, 'other'],
    ['warn', { activityId: 'revoke-0', error: 'no answer' }, 'forwarded'],
    ['error', { attempt: 2 }, 'forwarded'],
  ]);
});
