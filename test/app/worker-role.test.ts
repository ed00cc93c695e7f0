import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import type { Wired } from '../../app/wiring.ts';
import { stopsInOrder } from './stopping.fixture.ts';

const { happened, stopping } = stopsInOrder();
let closing: () => Promise<void>;
let workersStart: () => Promise<object>;
const workersOf = (failed: Promise<never> = new Promise<never>(() => undefined)) => ({
  failed,
  stop: stopping('workers'),
});

const TEMPORAL = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const connection = { close: () => closing() };
const temporalWorkerConnection = jest.fn((_settings: object) =>
  Promise.resolve({ connection, namespace: 'prod' }),
);
const startWorkers = jest.fn((_options: object) => workersStart());
const bundleWorkflows = jest.fn(() => Promise.resolve('the bundle'));
const installRuntime = jest.fn();
const requestActivities = jest.fn(({ ledger }: { ledger: string }) => `requests by ${ledger}`);
const providerActivities = jest.fn(({ ledger }: { ledger: string }) => `leases by ${ledger}`);
const runSweeper = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('sweeper') }));
jest.unstable_mockModule('../../temporal/connection.ts', () => ({
  temporalClient: undefined,
  temporalWorkerConnection,
}));
jest.unstable_mockModule('../../temporal/worker.ts', () => ({ bundleWorkflows, startWorkers }));
jest.unstable_mockModule('../../temporal/runtime.ts', () => ({ installRuntime }));
jest.unstable_mockModule('../../activities/index.ts', () => ({ requestActivities, providerActivities }));
jest.unstable_mockModule('../../upkeep/sweeper.ts', () => ({ runSweeper }));
const { startSweeper, startWorker } = await import('../../app/roles.ts');

beforeEach(() => {
  jest.useFakeTimers();
  happened.length = 0;
  closing = stopping('connection');
  workersStart = () => Promise.resolve(workersOf());
});
afterEach(() => {
  jest.clearAllMocks();
  jest.useRealTimers();
});

const deps = { ledgers: { as: (role: string) => `the ${role}` }, codec: 'the codec' } as unknown as Wired;
/** Starts a worker. `said` is what people are told. */
function start(options: Readonly<{ workflows: boolean; providers: readonly string[] }>) {
  const said: string[] = [];
  const log = { error: () => undefined, child: (bound: object) => ({ bound }) } as unknown as Logger;
  const onError = (message: string) => void said.push(message);
  return { ...startWorker({ temporal: TEMPORAL }, deps, log, { ...options, onError }), said };
}
const ALL = { workflows: true, providers: ['aws-iam', 'github'] };

test('the workers get the connection of the settings, the activities, the workflows and the providers', async () => {
  const { ready, stop } = start(ALL);
  await ready;
  expect(temporalWorkerConnection).toHaveBeenCalledWith(TEMPORAL);
  expect(startWorkers.mock.calls).toEqual([
    [
      {
        connection,
        codec: 'the codec',
        namespace: 'prod',
        activities: { workflows: 'requests by the worker', providers: 'leases by the provider' },
        providers: ALL.providers,
        bundle: 'the bundle',
      },
    ],
  ]);
  expect(installRuntime.mock.calls).toEqual([[{ bound: { part: 'temporal' } }]]);
  await stop();
});

test('the process of a provider does not bundle the workflows, and runs none', async () => {
  const { ready, stop } = start({ workflows: false, providers: ['github'] });
  await ready;
  expect(bundleWorkflows).not.toHaveBeenCalled();
  expect(startWorkers.mock.lastCall?.[0]).toMatchObject({ providers: ['github'] });
  expect(startWorkers.mock.lastCall?.[0]).not.toHaveProperty('bundle');
  await stop();
});

test('the stop waits for the workers, and then closes their connection', async () => {
  const { ready, stop } = start(ALL);
  await ready;
  await stop();
  expect(happened).toEqual(['workers stops', 'workers stopped', 'connection stops', 'connection stopped']);
});

test.each([
  ['and closed', () => Promise.resolve(), ['closed']],
  ['also when it cannot be closed', () => Promise.reject(new Error('cannot close')), ['closed']],
])(
  'when the workers do not start, their connection is given up (%s), and people read why they did not start',
  async (_what, closes, expected) => {
    closing = () => (happened.push('closed'), closes());
    workersStart = () => Promise.reject(new Error('no such namespace'));
    const { said, stop } = start(ALL);
    await jest.advanceTimersByTimeAsync(0);
    expect(said).toEqual(['Temporal: no such namespace. Trying again in 1 s; Ctrl-C stops']);
    expect(happened).toEqual(expected);
    await stop();
  },
);

test('a worker that fails is stopped with its connection, and starts again with the same bundle', async () => {
  let lose: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (lose = reject));
  workersStart = () =>
    Promise.resolve(startWorkers.mock.calls.length === 1 ? workersOf(failed) : workersOf());
  const { ready, said, stop } = start(ALL);
  await ready;
  lose(new Error('the connection is lost'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual(['Temporal: the connection is lost. Trying again in 1 s; Ctrl-C stops']);
  expect(happened).toEqual(['workers stops', 'workers stopped', 'connection stops', 'connection stopped']);
  expect([startWorkers.mock.calls.length, temporalWorkerConnection.mock.calls.length]).toEqual([2, 2]);
  expect(startWorkers.mock.lastCall?.[0]).toMatchObject({ bundle: 'the bundle' });
  expect(bundleWorkflows).toHaveBeenCalledTimes(1);
  await stop();
});

test('the sweeper sweeps as often as the settings say, is ready at once, and can be stopped', async () => {
  const log = {} as Logger;
  const { ready, stop } = startSweeper(deps, log, 30);
  await ready;
  expect(runSweeper.mock.calls).toEqual([
    [
      { ...deps, ledger: 'the sweeper' },
      { log, everySeconds: 30 },
    ],
  ]);
  await stop();
  expect(happened).toEqual(['sweeper stops', 'sweeper stopped']);
});
