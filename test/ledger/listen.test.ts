import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { listen } from '../../ledger/listen.ts';
import { watch } from '../../ledger/watch.ts';
import { untilInTurns as until } from '../until.fixture.ts';
import { endSessions } from './outage.fixture.ts';
import { database, rows } from './own-ledger.fixture.ts';

const NOBODY = 'postgres://nobody:x@127.0.0.1:1/none';
const closing: (() => Promise<void>)[] = [];

// The seconds of the code pass when a test says so. Connections are real.
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
  });
});
afterEach(async () => {
  jest.useRealTimers();
  for (const close of closing.splice(0)) await close();
});

/** A server that never answers. It counts its connections; `refuse` ends each at once. */
async function silentServer({ refuse = false } = {}) {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    if (refuse) socket.destroy();
    else socket.resume();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => new Promise((closed) => server.close(() => closed())));
  return {
    url: `postgres://nobody:x@127.0.0.1:${(server.address() as AddressInfo).port}/none`,
    connections: () => connections,
    open: () => sockets.size,
  };
}

function listening(url: string, channels: readonly string[] = ['one']) {
  let wakes = 0;
  const stop = listen(url, channels, () => (wakes += 1));
  return { wakes: () => wakes, stop };
}
const sessions = () =>
  rows(
    `select from pg_stat_activity where application_name = 'curfew-listen' and datname = current_database()`,
  );
const send = (channel: string) => rows('select pg_notify($1, $2)', [channel, '']);

describe('listening without a server', () => {
  test('connects again one second after each connection that failed', async () => {
    const server = await silentServer({ refuse: true });
    const { stop, wakes } = listening(server.url);
    for (const times of [1, 2, 3]) {
      await until(() => jest.getTimerCount() === 1);
      expect(server.connections()).toBe(times);
      jest.advanceTimersByTime(999);
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1);
      expect(jest.getTimerCount()).toBe(0);
    }
    await until(() => jest.getTimerCount() === 1);
    await stop();
    expect(wakes()).toBe(0);
  });

  test('does not connect again when it is stopped between two connections', async () => {
    const { stop } = listening(NOBODY);
    await until(() => jest.getTimerCount() === 1);
    await stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('ends the connection when it is stopped while it connects, and opens no other one', async () => {
    const server = await silentServer();
    const { stop } = listening(server.url);
    await until(() => server.open() === 1);
    await stop();
    await until(() => server.open() === 0);
    expect([server.connections(), jest.getTimerCount()]).toEqual([1, 0]);
  });
});

describe('listening to a server', () => {
  test('wakes once when it begins, once for each write to one of its channels, and for no other channel', async () => {
    const { stop, wakes } = listening(database.url, ['one', 'Two']);
    await until(() => wakes() === 1);
    for (const channel of ['one', 'other', 'two', 'Two']) await send(channel);
    await until(() => wakes() === 3);
    await send('one');
    await until(() => wakes() === 4); // the writes to other channels came before this one
    await stop();
    expect([jest.getTimerCount(), wakes()]).toEqual([0, 4]);
    await until(async () => (await sessions()).length === 0);
  });

  test('closes the connection when the server refuses to listen, and connects again after a second', async () => {
    const { stop, wakes } = listening(database.url, ['']); // Postgres has no channel without a name
    for (let times = 0; times < 2; times += 1) {
      await until(() => jest.getTimerCount() === 1);
      await until(async () => (await sessions()).length === 0);
      jest.advanceTimersByTime(1_000);
      expect(jest.getTimerCount()).toBe(0);
    }
    await until(() => jest.getTimerCount() === 1);
    await stop();
    expect(wakes()).toBe(0);
  });

  test('wakes when a lost connection is back, and hears again from then on (F04)', async () => {
    const { stop, wakes } = listening(database.url);
    await until(() => wakes() === 1);
    await endSessions(database.url);
    await until(() => jest.getTimerCount() === 1);
    expect(wakes()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await until(() => wakes() === 2);
    await send('one');
    await until(() => wakes() === 3);
    await stop();
  });
});

test('a watch that nothing wakes looks every two seconds, also while the server is unavailable', async () => {
  let looks = 0;
  const errors: unknown[] = [];
  const watching = watch({
    url: NOBODY,
    channel: 'one',
    look: () => Promise.resolve(void (looks += 1)).then(() => 0),
    onError: (error) => errors.push(error),
  });
  await until(() => jest.getTimerCount() === 2); // its own, and the one of the next connection
  for (const times of [1, 2, 3]) {
    expect(looks).toBe(times);
    jest.advanceTimersByTime(1_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toBe(times);
    jest.advanceTimersByTime(1);
    await until(() => looks > times);
  }
  await watching.stop();
  expect([errors, jest.getTimerCount()]).toEqual([[], 0]);
});

test('a watch that is woken and finds nothing looks once, and waits for two seconds again', async () => {
  let looks = 0;
  const watching = watch({
    url: database.url,
    channel: 'one',
    look: () => Promise.resolve(void (looks += 1)).then(() => 0),
    onError: () => undefined,
  });
  await until(() => looks === 2 && jest.getTimerCount() === 1); // the second, because it listens now
  for (const times of [3, 4]) {
    await send('one');
    await until(() => looks >= times && jest.getTimerCount() === 1);
    expect(looks).toBe(times);
  }
  await watching.stop();
  expect(jest.getTimerCount()).toBe(0);
});
