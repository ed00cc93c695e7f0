import pg from 'pg';
import type { Db } from '../../providers/postgres/connection.ts';

/** The rows of an answer, or an error. */
export type Answer = readonly object[] | Error;

/** An error of Postgres with this SQLSTATE. */
export const refusedWith = (code: string, message = 'no') =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });

/** A connection whose answers the test gives. `sent` has the statements in order. */
export function dbThatAnswers(answer: (sql: string) => Answer | undefined) {
  const sent: string[] = [];
  const query = (sql: string) => {
    sent.push(sql);
    const said = answer(sql) ?? [];
    return said instanceof Error
      ? Promise.reject(said)
      : Promise.resolve({ rows: said, rowCount: said.length });
  };
  return { db: { query } as unknown as Db, sent };
}
