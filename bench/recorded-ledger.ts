import type pg from 'pg';
import { type Ledger, ledgerOver } from '../ledger/index.ts';
import { type Db, type HintingDb, openPool, reachable, transaction } from '../ledger/pool.ts';
import { CONNECTIONS } from '../ledger/roles.ts';

/** A statement that the console ran, and how many milliseconds it took. */
export type Ran = Readonly<{ sql: string; values: readonly unknown[]; ms: number }>;

/** A ledger as the console has it, which keeps what it runs. */
export type RecordedLedger = Readonly<{
  ledger: Ledger;
  /** What ran since the last call. */
  taken(): readonly Ran[];
  /** The plan of a statement, with what it did. */
  explain(ran: Ran): Promise<readonly string[]>;
}>;

const LONGEST_MS = 300_000;
const LONGEST_EXPLAINED_MS = 10_000;

export function recordedLedger(url: string): RecordedLedger {
  const pool = openPool(url, {
    role: 'console',
    max: CONNECTIONS.console.pool,
    queryTimeoutMs: LONGEST_MS,
    statementTimeoutMs: LONGEST_MS,
  });
  let ran: Ran[] = [];
  const recording = (db: Db): HintingDb =>
    ({
      hint: () => undefined,
      query: async (sql: string, values: readonly unknown[] = []) => {
        const start = performance.now();
        try {
          return await db.query(sql, [...values]);
        } finally {
          ran.push({ sql, values, ms: performance.now() - start });
        }
      },
    }) as unknown as HintingDb;
  const ledger = ledgerOver({
    tx: (work) => transaction(pool, (db) => work(recording(db))),
    query: (work) => reachable(() => work(recording(pool as unknown as Db))),
    canWrite: () => Promise.resolve(true),
    watch: () => ({ stop: () => Promise.resolve() }) as never,
    close: () => pool.end(),
  });
  return {
    ledger,
    taken() {
      const all = ran;
      ran = [];
      return all;
    },
    explain: (statement) => explained(pool, statement),
  };
}

/** A count of a page is given up after a moment, and would take long. Its plan is shown as it was planned. */
async function explained(pool: pg.Pool, { sql, values }: Ran): Promise<readonly string[]> {
  const explain = async (client: pg.PoolClient, options: string) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (${options}) ${sql}`, [...values]);
    return rows.map((row) => row['QUERY PLAN']);
  };
  const client = await pool.connect();
  try {
    await client.query(`set statement_timeout = ${LONGEST_EXPLAINED_MS}`);
    return await explain(client, 'analyze, buffers, timing off').catch(() => explain(client, 'costs'));
  } finally {
    client.release(true);
  }
}
