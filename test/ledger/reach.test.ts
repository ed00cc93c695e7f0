import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type LeaseId, leaseIdOf } from '../../core/ids.ts';
import { openLedger } from '../../ledger/index.ts';
import { openProbe } from '../../ledger/reach.ts';
import { startPgProxy } from '../faults/pg-proxy.fixture.ts';
import { until, untilInTurns } from '../until.fixture.ts';
import { approvedIn, newRequest, openedIn, stepOf } from './ledger.fixture.ts';
import { asAdmin } from './database.fixture.ts';
import { blockDatabase } from './outage.fixture.ts';
import { database, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

let lease: LeaseId;
const canWrite = (url: string, of: LeaseId) => openProbe(url, 'provider')(of);
beforeAll(async () => void (lease = leaseIdOf(await approvedIn(ledger), 0)));
afterEach(() => void jest.useRealTimers());

/** The seconds of the code pass when a test says so. Connections are real. */
const fakeTimers = () =>
  jest.useFakeTimers({
    doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
  });
const through = (more: (url: URL) => void): string => {
  const url = new URL(database.url);
  more(url);
  return url.href;
};

describe('the ledger can record for a lease', () => {
  test('over a new connection, as its process reads it', async () => {
    expect(await ledger.canWrite(lease)).toBe(true);
  });

  test('while every connection of the process is in use', async () => {
    const busy = openLedger(database.url, { connections: 1 });
    let [release, reached] = [(): void => undefined, false];
    const released = new Promise<void>((resolve) => (release = resolve));
    const request = await openedIn(ledger);
    const step = stepOf(request, 'slow', (at) => ({ kind: 'lapse', at }));
    const slow = busy.record({
      ...step,
      async command(state, at) {
        reached = true;
        await released;
        return step.command(state, at);
      },
    });
    await untilInTurns(() => reached);
    expect(await busy.canWrite(lease)).toBe(true);
    release();
    await slow;
    await busy.close();
  });

  test('while another session changes it', async () => {
    expect(await whileHeld('select from lease where id = $1', [lease], () => ledger.canWrite(lease))).toBe(
      true,
    );
  });

  test('while another session has locked the whole table', async () => {
    await asAdmin(async (session) => {
      await session.query('begin');
      await session.query('lock table lease in exclusive mode');
      expect(await ledger.canWrite(lease)).toBe(true);
      await session.query('rollback');
    }, database.url);
  });

  test('by a login that may do nothing but act as the provider, also when the address has options of its own', async () => {
    const login = `login_${randomBytes(5).toString('hex')}`;
    await rows(`create role ${login} login noinherit password 'x' in role curfew_provider`);
    const url = (options?: string) =>
      through((address) => {
        [address.username, address.password] = [login, 'x'];
        if (options) address.searchParams.set('options', options);
      });
    const seen = [await canWrite(url(), lease), await canWrite(url('-c search_path=public,pg_temp'), lease)];
    await rows(`drop role ${login}`);
    expect(seen).toEqual([true, true]);
  });
});

describe('the ledger counts as unavailable', () => {
  test('when the ledger does not have it', async () => {
    expect(await ledger.canWrite(leaseIdOf(newRequest(), 0))).toBe(false);
  });

  test('when the address has no server, or its password is wrong', async () => {
    expect(
      await canWrite(
        through((url) => (url.port = '1')),
        lease,
      ),
    ).toBe(false);
    expect(
      await canWrite(
        through((url) => (url.username = 'nobody_at_all')),
        lease,
      ),
    ).toBe(false);
  });

  test('while its database accepts no connection', async () => {
    const unblock = await blockDatabase(database.url);
    const seen = await ledger.canWrite(lease);
    await unblock();
    expect(seen).toBe(false);
  });

  test('when the server does not greet within three seconds', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket.resume()));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    fakeTimers();
    const reading = canWrite(
      through((url) => (url.port = String(port))),
      lease,
    );
    await untilInTurns(() => sockets.length === 1);
    jest.advanceTimersByTime(3_000);
    expect(await reading).toBe(false);
    await new Promise((closed) => server.close(closed));
  });

  test('when the ledger answers reads and refuses writes, as with a full disk or after a failover (F04, I14)', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await rows(`alter database ${name} set default_transaction_read_only = on`);
    try {
      expect(await canWrite(database.url, lease)).toBe(false);
    } finally {
      await asAdmin(async (admin) => {
        await admin.query(`alter database ${name} reset default_transaction_read_only`);
      });
    }
    expect(await canWrite(database.url, lease)).toBe(true);
  });

  test('when the server does not answer within three seconds', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await startPgProxy(hostname, Number(port));
    const { reached } = proxy.arm({ when: (sql) => /update lease/.test(sql), act: 'hang' });
    fakeTimers();
    const reading = canWrite(proxy.through(database.url), lease);
    await reached;
    jest.advanceTimersByTime(3_000);
    expect(await reading).toBe(false);
    await proxy.stop();
  });
});

describe('however many ask at the same moment', () => {
  /** How many connections are opened for twenty questions about leases, and the answers. */
  async function asked(url: string, leases: readonly LeaseId[]) {
    const Client = pg.Client;
    const opened = jest
      .spyOn(pg, 'Client')
      .mockImplementation(((settings: pg.ClientConfig) => new Client(settings)) as never);
    const probe = openProbe(url, 'provider');
    const answers = await Promise.all(leases.map(probe));
    const count = opened.mock.calls.length;
    opened.mockRestore();
    return { count, answers };
  }

  test('one connection answers all of them, each for its own lease', async () => {
    const unknown = leaseIdOf(newRequest(), 0);
    const leases = Array.from({ length: 20 }, (_, index) => (index === 7 ? unknown : lease));
    expect(await asked(database.url, leases)).toEqual({
      count: 1,
      answers: leases.map((each) => each === lease),
    });
  });

  test('one connection that fails answers all of them', async () => {
    const nobody = through((url) => (url.port = '1'));
    expect(await asked(nobody, [lease, lease, lease])).toEqual({ count: 1, answers: [false, false, false] });
  });

  test('a later question gets a new connection, also after one that failed', async () => {
    const probe = openProbe(database.url, 'provider');
    expect([await probe(lease), await probe(lease)]).toEqual([true, true]);
    const unblock = await blockDatabase(database.url);
    expect(await probe(lease)).toBe(false);
    await unblock();
    expect([await probe(lease), await probe(lease)]).toEqual([true, true]);
  });

  test('the connection has a name of its own, and is closed after the answer', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await startPgProxy(hostname, Number(port));
    const { reached } = proxy.arm({ when: (sql) => /update lease/.test(sql), act: 'hang' });
    const count = async () =>
      (
        await rows(
          `select from pg_stat_activity where datname = current_database() and application_name = 'curfew-probe'`,
        )
      ).length;
    const asking = canWrite(proxy.through(database.url), lease);
    await reached;
    expect(await count()).toBe(1);
    await proxy.stop(); // The connection breaks while a question is asked.
    expect(await asking).toBe(false);
    expect(await canWrite(database.url, lease)).toBe(true);
    await until('it is closed', async () => (await count()) === 0);
  });
});
