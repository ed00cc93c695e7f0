import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Db } from '../../providers/postgres/connection.ts';
import { dropRole } from '../../providers/postgres/leftovers.ts';

const neverAborts = new AbortController().signal;
const refusedWith = (code: string, message = 'no') =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });

/** A server where `drop role` fails with this error. `isThere` says whether the role exists afterwards. */
function serverWhereDropFails(error: Error, { isThere = true } = {}): Db {
  const answer = (sql: string) => {
    if (sql.startsWith('drop role')) return Promise.reject(error);
    if (sql.startsWith('select from pg_roles')) return { rows: [], rowCount: isThere ? 1 : 0 };
    return { rows: [], rowCount: 0 };
  };
  return { query: (sql: string) => Promise.resolve(answer(sql)) } as unknown as Db;
}
const role = { name: 'curfew_x', role: { oid: '42' } as never, owner: undefined };
const drop = (db: Db) => dropRole(db, 'postgres://a:b@127.0.0.1:1/orders', role, neverAborts);

describe('a role that cannot be dropped', () => {
  test.each([
    ['2BP01', 'provider-refused: postgres: 2BP01 no'],
    ['42501', 'provider-forbidden: postgres: 42501 no'],
  ])('is kept without login when Postgres refuses with %s, and the receipt says so', async (code, why) =>
    expect(await drop(serverWhereDropFails(refusedWith(code)))).toEqual([
      `The role could not be dropped, so it is kept without login (${why}).`,
    ]),
  );

  test.each([
    ['a lock', refusedWith('55P03')],
    ['a deadlock', refusedWith('40P01')],
    ['a server that shuts down', refusedWith('57P01')],
    ['a full disk', refusedWith('53100')],
    ['a standby', refusedWith('25006')],
    ['a lost connection', new Error('Connection terminated')],
  ])('is tried again after %s, so there is no receipt', async (_what, error) =>
    expect(drop(serverWhereDropFails(error))).rejects.toMatchObject({ code: 'provider-unavailable' }),
  );

  test('is gone when another attempt has dropped it', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704'), { isThere: false }))).toEqual([]));

  test('is not gone when Postgres misses another role', async () =>
    expect(await drop(serverWhereDropFails(refusedWith('42704', 'role "x" does not exist')))).toEqual([
      expect.stringContaining('could not be dropped'),
    ]));
});
