import pg from 'pg';
import type { Db } from '../../providers/postgres/connection.ts';

/** The rows of an answer, or an error. */
export type Answer = readonly object[] | Error;

/** An error of Postgres with this SQLSTATE. */
export const refusedWith = (code: string, message = 'no') =>
  Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });

/**
 * A connection whose answers the test gives. `sent` has the statements in order, and `values` has those of each statement
 * that has some.
 */
export function dbThatAnswers(answer: (sql: string) => Answer | undefined) {
  const sent: string[] = [];
  const values: (readonly unknown[])[] = [];
  const query = (sql: string, given?: readonly unknown[]) => {
    sent.push(sql);
    if (given) values.push(given);
    const said = answer(sql) ?? [];
    return said instanceof Error
      ? Promise.reject(said)
      : Promise.resolve({ rows: said, rowCount: said.length });
  };
  const [on, off] = [() => undefined, () => undefined];
  return { db: { query, on, off } as unknown as Db, sent, values };
}
