import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Connections } from '../../app/connections.ts';
import type { Logger } from '../../app/log.ts';
import type { Wired } from '../../app/wiring.ts';
import type { Bot, BotOptions } from '../../bot/app.ts';
import type { DispatcherDeps } from '../../inbox/dispatcher.ts';
import type { WakerDeps } from '../../inbox/waker.ts';
import type { Click } from '../../ledger/index.ts';
import { stopsInOrder } from './stopping.fixture.ts';

const { happened, stopping } = stopsInOrder();
let given: BotOptions | undefined;
let dispatcher: DispatcherDeps | undefined;
let waker: WakerDeps | undefined;
let botStarts: () => Promise<Bot>;
const GUEST = { code: 'not-a-member', why: 'guest' } as const;
const checkAccount = () => Promise.resolve(GUEST);
const botOf = (more: Partial<Bot> = {}): Bot => ({
  checkAccount,
  failed: new Promise<never>(() => undefined),
  stop: stopping('bot'),
  ...more,
});

const TEMPORAL = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
const client = {};
const temporalClient = jest.fn((_settings: object, _codec: object) => ({
  client,
  close: stopping('client'),
}));
const requestWorkflows = jest.fn((of: object) => ({ of }));
const recordAnswer = jest.fn((..._given: readonly unknown[]) => 'recorded');
jest.unstable_mockModule('../../temporal/connection.ts', () => ({
  temporalClient,
  temporalWorkerConnection: undefined,
}));
jest.unstable_mockModule('../../temporal/client.ts', () => ({ requestWorkflows }));
jest.unstable_mockModule('../../activities/index.ts', () => ({
  requestActivities: undefined,
  providerActivities: undefined,
}));
jest.unstable_mockModule('../../requests/answer.ts', () => ({ isAnswer: 'isAnswer', recordAnswer }));
jest.unstable_mockModule('../../bot/app.ts', () => ({
  startBot: (options: BotOptions) => ((given = options), botStarts()),
}));
jest.unstable_mockModule('../../inbox/dispatcher.ts', () => ({
  startDispatcher: (deps: DispatcherDeps) => ((dispatcher = deps), { stop: stopping('dispatcher') }),
}));
jest.unstable_mockModule('../../inbox/waker.ts', () => ({
  startWaker: (deps: WakerDeps) => ((waker = deps), { stop: stopping('waker') }),
}));
const { startGateway } = await import('../../app/roles.ts');

beforeEach(() => {
  jest.useFakeTimers();
  happened.length = 0;
  [given, dispatcher, waker] = [undefined, undefined, undefined];
  botStarts = () => Promise.resolve(botOf());
});
afterEach(() => void jest.useRealTimers());

const LEDGERS: Readonly<Record<string, object>> = {
  gateway: { name: 'of the gateway' },
  worker: { name: 'of the worker' },
  courier: { name: 'of the courier' },
};
const deps = {
  ledgers: { as: (role: string) => LEDGERS[role] },
  policy: {
    name: 'the policy',
    problem: () => Promise.resolve(undefined),
    personOf: () => Promise.resolve({ id: 'ana' }),
  },
  describers: new Map(),
  codec: { name: 'the codec' },
  sealer: { open: (sealed: string, context: string) => `opened ${sealed} for ${context}` },
} as unknown as Wired;
const slack = { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C1' };
/** Starts the gateway. `logged` has the lines of its log: the level, the details and the message. */
function start(connection: Connections['slack'] = slack) {
  const [logged, said]: [unknown[][], string[]] = [[], []];
  const at = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const gateway = startGateway({ temporal: TEMPORAL, slack: connection }, deps, log as unknown as Logger, {
    onError: (message) => void said.push(message),
  });
  return { ...gateway, logged, said };
}

test('the bot gets the two tokens, the channel, the policy, and what opens a secret', async () => {
  const { ready, stop } = start();
  await ready;
  expect(given).toMatchObject({ token: 'xoxb-1', appToken: 'xapp-1' });
  expect(given).not.toHaveProperty('apiUrl');
  expect(given?.deps).toMatchObject({
    channel: 'C1',
    ledger: LEDGERS['gateway'],
    deciding: LEDGERS['worker'],
    courierLedger: LEDGERS['courier'],
    policy: deps.policy,
    describers: deps.describers,
  });
  expect(given?.deps.openSecret('pa$$' as never, 'ana')).toBe('opened pa$$ for ana');
  await stop();
});

test('another address of Slack is passed to the bot', async () => {
  const { ready, stop } = start({ ...slack, apiUrl: 'http://127.0.0.1:1/api/' });
  await ready;
  expect(given).toHaveProperty('apiUrl', 'http://127.0.0.1:1/api/');
  await stop();
});

test('a message of Slack’s library is logged with its level', async () => {
  const { logged, ready, stop } = start();
  await ready;
  for (const level of ['debug', 'info', 'warn', 'error'] as const) given?.log(level, `a ${level}`);
  expect(logged).toEqual(
    ['debug', 'info', 'warn', 'error'].map((level) => [level, { part: 'slack' }, `a ${level}`]),
  );
  await stop();
});

test('the stop waits for the bot, then for the clicks and the wake-ups in progress, and then closes the connection to Temporal', async () => {
  const { ready, stop } = start();
  await ready;
  await stop();
  expect(happened.slice(0, 2)).toEqual(['bot stops', 'bot stopped']);
  expect(happened.slice(2, -2).toSorted()).toEqual(
    ['dispatcher', 'waker'].flatMap((part) => [`${part} stopped`, `${part} stops`]),
  );
  expect(happened.slice(-2)).toEqual(['client stops', 'client stopped']);
});

test('workflows are woken at the Temporal of the settings, also before Slack answers', async () => {
  botStarts = () => Promise.reject(new Error('away'));
  const { said, stop } = start();
  expect(temporalClient).toHaveBeenLastCalledWith(TEMPORAL, deps.codec);
  expect(requestWorkflows.mock.lastCall?.[0]).toBe(client);
  expect(waker).toMatchObject({ ledger: LEDGERS['worker'], workflows: { of: client } });
  expect(dispatcher).toMatchObject({ ledger: LEDGERS['worker'], isAnswer: 'isAnswer' });
  await jest.advanceTimersByTimeAsync(0);
  expect(said).toEqual(['Slack: away. Trying again in 1 s; Ctrl-C stops']);
  await stop();
});

test('an answer is recorded with the rights of the worker (I20)', async () => {
  const { stop } = start();
  const click = { id: 'c1' };
  expect(dispatcher?.recordAnswer(click as never)).toBe('recorded');
  expect(recordAnswer).toHaveBeenLastCalledWith({ ...deps, ledger: LEDGERS['worker'] }, click);
  await stop();
});

test('the account of a click is checked by the bot that is connected now', async () => {
  const click = { via: 'slack', account: 'U1', person: 'ana' } as Click;
  let lose: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (lose = reject));
  const bots = [botOf({ failed }), botOf({ checkAccount: () => Promise.resolve(undefined) })];
  botStarts = () => Promise.resolve(bots.shift() ?? botOf());
  const { ready, said, stop } = start();
  await expect(dispatcher?.checkAccount(click)).rejects.toThrow('Slack is not connected yet');
  await ready;
  expect(await dispatcher?.checkAccount(click)).toEqual(GUEST);
  lose(new Error('lost'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual(['Slack: lost. Trying again in 1 s; Ctrl-C stops']);
  expect(await dispatcher?.checkAccount(click)).toBeUndefined();
  await stop();
});

test('what cannot be read, and what is tried again, is logged: clicks and wake-ups', async () => {
  const { logged, stop } = start();
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
