import { beforeAll, expect, jest, test } from '@jest/globals';

/** The options of the local activities, as the workflow gives them to Temporal. */
const local: object[] = [];
beforeAll(async () => {
  jest.unstable_mockModule('@temporalio/workflow', () => ({
    proxyActivities: () => ({}),
    proxyLocalActivities: (options: object) => (local.push(options), {}),
    defineQuery: () => ({}),
    defineUpdate: () => ({}),
    workflowInfo: () => ({}),
  }));
  await import('../../workflows/activities.ts');
});

// A history does not contain the options of a local activity.
test('the local activity judge is retried without a limit of attempts or of time', () => {
  const [options] = local as [{ retry: object }];
  expect(local).toHaveLength(1);
  expect(options).not.toHaveProperty('scheduleToCloseTimeout');
  expect(options.retry).not.toHaveProperty('maximumAttempts');
});
