import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { asPerson } from '../../slack/simulated-person.ts';
import type { SlackServer, SlackOptions } from '../../slack/server.ts';
import { connect } from './raw-socket.fixture.ts';
import { ACCESS, actions, ANA, BO, button, call, plain, section, start, TOKENS } from './tiny-app.fixture.ts';

let slack: SlackServer | undefined;
const begin = async (more: Partial<SlackOptions> = {}) => (slack = await start(more));
afterEach(async () => {
  await slack?.stop();
  slack = undefined;
});

const modal = { type: 'modal', title: plain('T'), submit: plain('Go'), blocks: [section('x')] };

describe('Socket Mode with a minimal client', () => {
  test('hello has the number of connections and the app’s id', async () => {
    const workspace = await begin();
    const first = await connect(workspace);
    expect(await first.next()).toMatchObject({
      type: 'hello',
      num_connections: 1,
      debug_info: { host: 'sandbox', approximate_connection_time: 18_060 },
      connection_info: { app_id: 'A0CURFEW01' },
    });
    expect(await (await connect(workspace)).next()).toMatchObject({ type: 'hello', num_connections: 2 });
    expect(workspace.workspace.connections).toBe(2);
  });

  test('an address from apps.connections.open opens one connection', async () => {
    const workspace = await begin();
    const { url } = await call(workspace, 'apps.connections.open', {}, TOKENS.appToken);
    const first = new WebSocket(String(url));
    await once(first, 'open');
    const second = new WebSocket(String(url));
    const [error] = await once(second, 'error');
    expect(String(error)).toContain('403');
  });

  test.each(['//', '/link/', '/link/?ticket=', '/link/?ticket=%', '/other'])(
    '%s opens no connection',
    async (path) => {
      const workspace = await begin();
      const socket = connectTcp(Number(new URL(workspace.url).port), '127.0.0.1');
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
      );
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toMatch(/^HTTP\/1.1 403 /);
      expect(await call(workspace, 'auth.test')).toMatchObject({ ok: true });
    },
  );

  test('an 11th connection is refused', async () => {
    const workspace = await begin();
    for (let index = 0; index < 10; index += 1) await (await connect(workspace)).next();
    expect(await (await connect(workspace)).next()).toEqual({
      type: 'disconnect',
      reason: 'too_many_websockets',
    });
  });

  test('each envelope is sent over one connection, and the connections take turns', async () => {
    const workspace = await begin();
    const sockets = [await connect(workspace), await connect(workspace)];
    for (const socket of sockets) await socket.next();
    const bo = asPerson(workspace.workspace, BO);
    const sent = [bo.command('/access', ACCESS), bo.command('/access', ACCESS)];
    for (const socket of sockets) {
      const envelope = await socket.next();
      expect(envelope).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
      socket.ack(envelope);
    }
    expect(await Promise.all(sent)).toEqual([{ kind: 'acked' }, { kind: 'acked' }]);
    expect(sockets.map(({ received }) => received.length)).toEqual([2, 2]);
  });

  test('the server sends pings and responds to pings', async () => {
    const { socket } = await connect(await begin({ pingEvery: 5 }));
    await once(socket, 'ping');
    socket.ping('mine');
    const [data] = (await once(socket, 'pong')) as [Buffer];
    expect(data.toString()).toBe('mine');
  });

  test('invalid messages of the app are ignored', async () => {
    const workspace = await begin();
    const raw = await connect(workspace);
    await raw.next();
    for (const nonsense of ['{', '[]', 'null', '{"envelope_id":7}', '{"envelope_id":"unknown"}'])
      raw.socket.send(nonsense);
    const sent = asPerson(workspace.workspace, ANA).command('/access', ACCESS);
    raw.ack(await raw.next());
    expect(await sent).toEqual({ kind: 'acked' });
  });

  test('a click that is not acknowledged is not retried', async () => {
    const workspace = await begin({ ackWithin: 40, redeliverAfter: [0, 0, 0] });
    const raw = await connect(workspace);
    await raw.next();
    await call(workspace, 'chat.postMessage', { channel: ACCESS, blocks: [actions(button('go'))] });
    const ana = asPerson(workspace.workspace, ANA);
    const card = await ana.waitForMessage(() => true, ACCESS);
    expect(await ana.click(card, 'go')).toMatchObject({ kind: 'failed', code: 'operation_timeout' });
    // The event is sent after the click. A retry of the click would arrive before the event.
    const home = ana.openHome();
    expect(await raw.next()).toMatchObject({ type: 'interactive', payload: { type: 'block_actions' } });
    const event = await raw.next();
    expect(event).toMatchObject({ type: 'events_api' });
    raw.ack(event);
    await home;
  });

  test('an event that is not acknowledged is retried three times with the same event_id', async () => {
    const workspace = await begin({ ackWithin: 20, redeliverAfter: [0, 1, 2] });
    const raw = await connect(workspace);
    await raw.next();
    expect(await asPerson(workspace.workspace, ANA).openHome()).toMatchObject({ kind: 'failed' });
    const sent = [await raw.next(), await raw.next(), await raw.next(), await raw.next()];
    expect(sent.map(({ retry_attempt, retry_reason }) => [retry_attempt, retry_reason])).toEqual([
      [0, ''],
      [1, 'timeout'],
      [2, 'timeout'],
      [3, 'timeout'],
    ]);
    expect(new Set(sent.map(({ payload }) => payload['event_id'])).size).toBe(1);
    expect(new Set(sent.map(({ envelope_id }) => envelope_id)).size).toBe(4);
  });

  test('an event that is acknowledged at its first retry is not retried again', async () => {
    const workspace = await begin({ ackWithin: 20, redeliverAfter: [0, 0, 0] });
    const raw = await connect(workspace);
    await raw.next();
    await asPerson(workspace.workspace, ANA).openHome();
    await raw.next();
    raw.ack(await raw.next());
    const command = asPerson(workspace.workspace, BO).command('/access', ACCESS);
    const after = await raw.next();
    expect(after.type).toBe('slash_commands');
    raw.ack(after);
    expect(await command).toEqual({ kind: 'acked' });
  });

  test('without a connection a command fails, and the person gets a warning', async () => {
    const { workspace } = await begin();
    expect(await asPerson(workspace, ANA).command('/access', ACCESS)).toEqual({
      kind: 'failed',
      code: 'dispatch_failed',
      warning: '/access failed with the error "dispatch_failed"',
    });
  });

  test('a command fails when the connection is lost before the acknowledgement', async () => {
    const workspace = await begin();
    const raw = await connect(workspace);
    await raw.next();
    const sent = asPerson(workspace.workspace, ANA).command('/access', ACCESS);
    await raw.next();
    raw.socket.terminate();
    expect(await sent).toMatchObject({ kind: 'failed', code: 'operation_timeout' });
  });
});

describe('a trigger', () => {
  /** Types a command, acknowledges it and returns its trigger. */
  async function triggered(workspace: SlackServer): Promise<unknown> {
    const raw = await connect(workspace);
    await raw.next();
    const sent = asPerson(workspace.workspace, ANA).command('/access', ACCESS);
    const envelope = await raw.next();
    raw.ack(envelope);
    await sent;
    raw.socket.close();
    return envelope.payload['trigger_id'];
  }

  test('opens one modal', async () => {
    const workspace = await begin();
    const trigger_id = await triggered(workspace);
    expect(await call(workspace, 'views.open', { trigger_id, view: modal })).toMatchObject({ ok: true });
    expect(await call(workspace, 'views.open', { trigger_id, view: modal })).toMatchObject({
      error: 'exchanged_trigger_id',
    });
  });

  test('expires after three seconds', async () => {
    let clock = 1_800_000_000_000;
    const workspace = await begin({ now: () => clock });
    const trigger_id = await triggered(workspace);
    clock += 3001;
    expect(await call(workspace, 'views.open', { trigger_id, view: modal })).toMatchObject({
      error: 'expired_trigger_id',
    });
  });

  test('is not used up by a view that Slack refuses', async () => {
    const workspace = await begin();
    const trigger_id = await triggered(workspace);
    expect(await call(workspace, 'views.open', { trigger_id, view: {} })).toMatchObject({
      error: 'invalid_arguments',
    });
    expect(await call(workspace, 'views.open', { trigger_id, view: modal })).toMatchObject({ ok: true });
  });

  test('opens at most three modals on top of each other, and needs an open modal for views.push', async () => {
    const workspace = await begin();
    const push = async () =>
      call(workspace, 'views.push', { trigger_id: await triggered(workspace), view: modal });
    expect(await push()).toMatchObject({ error: 'not_found' });
    await call(workspace, 'views.open', { trigger_id: await triggered(workspace), view: modal });
    expect(await push()).toMatchObject({ ok: true });
    expect(await push()).toMatchObject({ ok: true });
    expect(await push()).toMatchObject({ error: 'push_limit_reached' });
    const ana = asPerson(workspace.workspace, ANA);
    expect(await ana.close(true)).toEqual({ kind: 'cleared' });
    expect(ana.modal()).toBeUndefined();
  });

  test('an external_id belongs to one view, and views.update finds the view by it', async () => {
    const workspace = await begin();
    const named = { ...modal, external_id: 'req_1' };
    await call(workspace, 'views.open', { trigger_id: await triggered(workspace), view: named });
    expect(
      await call(workspace, 'views.push', { trigger_id: await triggered(workspace), view: named }),
    ).toMatchObject({ error: 'duplicate_external_id' });
    expect(await call(workspace, 'views.update', { external_id: 'req_1', view: named })).toMatchObject({
      ok: true,
    });
  });
});
