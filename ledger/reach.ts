import pg from 'pg';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import { sessionAs } from './pool.ts';
import type { LedgerRole } from './roles.ts';

type Waiting = Readonly<{ lease: LeaseId; answer: (canWrite: boolean) => void }>;

/**
 * Returns a function that tells whether this process can write to a lease over a new connection. A pool whose connections
 * are all in use, or a row that is locked, does not mean that the ledger is unavailable. A ledger that answers reads and refuses
 * writes is as good as unavailable, because nothing can be recorded: its disk is full, or it is a copy. So is one that does
 * not know the lease.
 *
 * It opens one connection at a time, however many ask: during an outage every attempt asks. Who asks meanwhile is answered
 * over the same connection, or learns that it failed.
 */
export function openProbe(url: string, role?: LedgerRole): (lease: LeaseId) => Promise<boolean> {
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    let asked: readonly Waiting[] = [];
    const client = connection(url, role);
    try {
      await client.connect();
      while (waiting.length > 0) {
        [asked, waiting] = [waiting, []];
        const writable = await writableOf(
          client,
          asked.map(({ lease }) => lease),
        );
        for (const { lease, answer } of asked) answer(writable.has(lease));
      }
    } catch {
      const failed = [...asked, ...waiting];
      waiting = [];
      for (const { answer } of failed) answer(false);
    } finally {
      isRunning = false;
      await client.end().catch(() => undefined);
    }
  }

  return (lease) =>
    new Promise((answer) => {
      waiting.push({ lease, answer });
      if (!isRunning) void run();
    });
}

function connection(url: string, role: LedgerRole | undefined): pg.Client {
  const { connectionString, options } = sessionAs(url, role);
  const client = new pg.Client({
    connectionString,
    options: `${options} -c lock_timeout=1s`,
    connectionTimeoutMillis: WAITS.reachConnection.ms,
    query_timeout: WAITS.reachAnswer.ms,
    application_name: 'curfew-probe',
  });
  client.on('error', () => undefined); // The next query fails.
  return client;
}

/** Those of the leases that the ledger knows, when it accepts a write. A lease whose row is locked is not written to. */
async function writableOf(client: pg.Client, leases: readonly LeaseId[]): Promise<ReadonlySet<LeaseId>> {
  try {
    const { rows } = await client.query<{ id: LeaseId }>(
      `with written as (
         update lease set last_fault = last_fault
          where id in (select id from lease where id = any ($1) for update skip locked) returning id)
       select id from lease where id = any ($1)`,
      [leases],
    );
    return new Set(rows.map(({ id }) => id));
  } catch (error) {
    if ((error as { code?: string }).code === LOCKED) return new Set(leases); // the whole table is locked
    throw error;
  }
}

const LOCKED = '55P03';
