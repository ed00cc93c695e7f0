import pg from 'pg';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import { asWriter } from './pool.ts';

/**
 * True when this process can write to the lease over a new connection. A pool whose connections are all in use, or a row
 * that is locked, does not mean that the ledger is away. A ledger that answers reads and refuses writes is as good as
 * away, because nothing can be recorded: its disk is full, or it is a copy. So is one that does not know the lease.
 */
export async function canWrite(url: string, lease: LeaseId): Promise<boolean> {
  const { connectionString, options } = asWriter(url);
  const client = new pg.Client({
    connectionString,
    options: `${options} -c lock_timeout=1s`,
    connectionTimeoutMillis: WAITS.reachConnection.ms,
    query_timeout: WAITS.reachAnswer.ms,
  });
  client.on('error', () => undefined); // The next query fails.
  try {
    await client.connect();
    const { rowCount } = await client.query('update lease set last_fault = last_fault where id = $1', [
      lease,
    ]);
    return rowCount === 1;
  } catch (error) {
    return (error as { code?: string }).code === LOCKED;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const LOCKED = '55P03';
