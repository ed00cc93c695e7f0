import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Logger } from '../../app/log.ts';
import type { ProcessDeps } from '../../app/wiring.ts';
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
const decideClick = jest.fn((..._given: readonly unknown[]) => 'recorded');
let dispatcher: DispatcherDeps | undefined;
let waker: WakerDeps | undefined;
jest.unstable_mockModule('../../temporal/connection.ts', () => ({ temporalClient }));
jest.unstable_mockModule('../../temporal/worker-connection.ts', () => ({ temporalWorkerConnection }));
jest.unstable_mockModule('../../temporal/client.ts', () => ({ requestWorkflows }));
jest.unstable_mockModule('../../requests/decide-click.ts', () => ({ decideClick }));
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
const reportWaitingGrants = jest.fn((_reporting: object) => Promise.resolve());
jest.unstable_mockModule('../../upkeep/waiting-grants.ts', () => ({ reportWaitingGrants }));
const runUntriedGrants = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('untried grants') }));
jest.unstable_mockModule('../../upkeep/untried-grants.ts', () => ({ runUntriedGrants }));
const runUseReader = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('use reader') }));
jest.unstable_mockModule('../../upkeep/use-reader.ts', () => ({ runUseReader }));
const runPartitionKeeper = jest.fn((..._given: readonly unknown[]) => ({
  stop: stopping('partition keeper'),
}));
jest.unstable_mockModule('../../upkeep/partition-keeper.ts', () => ({ runPartitionKeeper }));
const runNumberKeeper = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('number keeper') }));
jest.unstable_mockModule('../../upkeep/number-keeper.ts', () => ({ runNumberKeeper }));
const runVisitKeeper = jest.fn((..._given: readonly unknown[]) => ({ stop: stopping('visit keeper') }));
jest.unstable_mockModule('../../upkeep/visit-keeper.ts', () => ({ runVisitKeeper }));
const { startSweeper } = await import('../../app/sweeper.ts');
const { startAnswers, startProvider, startWorkflows } = await import('../../app/worker.ts');

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
} as unknown as ProcessDeps;
function lines() {
  const logged: unknown[][] = [];
  const at = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const child = (bound: object) => ({ bound });
  return { logged, log: { warn: at('warn'), error: at('error'), child } as unknown as Logger };
}
const PARTS = { temporal: TEMPORAL };
const PROVIDER = { workflows: {}, providers: 'leases by the provider' };

test('the worker of the workflows gets the connection of the settings, the activities and the bundle, and wakes workflows (F06, I20)', async () => {
  const { log } = lines();
  const { stop } = await startWorkflows(PARTS, deps, log);
  expect(temporalWorkerConnection).toHaveBeenCalledWith(TEMPORAL);
  expect(startWorkers.mock.calls).toEqual([
    [
      {
        ...{ connection, codec: 'the codec', namespace: 'prod', providers: [], bundle: 'the bundle' },
        activities: { workflows: 'requests by the worker', providers: {} },
      },
    ],
  ]);
  expect(installRuntime.mock.calls).toEqual([[{ bound: { part: 'temporal' } }]]);
  expect(temporalClient).toHaveBeenLastCalledWith(TEMPORAL, deps.codec);
  expect(requestWorkflows.mock.lastCall?.[0]).toBe(client);
  expect(waker).toMatchObject({ ledger: 'the worker', workflows: { of: client } });
  expect(reportWaitingGrants.mock.lastCall?.[0]).toMatchObject({ ledger: 'the worker' });
  await stop();
});

test('a provider has a connection of its own, does not bundle the workflows, and runs none', async () => {
  const { log } = lines();
  const { stop } = await startProvider(PARTS, deps, log, 'github');
  expect(workflowBundle).not.toHaveBeenCalled();
  expect(startWorkers.mock.calls).toEqual([
    [{ connection, codec: 'the codec', namespace: 'prod', activities: PROVIDER, providers: ['github'] }],
  ]);
  expect([dispatcher, waker, temporalClient.mock.calls.length]).toEqual([undefined, undefined, 0]);
  await stop();
  expect(happened).toEqual(['workers stops', 'workers stopped', 'connection stops', 'connection stopped']);
});

test('workers that end by themselves are reported as ended, of the workflows and of a provider (F06)', async () => {
  const lost = new Error('the connection is lost');
  for (const start of [startWorkflows, startProvider]) {
    let lose: (error: Error) => void = () => undefined;
    workersStart = () => Promise.resolve(workersOf(new Promise((_, reject) => (lose = reject))));
    const part = await start(PARTS, deps, lines().log, 'github');
    lose(lost);
    await expect(part.failed).rejects.toBe(lost);
    await part.stop();
  }
});

test('clicks are decided with the rights of the worker, and without Temporal (F06)', async () => {
  const { log } = lines();
  const { stop } = startAnswers(deps, log);
  expect(dispatcher).toMatchObject({ ledger: 'the worker' });
  const click = { id: 'c1' };
  expect(dispatcher?.decide(click as never)).toBe('recorded');
  expect(decideClick).toHaveBeenLastCalledWith(
    { ...deps, ledger: 'the worker', policy: 'the policy' },
    click,
  );
  expect([temporalWorkerConnection.mock.calls, temporalClient.mock.calls]).toEqual([[], []]);
  await stop();
});

test('what cannot be read, and what is tried again, is logged with its request: clicks and wake-ups', async () => {
  const { logged, log } = lines();
  reportWaitingGrants.mockRejectedValueOnce(new Error('no ledger'));
  const answers = startAnswers(deps, log);
  const workflows = await startWorkflows(PARTS, deps, log);
  dispatcher?.onError(new Error('no ledger'));
  dispatcher?.onRetry?.({ id: 'c1', request: 'r1', kind: 'end' } as Click, new Error('no answer'));
  waker?.onError(new Error('no ledger'));
  waker?.onRetry?.({ request: 'r1', version: 1 } as never, new Error('no Temporal'));
  expect(logged).toEqual([
    ['error', { error: 'no ledger' }, 'the waiting grants cannot be counted'],
    ['error', { error: 'no ledger' }, 'the inbox cannot be read'],
    ['warn', { click: 'c1', request: 'r1', kind: 'end', error: 'no answer' }, 'not answered yet'],
    ['error', { error: 'no ledger' }, 'the wake-ups cannot be read'],
    ['warn', { request: 'r1', error: 'no Temporal' }, 'its workflow was not woken yet'],
  ]);
  await answers.stop();
  await workflows.stop();
});

test('the stop of the workflows waits for the wake-ups in progress, then for the workers, and then closes the connections', async () => {
  const { stop } = await startWorkflows(PARTS, deps, lines().log);
  await stop();
  expect(happened).toEqual(
    ['waker', 'client', 'workers', 'connection'].flatMap((part) => [`${part} stops`, `${part} stopped`]),
  );
});

test.each([
  ['and closed', () => Promise.resolve()],
  ['also when it cannot be closed', () => Promise.reject(new Error('cannot close'))],
])(
  'when the workers do not start, their connection is given up (%s), and the error says why they did not start',
  async (_what, closes) => {
    closing = () => (happened.push('closed'), closes());
    workersStart = () => Promise.reject(new Error('no such namespace'));
    for (const start of [startWorkflows, startProvider])
      await expect(start(PARTS, deps, lines().log, 'github')).rejects.toThrow('no such namespace');
    expect(happened).toEqual(['closed', 'closed']);
    expect(waker).toBeUndefined();
  },
);

test('the sweeper sweeps as often as the settings say, and can be stopped', async () => {
  const log = {} as Logger;
  const { stop } = startSweeper(deps, log, 30);
  expect(runSweeper.mock.calls).toEqual([
    [
      { ...deps, ledger: 'the sweeper', policy: 'the policy', readUseBeside: expect.any(Function) },
      { log, everySeconds: 30 },
    ],
  ]);
  for (const run of [runUseReader, runUntriedGrants]) expect(run.mock.calls).toEqual(runSweeper.mock.calls);
  expect(runPartitionKeeper.mock.calls).toEqual([
    [expect.objectContaining({ ledger: 'the sweeper' }), { log }],
  ]);
  for (const run of [runNumberKeeper, runVisitKeeper])
    expect(run.mock.calls).toEqual(runPartitionKeeper.mock.calls);
  await stop();
  expect(happened.toSorted()).toEqual([
    'number keeper stopped',
    'number keeper stops',
    'partition keeper stopped',
    'partition keeper stops',
    'sweeper stopped',
    'sweeper stops',
    'untried grants stopped',
    'untried grants stops',
    'use reader stopped',
    'use reader stops',
    'visit keeper stopped',
    'visit keeper stops',
  ]);
});
