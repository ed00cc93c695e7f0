import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import type { Wired } from '../../app/wiring.ts';
import type { DispatcherDeps } from '../../inbox/dispatcher.ts';
import type { WakerDeps } from '../../inbox/waker.ts';
import type { Click } from '../../ledger/index.ts';
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
const workflowBundle = jest.fn(() => Promise.resolve('the bundle'));
const installRuntime = jest.fn();
const requestActivities = jest.fn(({ ledger }: { ledger: string }) => `requests by ${ledger}`);
const providerActivities = jest.fn(({ ledger }: { ledger: string }) => `leases by ${ledger}`);
const runSweeper = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('sweeper') }));
const client = {};
const temporalClient = jest.fn((_settings: object, _codec: object) => ({
  client,
  close: stopping('client'),
}));
const requestWorkflows = jest.fn((of: object) => ({ of }));
const recordAnswer = jest.fn((..._given: readonly unknown[]) => 'recorded');
let dispatcher: DispatcherDeps | undefined;
let waker: WakerDeps | undefined;
jest.unstable_mockModule('../../temporal/connection.ts', () => ({ temporalClient }));
jest.unstable_mockModule('../../temporal/worker-connection.ts', () => ({ temporalWorkerConnection }));
jest.unstable_mockModule('../../temporal/client.ts', () => ({ requestWorkflows }));
jest.unstable_mockModule('../../requests/answer.ts', () => ({ recordAnswer }));
jest.unstable_mockModule('../../inbox/dispatcher.ts', () => ({
  startDispatcher: (given: DispatcherDeps) => ((dispatcher = given), { stop: stopping('dispatcher') }),
}));
jest.unstable_mockModule('../../inbox/waker.ts', () => ({
  startWaker: (given: WakerDeps) => ((waker = given), { stop: stopping('waker') }),
}));
jest.unstable_mockModule('../../temporal/worker.ts', () => ({ startWorkers }));
jest.unstable_mockModule('../../temporal/workflow-bundle.ts', () => ({ workflowBundle }));
jest.unstable_mockModule('../../temporal/runtime.ts', () => ({ installRuntime }));
jest.unstable_mockModule('../../activities/index.ts', () => ({ requestActivities, providerActivities }));
jest.unstable_mockModule('../../upkeep/sweeper.ts', () => ({ runSweeper }));
const runUseReader = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('use reader') }));
jest.unstable_mockModule('../../upkeep/use-reader.ts', () => ({ runUseReader }));
const runPartitionKeeper = jest.fn((..._given: readonly unknown[]) => ({
  stop: stopping('partition keeper'),
}));
jest.unstable_mockModule('../../upkeep/partition-keeper.ts', () => ({ runPartitionKeeper }));
const runNumberKeeper = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('number keeper') }));
jest.unstable_mockModule('../../upkeep/number-keeper.ts', () => ({ runNumberKeeper }));
const { startSweeper } = await import('../../app/sweeper.ts');
const { startWorker } = await import('../../app/worker.ts');

beforeEach(() => {
  jest.useFakeTimers();
  happened.length = 0;
  [dispatcher, waker] = [undefined, undefined];
  closing = stopping('connection');
  workersStart = () => Promise.resolve(workersOf());
});
afterEach(() => {
  jest.clearAllMocks();
  jest.useRealTimers();
});

const deps = {
  ledgers: { as: (role: string) => `the ${role}` },
  codec: 'the codec',
  providers: new Map(),
  policy: { withRoles: () => 'the policy' },
} as unknown as Wired;
/** Starts a worker. `said` is what people are told. `logged` has the lines of its log. */
function start(options: Readonly<{ workflows: boolean; providers: readonly string[] }>) {
  const [logged, said]: [unknown[][], string[]] = [[], []];
  const at = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const child = (bound: object) => ({ bound });
  const log = { warn: at('warn'), error: at('error'), child } as unknown as Logger;
  const onError = (message: string) => void said.push(message);
  return { ...startWorker({ temporal: TEMPORAL }, deps, log, { ...options, onError }), logged, said };
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
  expect(workflowBundle).not.toHaveBeenCalled();
  expect(startWorkers.mock.lastCall?.[0]).toMatchObject({ providers: ['github'] });
  expect(startWorkers.mock.lastCall?.[0]).not.toHaveProperty('bundle');
  expect([dispatcher, waker, temporalClient.mock.calls.length]).toEqual([undefined, undefined, 0]);
  await stop();
});

test('the process that runs workflows decides clicks with the rights of the worker, and wakes workflows, also while Temporal is unavailable (F06, I20)', async () => {
  temporalWorkerConnection.mockRejectedValueOnce(new Error('away'));
  const { said, stop } = start({ workflows: true, providers: [] });
  expect(temporalClient).toHaveBeenLastCalledWith(TEMPORAL, deps.codec);
  expect(requestWorkflows.mock.lastCall?.[0]).toBe(client);
  expect(waker).toMatchObject({ ledger: 'the worker', workflows: { of: client } });
  expect(dispatcher).toMatchObject({ ledger: 'the worker' });
  const click = { id: 'c1' };
  expect(dispatcher?.recordAnswer(click as never)).toBe('recorded');
  expect(recordAnswer).toHaveBeenLastCalledWith(
    { ...deps, ledger: 'the worker', policy: 'the policy' },
    click,
  );
  await jest.advanceTimersByTimeAsync(0);
  expect(said).toEqual(['Temporal: away. Trying again in 1 s; Ctrl-C stops']);
  await stop();
});

test('what cannot be read, and what is tried again, is logged: clicks and wake-ups', async () => {
  const { logged, ready, stop } = start(ALL);
  await ready;
  dispatcher?.onError(new Error('no ledger'));
  dispatcher?.onRetry?.({ id: 'c1', kind: 'end' } as Click, new Error('no answer'));
  waker?.onError(new Error('no ledger'));
  waker?.onRetry?.({ request: 'r1', version: 1 } as never, new Error('no Temporal'));
  expect(logged).toEqual([
    ['error', { error: 'no ledger' }, 'the inbox cannot be read'],
    ['warn', { click: 'c1', kind: 'end', error: 'no answer' }, 'not answered yet'],
    ['error', { error: 'no ledger' }, 'the wake-ups cannot be read'],
    ['warn', { request: 'r1', error: 'no Temporal' }, 'its workflow was not woken yet'],
  ]);
  await stop();
});

test('the stop waits for the clicks and the wake-ups in progress, then for the workers, and then closes the connections', async () => {
  const { ready, stop } = start(ALL);
  await ready;
  await stop();
  expect(happened.slice(0, 4).toSorted()).toEqual(
    ['dispatcher', 'waker'].flatMap((part) => [`${part} stopped`, `${part} stops`]),
  );
  expect(happened.slice(4)).toEqual(
    ['client', 'workers', 'connection'].flatMap((part) => [`${part} stops`, `${part} stopped`]),
  );
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
  expect(workflowBundle).toHaveBeenCalledTimes(1);
  await stop();
});

test('the sweeper sweeps as often as the settings say, is ready at once, and can be stopped', async () => {
  const log = {} as Logger;
  const { ready, stop } = startSweeper(deps, log, 30);
  await ready;
  expect(runSweeper.mock.calls).toEqual([
    [
      { ...deps, ledger: 'the sweeper', policy: 'the policy', readUseBeside: expect.any(Function) },
      { log, everySeconds: 30 },
    ],
  ]);
  expect(runUseReader.mock.calls).toEqual(runSweeper.mock.calls);
  expect(runPartitionKeeper.mock.calls).toEqual([
    [expect.objectContaining({ ledger: 'the sweeper' }), { log }],
  ]);
  expect(runNumberKeeper.mock.calls).toEqual(runPartitionKeeper.mock.calls);
  await stop();
  expect(happened.toSorted()).toEqual([
    'number keeper stopped',
    'number keeper stops',
    'partition keeper stopped',
    'partition keeper stops',
    'sweeper stopped',
    'sweeper stops',
    'use reader stopped',
    'use reader stops',
  ]);
});
