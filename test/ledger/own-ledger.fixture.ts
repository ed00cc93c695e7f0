import { afterAll, beforeAll } from '@jest/globals';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { freshDatabase } from './database.fixture.ts';
import { rowsOf } from './ledger.fixture.ts';

/**
 * The ledger of the test file that imports this, in a database of its own. It is opened before the tests of the file,
 * and closed and dropped after them.
 */
export let ledger: Ledger;
export let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase();
  ledger = openLedger(database.url);
});
afterAll(async () => {
  await ledger?.close();
  await database?.drop();
});

/** Rows of that database, as its owner reads them. */
export const rows = <T extends object>(sql: string, values: readonly unknown[] = []) =>
  rowsOf<T>(database.url, sql, values);
