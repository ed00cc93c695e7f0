import type pg from 'pg';
import { Fault } from '../core/faults.ts';
import { reachable } from './pool.ts';

/**
 * Runs `work` while no other process works on the same key (F16). There is one key for each account at each target.
 * The lock belongs to a Postgres session: a killed process frees it at once, and a lost machine within 20 s.
 */
export async function withLock<T>(pool: pg.Pool, key: string, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(throwNoConnection);
  let isBroken = true;
  try {
    await reachable(async () => {
      await client.query(`set lock_timeout = '20s'`);
      await client.query('select pg_advisory_lock(hashtextextended($1, 1))', [key]).catch(throwLockTimeout);
    });
    const value = await work();
    isBroken = await client.query('select pg_advisory_unlock(hashtextextended($1, 1))', [key]).then(
      () => false,
      () => true,
    );
    return value;
  } finally {
    client.release(isBroken); // When unlocking failed, closing the session frees the lock.
  }
}

/**
 * Every connection for locks is in use, or the server has no room for one more. The ledger itself answers, so the
 * caller must not act as if the ledger were away.
 */
function throwNoConnection(cause: unknown): never {
  throw new Fault('provider-unavailable', 'too many changes are in progress', { cause });
}

/** Another call on the same account takes long. The ledger itself answers. */
function throwLockTimeout(error: unknown): never {
  if ((error as { code?: string }).code === '55P03')
    throw new Fault('provider-unavailable', 'an earlier change of the same access is still in progress');
  throw error;
}
