import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { startWorkers, type Workers } from '../../temporal/worker.ts';

/** A simulated worker, which runs until a test ends it or makes it fail. */
type Started = {
  queue: string | undefined;
  options: object;
  state: string;
  shutdowns: number;
  end: () => void;
  fail: (error: Error) => void;
};
let started: Started[];
beforeEach(() => {
  started = [];
  jest.spyOn(Worker, 'create').mockImplementation((options) => {
    const one = { queue: options.taskQueue, options, state: 'RUNNING', shutdowns: 0 } as Started;
    const ended = new Promise<void>((resolve, reject) => Object.assign(one, { end: resolve, fail: reject }));
    started.push(one);
    const worker = { run: () => ended, getState: () => one.state, shutdown: () => (one.shutdowns += 1) };
    return Promise.resolve(worker as unknown as Worker);
  });
});
afterEach(() => void jest.restoreAllMocks());

const connection = {} as NativeConnection;
const bundle = { code: 'the workflows' } as unknown as WorkflowBundle;
const activities = { workflows: { of: 'workflows' }, providers: { of: 'providers' } };
const start = (more: Partial<Workers> = {}) =>
  startWorkers({ connection, namespace: 'prod', activities, bundle, providers: ['aws', 'github'], ...more });
const COMMON = {
  connection,
  namespace: 'prod',
  shutdownGraceTime: '25s',
  shutdownForceTime: '55s',
};
const [endAll, failOne] = [
  () => started.forEach(({ end }) => end()),
  (error: Error) => started.at(1)?.fail(error),
];

describe('the workers of a process', () => {
  test('are one for the workflows and one for each provider, which has its own queue', async () => {
    await start();
    expect(started.map(({ options }) => options)).toEqual([
      { ...COMMON, activities: activities.workflows, workflowBundle: bundle, taskQueue: 'curfew' },
      { ...COMMON, activities: activities.providers, taskQueue: 'curfew-aws' },
      { ...COMMON, activities: activities.providers, taskQueue: 'curfew-github' },
    ]);
  });

  test('have queues with another name when it is given', async () => {
    await start({ queue: 'test' });
    expect(started.map(({ queue }) => queue)).toEqual(['test', 'test-aws', 'test-github']);
  });

  test('are those of the providers only, in a process without workflows', async () => {
    const { bundle: _none, ...withoutBundle } = { connection, namespace: 'prod', activities, bundle };
    await startWorkers({ ...withoutBundle, providers: ['aws'] });
    expect(started.map(({ options }) => options)).toEqual([
      { ...COMMON, activities: activities.providers, taskQueue: 'curfew-aws' },
    ]);
  });

  test('keep as many workflows in memory as they are told', async () => {
    await start({ maxCachedWorkflows: 7 });
    expect(
      started.map(({ options }) => 'maxCachedWorkflows' in options && options.maxCachedWorkflows),
    ).toEqual([7, false, false]);
  });
});

describe('a worker that fails', () => {
  test('is reported with its error and stops no other worker', async () => {
    const { failed } = await start();
    failOne(new Error('the connection is lost'));
    await expect(failed).rejects.toThrow('the connection is lost');
    expect(started.map(({ shutdowns }) => shutdowns)).toEqual([0, 0, 0]);
  });

  test('does not prevent the stop of the others', async () => {
    const workers = await start();
    failOne(new Error('x'));
    Object.assign(started[1] ?? {}, { state: 'FAILED' });
    const stopping = workers.stop();
    expect(started.map(({ shutdowns }) => shutdowns)).toEqual([1, 0, 1]);
    endAll();
    await expect(stopping).resolves.toBeUndefined();
  });
});

test('a stop waits until every worker has ended, which is no failure', async () => {
  const workers = await start();
  const seen: string[] = [];
  const stopping = workers.stop().then(() => seen.push('stopped'));
  void workers.failed.finally(() => seen.push('failed')).catch(() => undefined);
  for (const { end } of started.slice(1)) end();
  await new Promise(setImmediate);
  expect(seen).toEqual([]);
  endAll();
  await stopping;
  await new Promise(setImmediate);
  expect(seen).toEqual(['stopped']);
});
