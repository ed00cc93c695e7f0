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
test('the judgement of a submission is never given up: it has no limit of attempts and none of time', () => {
  expect(local).toEqual([{ startToCloseTimeout: '30s', retry: { maximumInterval: '30s' } }]);
});
