import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Connections } from '../../app/connections.ts';
import type { Logger } from '../../app/log.ts';
import type { ProcessDeps } from '../../app/wiring.ts';
import type { Bot, BotOptions } from '../../bot/app.ts';
import { stopsInOrder } from './stopping.fixture.ts';

const { happened, stopping } = stopsInOrder();
let given: BotOptions | undefined;
let botStarts: () => Promise<Bot>;
const botOf = (more: Partial<Bot> = {}): Bot => ({
  failed: new Promise<never>(() => undefined),
  stop: stopping('bot'),
  ...more,
});

// The gateway has no Temporal and decides nothing, so it may use none of these.
const notCalled = (what: string) => () => {
  throw new Error(`the gateway called ${what}`);
};
jest.unstable_mockModule('../../temporal/connection.ts', () => ({
  temporalClient: notCalled('temporalClient'),
}));
jest.unstable_mockModule('../../temporal/worker-connection.ts', () => ({
  temporalWorkerConnection: notCalled('temporalWorkerConnection'),
}));
jest.unstable_mockModule('../../activities/index.ts', () => ({
  requestActivities: undefined,
  providerActivities: undefined,
}));
jest.unstable_mockModule('../../bot/app.ts', () => ({
  startBot: (options: BotOptions) => ((given = options), botStarts()),
}));
jest.unstable_mockModule('../../inbox/dispatcher.ts', () => ({
  startDispatcher: notCalled('startDispatcher'),
}));
jest.unstable_mockModule('../../inbox/waker.ts', () => ({ startWaker: notCalled('startWaker') }));
const { startGateway } = await import('../../app/gateway.ts');
const { supervise } = await import('../../app/supervise.ts');

beforeEach(() => {
  jest.useFakeTimers();
  happened.length = 0;
  given = undefined;
  botStarts = () => Promise.resolve(botOf());
});
afterEach(() => void jest.useRealTimers());

const LEDGERS: Readonly<Record<string, object>> = {
  gateway: { name: 'of the gateway' },
  courier: { name: 'of the courier' },
};
/** It counts the roles of Curfew that people have by live leases. */
const POLICY = { name: 'the policy of the part' };
const deps = {
  providers: new Map(),
  ledgers: { as: (role: string) => LEDGERS[role] ?? notCalled(`the ledger of the ${role}`)() },
  policy: { withRoles: () => POLICY },
  describers: new Map(),
  codec: { name: 'the codec' },
  sealer: { open: (sealed: string, context: string) => `opened ${sealed} for ${context}` },
} as unknown as ProcessDeps;
const slack = { botToken: 'xoxb-1', appToken: 'xapp-1', channel: 'C1' };
/** Starts the gateway. `logged` has the lines of its log: the level, the details and the message. */
function start(connection: Connections['slack'] = slack) {
  const [logged, said]: [unknown[][], string[]] = [[], []];
  const at = (level: string) => (details: object, message: string) =>
    void logged.push([level, details, message]);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const logger = log as unknown as Logger;
  const gateway = supervise('Slack', logger, () => startGateway({ slack: connection }, deps, logger), {
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
    courierLedger: LEDGERS['courier'],
    policy: POLICY,
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

test('the stop waits for the bot', async () => {
  const { ready, stop } = start();
  await ready;
  await stop();
  expect(happened).toEqual(['bot stops', 'bot stopped']);
});

test('while Slack does not answer, people read why, and the gateway tries again', async () => {
  botStarts = () => Promise.reject(new Error('away'));
  const { ready, said, stop } = start();
  await jest.advanceTimersByTimeAsync(0);
  expect(said).toEqual(['Slack: away. Trying again in 1 s; Ctrl-C stops']);
  botStarts = () => Promise.resolve(botOf());
  await jest.advanceTimersByTimeAsync(1_000);
  await ready;
  await stop();
});

test('a bot that Slack does not reconnect is stopped, and another one is started', async () => {
  let lose: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (lose = reject));
  botStarts = () => Promise.resolve(botOf({ failed }));
  const { ready, said, stop } = start();
  await ready;
  botStarts = () => Promise.resolve(botOf({ stop: stopping('next bot') }));
  lose(new Error('lost'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual(['Slack: lost. Trying again in 1 s; Ctrl-C stops']);
  await stop();
  expect(happened).toEqual(['bot stops', 'bot stopped', 'next bot stops', 'next bot stopped']);
});
