import { expect, test } from '@jest/globals';
import { boltLogger, CLIENT_OPTIONS } from '../../bot/bolt-options.ts';

test('a call to Slack is tried once, waits for no rate limit, and may take ten seconds', () =>
  expect(CLIENT_OPTIONS).toEqual({
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
  }));

test('the log has each message of Bolt in one line and with its level, and nothing for debugging', () => {
  const logged: unknown[] = [];
  const logger = boltLogger((...line) => void logged.push(line));
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    logger[level]('the socket', 7, new Error('is closed'));
  expect(logged).toEqual(['info', 'warn', 'error'].map((level) => [level, 'the socket 7 Error: is closed']));
});

test('Bolt reads back the level that it sets', () => {
  const logger = boltLogger(() => undefined);
  const before = logger.getLevel();
  expect(before).toBe('info');
  logger.setLevel('error' as typeof before);
  expect(logger.getLevel()).toBe('error');
});
