import type pg from 'pg';
import { reachable } from './pool.ts';

/**
 * Runs `work` while nobody else works on the same key: one serial lane per holding, across processes
 * (F16). The lock lives in a Postgres session of its own, so a killed process frees it.
 */
export async function lane<T>(pool: pg.Pool, key: string, work: () => Promise<T>): Promise<T> {
  const client = await reachable(() => pool.connect());
  let broken = true;
  try {
    await reachable(async () => {
      await client.query(`set lock_timeout = '20s'`);
      await client.query('select pg_advisory_lock(hashtextextended($1, 1))', [key]);
    });
    const value = await work();
    broken = await client.query('select pg_advisory_unlock(hashtextextended($1, 1))', [key]).then(
      () => false,
      () => true,
    );
    return value;
  } finally {
    client.release(broken); // closing the session frees the lock when unlocking could not
  }
}
