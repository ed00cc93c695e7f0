import type pg from 'pg';
import { Fault } from '../core/faults.ts';
import { reachable } from './pool.ts';

/**
 * Runs `work` while nobody else works on the same key: one serial lane per holding, across processes
 * (F16). The lock lives in a Postgres session of its own, so a killed process frees it, and a machine that
 * is gone within 20 s.
 */
export async function withLock<T>(pool: pg.Pool, key: string, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(noConnection);
  let broken = true;
  try {
    await reachable(async () => {
      await client.query(`set lock_timeout = '20s'`);
      await client.query('select pg_advisory_lock(hashtextextended($1, 1))', [key]).catch(lockTimeout);
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

/**
 * Every lane is in use, or the server has no room for one more. The ledger answered a moment ago, so nobody may
 * act as if it were away; the next try asks it first, and learns when it is.
 */
function noConnection(cause: unknown): never {
  throw new Fault('provider-unavailable', 'too many changes are under way', { cause });
}

/** Somebody else's call takes long. The ledger is there, so nobody may act as if it were away. */
function lockTimeout(error: unknown): never {
  if ((error as { code?: string }).code === '55P03')
    throw new Fault('provider-unavailable', 'an earlier change to the same access is still under way');
  throw error;
}
