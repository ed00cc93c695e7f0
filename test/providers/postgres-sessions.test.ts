import { expect, test } from '@jest/globals';
import type { Db } from '../../providers/postgres/connection.ts';
import { terminateAll } from '../../providers/postgres/sessions.ts';

/** A database in which this many sessions of the role are still open after they were terminated. */
const databaseWith = (left: number): Db =>
  ({
    query: (sql: string) =>
      Promise.resolve(
        sql.includes('count(*)')
          ? { rows: [{ left }], rowCount: 1 }
          : { rows: [], rowCount: sql.includes('pg_terminate_backend(pid') ? 2 : 0 },
      ),
  }) as unknown as Db;
const role = { oid: '42' } as unknown as Parameters<typeof terminateAll>[1];

test('sessions that are still open are no receipt (F15)', async () => {
  await expect(terminateAll(databaseWith(1), role)).rejects.toMatchObject({
    code: 'not-verified',
    message: 'not-verified: postgres: 1 sessions of the role are still open',
  });
  expect(await terminateAll(databaseWith(0), role)).toBe(2);
});
