import pg from 'pg';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import { readLease } from './leases.ts';
import { asWriter } from './pool.ts';

/**
 * True when this process can read the lease over a new connection. A pool whose connections are all in use, or a lock
 * that is held, does not mean that the ledger is away.
 */
export async function canRead(url: string, lease: LeaseId): Promise<boolean> {
  const client = new pg.Client({
    ...asWriter(url),
    connectionTimeoutMillis: WAITS.reachConnection.ms,
    query_timeout: WAITS.reachAnswer.ms,
  });
  client.on('error', () => undefined); // The next query fails.
  try {
    await client.connect();
    return (await readLease(client, lease)) !== undefined;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
