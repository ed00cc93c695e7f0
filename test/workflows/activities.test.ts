import { beforeEach, expect, jest, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';

/** The options of each kind of activity, as the workflow gives them to Temporal, and what was called. */
const options: Record<string, object[]> = { local: [], ordinary: [] };
const called: string[] = [];
let isUnavailable = false;
const kindOf = (kind: 'local' | 'ordinary') => (given: object) => {
  options[kind]?.push(given);
  const call = (name: string) => () => {
    called.push(`${kind} ${name}`);
    return isUnavailable && kind === 'local'
      ? Promise.reject(new Error('away'))
      : Promise.resolve({ kind: 'blank' });
  };
  return { judge: call('judge'), look: call('look') };
};
jest.unstable_mockModule('@temporalio/workflow', () => ({
  proxyActivities: kindOf('ordinary'),
  proxyLocalActivities: kindOf('local'),
  defineQuery: () => ({}),
  defineSignal: () => ({}),
  workflowInfo: () => ({}),
}));
const { judge, look } = await import('../../workflows/activities.ts');
beforeEach(() => void called.splice(0));
const request = 'req_1' as RequestId;

// A history does not contain the options of a local activity.
test('a local activity has one try of two seconds, so that it never holds a slot for long', () => {
  expect(options['local']).toEqual([{ scheduleToCloseTimeout: 2_000, retry: { maximumAttempts: 1 } }]);
});

test('a look or a judgement is one local activity while the ledger answers', async () => {
  isUnavailable = false;
  await look(request);
  await judge(request);
  expect(called).toEqual(['local look', 'local judge']);
});

test('while the ledger is unavailable, an ordinary activity waits for it', async () => {
  isUnavailable = true;
  await look(request);
  await judge(request);
  expect(called).toEqual(['local look', 'ordinary look', 'local judge', 'ordinary judge']);
  expect(options['ordinary']?.[0]).not.toHaveProperty('scheduleToCloseTimeout');
});
