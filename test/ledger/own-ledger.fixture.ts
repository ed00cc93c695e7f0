import { afterAll, beforeAll } from '@jest/globals';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { asAdmin, freshDatabase, shiftClock, stopClock } from './database.fixture.ts';
import { rowsOf } from './ledger.fixture.ts';

/**
 * The ledger of the test file that imports this, in a database of its own. It is opened before the tests of the file,
 * and closed and dropped after them.
 */
export let ledger: Ledger;
export let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase();
  await withPlainPlans();
  ledger = openLedger(database.url);
});
afterAll(async () => {
  await ledger?.close();
  await database?.drop();
});

/**
 * Statements find their rows without indexes, so that rows are in an order only when the statement says so. They join by nested loops, so that the
 * select of an `in` runs once for each row: a limit and a lock in it then hold only when the statement makes it run once.
 */
async function withPlainPlans(): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  const indexes = ['indexscan', 'indexonlyscan', 'bitmapscan'];
  for (const each of [...indexes, 'hashjoin', 'mergejoin', 'hashagg', 'sort', 'material', 'memoize'])
    await rows(`alter database ${name} set enable_${each} = off`);
}

/** Rows of that database, as its owner reads them. */
export const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(database.url, sql, values);

/** Runs the work while another session holds the rows that a query selects. */
export async function whileHeld<T>(
  sql: string,
  values: readonly unknown[],
  work: () => Promise<T>,
): Promise<T> {
  let result: Promise<T> | undefined;
  await asAdmin(async (session) => {
    await session.query('begin');
    await session.query(`${sql} for update`, [...values]);
    result = work();
    await result;
  }, database.url);
  return result as Promise<T>;
}

/** Runs the work while the ledger's clock stands still at a time. */
export async function atTime(at: number, work: () => Promise<void>): Promise<void> {
  await stopClock(database.url, at);
  try {
    await work();
  } finally {
    await shiftClock(database.url, 0);
  }
}
