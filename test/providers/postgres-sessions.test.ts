import { describe, expect, test } from '@jest/globals';
import { terminateAll } from '../../providers/postgres/sessions.ts';
import { type Answer, dbThatAnswers, refusedWith } from './postgres-db.fixture.ts';

const role = { oid: '42', name: 'curfew_x' };
const SLEEP = 'select pg_sleep($1)';
const TERMINATE = 'select pg_terminate_backend($1) as told';

type Server = Readonly<{
  /** The sessions of the role that are still open at the end. */
  left?: number;
  /** The processes that are starting, one list for each read. */
  starting?: readonly (readonly number[])[];
  /** How many sessions of the role have completed their start meanwhile. */
  started?: number;
  /** The answers to the termination of starting processes. */
  stops?: readonly (boolean | Error)[];
  /** Why Curfew cannot act as the role. */
  refuses?: Error;
}>;

/** A server with two open sessions of the role. */
function serverWith({ left = 0, starting = [], started = 0, stops = [], refuses }: Server = {}) {
  const [lists, answers, open] = [[...starting], [...stops], [2, started]];
  return dbThatAnswers((sql): Answer => {
    if (sql.includes('count(*)')) return [{ left }];
    if (sql.startsWith('select pg_terminate_backend(pid'))
      return Array.from({ length: open.shift() ?? 0 }, () => ({}));
    if (sql.includes('from pg_locks')) return (lists.shift() ?? []).map((pid) => ({ pid }));
    if (sql === 'set role "curfew_x"' && refuses) return refuses;
    if (sql !== TERMINATE) return [];
    const stopped = answers.shift() ?? false;
    return stopped instanceof Error ? stopped : [{ told: stopped }];
  });
}

test('sessions that are still open are no receipt (F15)', async () => {
  await expect(terminateAll(serverWith({ left: 1 }).db, role)).rejects.toMatchObject({
    code: 'not-verified',
    message: 'not-verified: postgres: 1 sessions of the role are still open',
  });
  expect(await terminateAll(serverWith().db, role)).toBe(2);
});

describe('a process that is starting', () => {
  const stop = async (server: Server) => {
    const { db, sent, values } = serverWith(server);
    const terminated = await terminateAll(db, role);
    return { terminated, attempts: sent.filter((sql) => sql === TERMINATE).length, sent, values };
  };

  test('is not waited for when there is none', async () => {
    const { terminated, sent } = await stop({ starting: [[]] });
    expect(terminated).toBe(2);
    expect(sent).not.toContain(SLEEP);
  });

  test('is left alone when it starts in the usual time, or has just begun', async () => {
    const { terminated, attempts, sent } = await stop({ starting: [[7], [8]] });
    expect([terminated, attempts]).toEqual([2, 0]);
    expect(sent).toContain(SLEEP);
  });

  test('is terminated and counted as an open session when it completes its start meanwhile (I3)', async () =>
    expect(await stop({ starting: [[7], []], started: 1 })).toMatchObject({ terminated: 3, attempts: 0 }));

  test('is terminated and counted when it takes longer, whichever they are', async () =>
    expect(
      await stop({
        starting: [[7, 8], [7, 8, 9], [8, 9], [9]],
        stops: [true, true],
      }),
    ).toMatchObject({
      terminated: 4,
      attempts: 2,
    }));

  test('is terminated when it is still starting after 0.2 s, and no session of another role is', async () => {
    const { values } = await stop({
      starting: [
        [7, 8],
        [8, 9],
      ],
      stops: [true],
    });
    expect(values).toEqual([['42'], [0.2], [8], ['42'], ['42']]);
  });

  test('of another role cannot be terminated, and the next one is', async () =>
    expect(
      await stop({
        starting: [
          [7, 8],
          [7, 8],
        ],
        stops: [refusedWith('42501'), true],
      }),
    ).toMatchObject({ terminated: 3, attempts: 2 }));

  test('is terminated as the role of the lease, so that Postgres refuses each session of another role', async () => {
    const { sent } = await stop({ starting: [[7], [7]], stops: [refusedWith('42501')] });
    const at = sent.indexOf(TERMINATE);
    expect(sent.slice(at - 1, at + 2)).toEqual(['set role "curfew_x"', TERMINATE, 'reset role']);
  });

  test('is no receipt while Curfew is no member of the role, because nothing says whose session it is', async () => {
    const starting = [[7], [7]];
    await expect(stop({ starting, refuses: refusedWith('42501') })).rejects.toThrow(
      new Error(
        "not-verified: postgres: Curfew's login is no member of the role curfew_x, so a session that is starting may be of this role",
      ),
    );
    await expect(stop({ starting, refuses: refusedWith('57P01') })).rejects.toMatchObject({ code: '57P01' });
  });

  test('that has ended meanwhile, or is no session, is neither counted nor waited for', async () => {
    const { terminated, sent } = await stop({ starting: [[7], [7], [7]], stops: [false] });
    expect(terminated).toBe(2);
    expect(sent.filter((sql) => sql === SLEEP)).toHaveLength(1);
  });

  test('is waited for, until it is gone', async () => {
    const { sent, values } = await stop({ starting: [[7], [7], [7], [7, 9], [9]], stops: [true] });
    expect(sent.filter((sql) => sql === SLEEP)).toHaveLength(3);
    expect(values).toContainEqual([0.1]);
  });

  test('that does not end is no receipt', async () =>
    expect(stop({ starting: Array.from({ length: 60 }, () => [7]), stops: [true] })).rejects.toThrow(
      new Error('not-verified: postgres: process 7 is a session of the role, and it does not end'),
    ));

  test('whose termination fails in another way is no receipt', async () =>
    expect(stop({ starting: [[7], [7]], stops: [refusedWith('57P01')] })).rejects.toMatchObject({
      code: '57P01',
    }));
});
