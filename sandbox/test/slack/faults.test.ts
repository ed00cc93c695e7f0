import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { asPerson } from '../../slack/simulated-person.ts';
import type { SlackServer } from '../../slack/server.ts';
import { ACCESS, ANA, clientFor, eagerBoltFor, start } from './tiny-app.fixture.ts';

let slack: SlackServer;
let bolt: App;
let client: WebClient;
const heard: string[] = [];
const texts = () =>
  asPerson(slack.workspace, ANA)
    .messages(ACCESS)
    .map(({ text }) => text);
const post = (text: string) => client.chat.postMessage({ channel: ACCESS, text });
const connected = (count: number) =>
  asPerson(slack.workspace, ANA).waitFor(`${count} connections`, () =>
    slack.workspace.connections === count ? true : undefined,
  );

beforeAll(async () => {
  slack = await start();
  client = clientFor(slack.apiUrl);
  bolt = eagerBoltFor(slack);
  bolt.command('/access', async ({ ack, body }) => {
    heard.push(body.trigger_id);
    await ack();
  });
  await bolt.start();
});
afterEach(() => slack.faults.clear());
afterAll(async () => {
  await bolt?.stop();
  await slack?.stop();
});

describe('a fault applies to the calls it was injected for, and to no others', () => {
  test('the next two posts get 429 with a wait of seven seconds and have no effect', async () => {
    slack.faults.rateLimit('chat.postMessage', 7, 2);
    await expect(post('limited')).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 7,
    });
    await expect(post('limited')).rejects.toMatchObject({ retryAfter: 7 });
    await expect(client.auth.test()).resolves.toMatchObject({ ok: true });
    await expect(post('through')).resolves.toMatchObject({ ok: true });
    expect(texts()).toEqual(['through']);
  });

  test('a slow call gets a response, unless the client’s timeout is shorter', async () => {
    slack.faults.slow('chat.postMessage', 30);
    await expect(post('slow')).resolves.toMatchObject({ ok: true });
    slack.faults.slow('auth.test', 60_000);
    const hasty = clientFor(slack.apiUrl, { timeout: 30 });
    await expect(hasty.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
  });

  test('a call with a lost response has its effect', async () => {
    slack.faults.loseResponse('chat.postMessage');
    await expect(post('posted, but who knows')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    expect(texts()).toContain('posted, but who knows');
  });

  test('a lost call has no effect', async () => {
    slack.faults.inject('chat.postMessage', { kind: 'lost-call' });
    await expect(post('never posted')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    expect(texts()).not.toContain('never posted');
  });

  test('any method can respond with an internal error', async () => {
    slack.faults.inject('*', { kind: 'error', error: 'internal_error' });
    await expect(client.auth.test()).rejects.toMatchObject({ data: { error: 'internal_error' } });
  });

  test('the same command is delivered five times, with one trigger', async () => {
    slack.faults.duplicate(5);
    heard.length = 0;
    const ana = asPerson(slack.workspace, ANA);
    expect(await ana.command('/access', ACCESS)).toEqual({ kind: 'acked' });
    expect(await ana.command('/access', ACCESS)).toEqual({ kind: 'acked' });
    expect(heard).toHaveLength(6);
    expect(new Set(heard).size).toBe(2);
    expect(new Set(heard.slice(0, 5)).size).toBe(1);
  });

  test.each([
    ['closed sockets', () => slack.faults.dropSockets()],
    ['a warning', () => slack.faults.disconnectSockets('warning')],
    ['a request to reconnect', () => slack.faults.disconnectSockets('refresh_requested')],
  ])('Bolt reconnects after %s', async (_what, disconnect) => {
    await connected(1);
    disconnect();
    await connected(0);
    await connected(1);
    expect(await asPerson(slack.workspace, ANA).command('/access', ACCESS)).toEqual({ kind: 'acked' });
  });

  test('a workspace that is down does not respond and keeps its state', async () => {
    await connected(1);
    await post('before it went down');
    slack.faults.down();
    await connected(0);
    await expect(post('to nobody')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
    expect(await asPerson(slack.workspace, ANA).command('/access', ACCESS)).toMatchObject({
      code: 'dispatch_failed',
    });
    slack.faults.up();
    await connected(1);
    // Waits until Bolt is connected too. If Bolt is stopped before, its reconnect ends as an unhandled
    // rejection.
    expect(await asPerson(slack.workspace, ANA).command('/access', ACCESS)).toEqual({ kind: 'acked' });
    expect(texts()).toContain('before it went down');
    expect(texts()).not.toContain('to nobody');
  });

  test('a wait that times out reports what the person sees', async () => {
    const waited = asPerson(slack.workspace, ANA).waitForMessage(({ text }) => text === 'never', ACCESS, 1);
    await expect(waited).rejects.toThrow(
      /waited 1 ms for a message in C0ACCESS01.*\n.*#access-requests .*: through/s,
    );
  });
});
