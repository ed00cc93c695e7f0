import pg from 'pg';
import { Fault, StatementTooLong } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Hint } from './hints.ts';
import { type LedgerRole, roleName } from './roles.ts';

/** What a ledger function needs: the pool, or the one client of a transaction. */
export type Db = Pick<pg.ClientBase, 'query'>;
/** The same, for a function that writes something others look for. */
export type HintingDb = Db & Readonly<{ hint: Hint }>;

// bigint columns here are counters and milliseconds, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

// Both sides notice within 20 s that the other machine is gone. Then the server frees the locks of the session.
const KEEPALIVES = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

// Postgres would compile a statement that it expects to be long, and start other processes for it. That took up to a second, and ten milliseconds,
// for statements that take less alone.
const ALONE = '-c jit=off -c max_parallel_workers_per_gather=0';

/** A lock is reported before the statement is over, so that nobody takes it for a question that is too large. */
const rowLock = (role: LedgerRole | undefined): string =>
  `-c lock_timeout=${(role === 'console' ? WAITS.consoleRow : WAITS.ledgerRow).ms}ms`;

export type PoolOptions = Readonly<{
  max: number;
  queryTimeoutMs: number;
  statementTimeoutMs?: number;
  role?: LedgerRole;
}>;

/** How a session is opened: the address of its login, and its options. */
export type Session = Readonly<{ connectionString: string; options: string }>;

/**
 * The address and the options of a session that acts as a role from its first statement on. Without a role it acts as the
 * login itself.
 */
export function sessionAs(url: string, role?: LedgerRole): Session {
  // The driver prefers the options of the address to ours. So they come first here, and ours win.
  const address = new URL(url);
  const own = address.searchParams.get('options') ?? '';
  address.searchParams.delete('options');
  const acts = role === undefined ? 'none' : roleName(role);
  const options = `${own} -c role=${acts} -c timezone=UTC ${ALONE} ${KEEPALIVES} ${rowLock(role)}`.trim();
  return { connectionString: address.href, options };
}

/** A pool of such sessions. A query without an answer for `queryTimeoutMs` milliseconds fails. */
export const openPool = (
  url: string,
  { max, queryTimeoutMs, statementTimeoutMs = WAITS.ledgerStatement.ms, role }: PoolOptions,
): pg.Pool => {
  const pool = new pg.Pool({
    ...sessionAs(url, role),
    max,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: WAITS.ledgerConnection.ms,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: WAITS.ledgerStatement.ms,
    application_name: 'curfew',
  });
  pool.on('error', () => undefined); // An idle connection broke. The next query opens another one, or fails.
  // Without a listener, a connection that breaks while it holds a lock would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/** The message of pg's error when a query gets no answer for `queryTimeoutMs`. */
const NO_ANSWER = 'Query read timeout';

/** Runs `work` in one transaction. */
export async function transaction<T>(pool: pg.Pool, work: (db: Db) => Promise<T>): Promise<T> {
  return reachable(async () => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const value = await work(client);
      await client.query('commit');
      client.release();
      return value;
    } catch (error) {
      const noAnswer = error instanceof Error && error.message === NO_ANSWER;
      const isBroken =
        noAnswer ||
        (await client.query('rollback').then(
          () => false,
          () => true,
        ));
      client.release(isBroken);
      throw error;
    }
  });
}

/** A statement was ended because it took too long. */
export const CANCELLED = '57014';

// Connection failures (class 08), shutdown (57P0x), full disk or memory (53), read-only
// (25006), lock wait (55P03), and a server that refuses our login: password (28), no such database (3D000), not
// accepting connections (55000).
const UNAVAILABLE = /^(08...|28...|3D000|57P0[1-5]|53...|25006|55000|55P03)$/;
// The network and the resolver of names, and what pg says of a connection that broke before or during a query.
const SOCKET = new RegExp(
  `ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|terminated|timeout exceeded|Connection ended|connection error|${NO_ANSWER}`,
);

/** Turns every error that means "Postgres does not answer" into one fault. Other errors are bugs and stay. */
export async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
    if (code === CANCELLED) throw new StatementTooLong(message, { cause: error });
    if (UNAVAILABLE.test(code) || SOCKET.test(`${code} ${message}`))
      throw new Fault('ledger-unavailable', message || code, { cause: error });
    throw error;
  }
}

/** The time of Postgres's clock, in milliseconds. Every end and lapse is decided by it (I23). */
export async function now(db: Db): Promise<Instant> {
  const { rows } = await db.query<{ at: number }>(
    'select floor(extract(epoch from ledger_now()) * 1000)::bigint as at',
  );
  return (rows[0]?.at ?? Number.NaN) as Instant;
}

export const toTimestamp = (at: Instant): Date => new Date(at);

/** The farthest instants that a `Date` can have, in milliseconds (ECMA-262). */
const FARTHEST_MS = 8_640_000_000_000_000;

/**
 * The instant of a timestamp. Postgres also has `infinity` and times that no `Date` can have. A stolen login of one role can write them, and such a row
 * must not keep the rows beside it from being read, so they become the farthest instant.
 */
export function toInstant(date: Date | number): Instant {
  const ms = Number(date);
  return (Number.isNaN(ms) ? FARTHEST_MS : Math.max(-FARTHEST_MS, Math.min(ms, FARTHEST_MS))) as Instant;
}
