import { proxyActivities } from '@temporalio/workflow';

type Steps = Readonly<{ one(): Promise<void>; two(): Promise<void>; three(): Promise<void> }>;

const { one, two, three } = proxyActivities<Steps>({ startToCloseTimeout: '30s' });

/** The least that Temporal can do for "request, grant, revoke": three activities that do nothing, one after another. */
export async function bare(): Promise<void> {
  await one();
  await two();
  await three();
}
