import pg from 'pg';
import { type Db, reachable } from './pool.ts';

/** Runs work in one transaction as the login that owns the tables. An administrator does so at the command line, and no part of Curfew. */
export async function asOwner<T>(url: string, work: (owner: Db) => Promise<T>): Promise<T> {
  return reachable(async () => {
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    try {
      await owner.query('begin');
      const value = await work(owner);
      await owner.query('commit');
      return value;
    } finally {
      await owner.end(); // Without a commit, nothing was done.
    }
  });
}
