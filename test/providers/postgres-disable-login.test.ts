import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { disableLogin } from '../../providers/postgres/disable-login.ts';
import { terminateSessions } from '../../providers/postgres/sessions.ts';
import { type PgAnswer, startPgServer, stopServers } from './postgres-server.fixture.ts';
import { type Answer, dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';
import { untilInTurns } from '../until.fixture.ts';
import { faultOf } from './conformance.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const login = { name: 'curfew_x', oid: '42' };
const ALTER = 'alter role "curfew_x" with nologin password null connection limit 0';
const TERMINATE = 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where usesysid = $1::oid';
const TERMINATE_AND_LEAVE_LOGIN = [
  'begin',
  'grant "curfew_x" to current_user with inherit true, set true',
  TERMINATE,
  'rollback',
];
const isOfInterest = (sql: string) => !/set_config|server_version_num/.test(sql);

afterEach(async () => {
  jest.useRealTimers();
  await stopServers();
});

/** A server for the second connection, on which `count` sessions of the role are terminated. */
async function serverWith(count: number, refuse = false) {
  const server = await startPgServer({
    answer: (sql): PgAnswer => {
      if (sql.includes('server_version_num')) return [{ v: 180_000 }];
      if (sql === TERMINATE)
        return refuse ? '57014' : Array.from({ length: count }, () => ({ stopped: true }));
      return [];
    },
  });
  return server;
}
/** The first connection, with the answers to `alter role` in order. */
function dbWhoseAlters(
  answers: readonly (Answer | Promise<void>)[],
  others: Readonly<Record<string, Answer>> = {},
) {
  const rest = [...answers];
  const { db, sent } = dbThatAnswers((sql) => {
    const other = Object.entries(others).find(([start]) => sql.startsWith(start));
    if (other) return other[1];
    if (sql.includes('server_version_num')) return [{ v: 180_000 }];
    if (sql.includes('count(*)')) return [{ left: 0 }];
    return sql === TERMINATE ? [{}] : [];
  });
  const query = db.query.bind(db) as (sql: string) => Promise<unknown>;
  const alter = async (sql: string) => {
    const said = rest.shift() ?? [];
    if (said instanceof Error) sent.push(sql);
    if (said instanceof Error) throw said;
    await said;
    return query(sql);
  };
  return { db: { query: (sql: string) => (sql === ALTER ? alter(sql) : query(sql)) } as typeof db, sent };
}
const CHANGED = refusedWith('XX000', 'tuple concurrently updated');
const altersIn = (sent: readonly string[]) => sent.filter((sql) => sql === ALTER).length;

describe('a role that its own session changes at the same moment', () => {
  test('is disabled at the fifth attempt; after each failed attempt its sessions are terminated and counted', async () => {
    const server = await serverWith(2);
    const { db, sent } = dbWhoseAlters([CHANGED, CHANGED, CHANGED, CHANGED]);
    expect(await disableLogin(db, server.address, login, { signal: neverAborts })).toBe(4 * 2 + 1);
    expect(altersIn(sent)).toBe(5);
    expect(server.connections.map(({ statements }) => statements.filter(isOfInterest))).toEqual(
      Array.from({ length: 4 }, () => TERMINATE_AND_LEAVE_LOGIN),
    );
  });

  test('is not disabled after five attempts: that is an error', async () => {
    const server = await serverWith(2);
    const { db, sent } = dbWhoseAlters(Array.from({ length: 6 }, () => CHANGED));
    await expect(disableLogin(db, server.address, login, { signal: neverAborts })).rejects.toBe(CHANGED);
    expect(altersIn(sent)).toBe(5);
  });

  test('is an error when its sessions cannot be terminated', async () => {
    const server = await serverWith(2, true);
    const { db } = dbWhoseAlters([CHANGED]);
    await expect(disableLogin(db, server.address, login, { signal: neverAborts })).rejects.toThrow('57014');
  });
});

test('a call that is cancelled opens no second connection', async () => {
  const server = await startPgServer();
  const { db } = dbWhoseAlters([CHANGED]);
  await expect(
    disableLogin(db, server.address, login, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({
    code: 'provider-unavailable',
  });
  expect(server.connections).toEqual([]);
});

test('another refusal is an error at the first attempt', async () => {
  const server = await serverWith(2);
  const refused = refusedWith('42501');
  const { db, sent } = dbWhoseAlters([refused]);
  await expect(disableLogin(db, server.address, login, { signal: neverAborts })).rejects.toBe(refused);
  expect([altersIn(sent), server.connections]).toEqual([1, []]);
});

describe('a lock of somebody else', () => {
  const GRANT = 'grant "curfew_x" to current_user with inherit true, set true';
  const REVOKE = 'revoke "orders_read" from "curfew_x"';
  const MEMBERS = { 'select distinct g.rolname': [{ name: 'orders_read' }] };
  const changes = (sent: readonly string[]) =>
    sent.filter((sql) => /^(begin|commit|rollback|alter|revoke|grant|select pg_terminate)/.test(sql));

  test.each(['55P03', '57014'])(
    'on the login leaves the memberships revoked and the sessions terminated: %s (I3)',
    async (code) => {
      const { db, sent } = dbWhoseAlters([refusedWith(code)], {
        ...MEMBERS,
        'select gid': [{ gid: 'k', database: 'orders', owner: 'curfew_x' }],
      });
      await expect(
        disableLogin(db, (await serverWith(0)).address, login, { signal: neverAborts }),
      ).rejects.toThrow(
        'provider-unavailable: postgres: the login of curfew_x could not be disabled, because somebody else holds a lock. Its sessions were terminated. These transactions are prepared and may hold the lock: "k" of curfew_x in orders. A superuser or the owner has to end them (rollback prepared)',
      );
      expect(changes(sent)).toEqual([
        'begin',
        ALTER,
        'rollback',
        'begin',
        REVOKE,
        GRANT,
        'commit',
        GRANT,
        TERMINATE,
      ]);
    },
  );

  test('on a membership leaves the login disabled and the sessions terminated (I3)', async () => {
    const { db, sent } = dbWhoseAlters([[]], { ...MEMBERS, revoke: refusedWith('55P03') });
    const fault = faultOf(disableLogin(db, (await serverWith(0)).address, login, { signal: neverAborts }));
    expect((await fault).message).toBe(
      'provider-unavailable: postgres: a membership of curfew_x could not be revoked, because somebody else holds a lock. Its sessions were terminated',
    );
    expect(changes(sent)).toEqual(['begin', ALTER, 'commit', 'begin', REVOKE, 'rollback', GRANT, TERMINATE]);
  });
});

describe('a role whose session holds the lock', () => {
  const disableWhileLocked = async (refuse = false, seconds = 1) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const server = await serverWith(2, refuse);
    let release: () => void = () => undefined;
    const { db } = dbWhoseAlters([new Promise<void>((resolve) => (release = resolve))]);
    const disabling = disableLogin(db, server.address, login, { signal: neverAborts });
    const immediately = () => new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(999);
    for (let turn = 0; turn < 20; turn += 1) await immediately();
    const early = server.connections.length;
    await jest.advanceTimersByTimeAsync(1);
    await untilInTurns(() => server.connections[0]?.closed === true);
    for (let second = 1; second < seconds; second += 1) {
      for (let turn = 0; turn < 20; turn += 1) await immediately();
      await jest.advanceTimersByTimeAsync(1_000);
      for (let turn = 0; turn < 500 && !server.connections[second]?.closed; turn += 1) await immediately();
    }
    release();
    jest.useRealTimers();
    return { early, terminated: await disabling, server };
  };

  test('loses its sessions after one second, while the statement waits', async () => {
    const { early, terminated, server } = await disableWhileLocked();
    expect([early, terminated]).toEqual([0, 2 + 1]);
    expect(server.connections[0]?.statements.filter(isOfInterest)).toEqual(TERMINATE_AND_LEAVE_LOGIN);
  });

  test('loses its sessions again after each further second, because a new one may hold the lock', async () =>
    expect(await disableWhileLocked(false, 3)).toMatchObject({ early: 0, terminated: 3 * 2 + 1 }));

  test('is disabled although its sessions could not be terminated at that time', async () =>
    expect(await disableWhileLocked(true)).toMatchObject({ terminated: 1 }));
});

test('sessions are terminated without a lasting change', async () => {
  const { db, sent } = dbWhoseAlters([]);
  expect(await terminateSessions(db, login)).toBe(1);
  expect(sent.filter(isOfInterest)).toEqual(TERMINATE_AND_LEAVE_LOGIN);
});
