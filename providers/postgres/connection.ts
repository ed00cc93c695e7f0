import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { Fault, type FaultCode, messageOf } from '../../core/faults.ts';
import { WAITS } from '../../core/waits.ts';

export type Db = pg.Client;

/** How long the server may take to close a connection whose work is done. */
const GOODBYE_MS = 1_000;
/** The longest time that one connection may take, whatever the caller's signal says. */
const MAX_CONNECTION_MS = 30_000;

// SQLSTATE codes, from Postgres's appendix "Error Codes". Complete codes are checked before classes.
const CODES: Readonly<Record<string, FaultCode>> = {
  '53300': 'provider-throttled', // too many connections
  '42501': 'provider-forbidden', // insufficient privilege
  '28000': 'provider-forbidden', // Curfew's own login is refused
  '28P01': 'provider-forbidden',
  '3D000': 'target-missing', // no such database
  '40001': 'provider-unavailable',
  '40P01': 'provider-unavailable', // deadlock
  '55P03': 'provider-unavailable', // lock not available
  '42710': 'provider-unavailable', // another attempt has just created it
  '23505': 'provider-unavailable',
  '25006': 'provider-unavailable', // read-only: a standby, or a server during a failover
  XX000: 'provider-unavailable', // "tuple concurrently updated": two writers of one role
};
const CLASSES: Readonly<Record<string, FaultCode>> = {
  '08': 'provider-unavailable',
  '53': 'provider-unavailable', // out of disk, memory
  '57': 'provider-unavailable', // shutting down, starting up, cancelled
  '58': 'provider-unavailable',
};

/** The SQLSTATE of Postgres's answer. Undefined when the error is not an answer of Postgres. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

/**
 * Converts an error of `pg` to a `Fault`. Only the message is kept, because a statement could contain a password
 * verifier.
 */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const state = sqlState(error);
  const message = messageOf(error);
  if (state === undefined) return new Fault('provider-unavailable', `postgres: ${message}`);
  const code = CODES[state] ?? CLASSES[state.slice(0, 2)] ?? 'provider-refused';
  // The server's message for a refused login contains Curfew's address and role name.
  const text = state.startsWith('28') ? "Curfew's own login is refused" : message;
  return new Fault(code, `postgres: ${state} ${text}`);
}

/**
 * Opens a connection, runs `work` on it and closes it. When the signal fires, the socket is destroyed, and the
 * server rolls back what was not committed.
 */
export async function withDb<T>(url: string, signal: AbortSignal, work: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await withConnection(url, signal, async (db) => {
      await db.query(EMPTY_SEARCH_PATH);
      return work(db);
    });
  } catch (error) {
    throw toFault(error);
  }
}

// A person may have created functions and operators with names that Curfew's statements use. With their schema on the
// search path, those would run with the privileges of Curfew's login.
const EMPTY_SEARCH_PATH = `select pg_catalog.set_config('search_path', '', false)`;

/**
 * The result of a login attempt. `rejected` is only what the server itself said. Any other failure proves nothing
 * about the login.
 */
export type LoginResult = 'accepted' | 'rejected' | 'no answer';

export async function tryLogin(url: string, signal: AbortSignal): Promise<LoginResult> {
  try {
    await withConnection(url, signal, () => Promise.resolve());
    return 'accepted';
  } catch (error) {
    const state = sqlState(error) ?? '';
    // The password is wrong, a rule of pg_hba.conf refuses it, or the role is unknown or may not log in. A database that does
    // not exist (3D000) proves nothing: the server looks for it after it accepted the login.
    return state.startsWith('28') ? 'rejected' : 'no answer';
  }
}

async function withConnection<T>(url: string, signal: AbortSignal, work: (db: Db) => Promise<T>): Promise<T> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(MAX_CONNECTION_MS)]);
  if (stop.aborted) throw new Fault('provider-unavailable', 'postgres: the call was cancelled');
  const socket = new Socket();
  const cut = () => socket.destroy();
  const db = new pg.Client({
    connectionString: url,
    stream: () => socket,
    application_name: 'curfew',
    // A Curfew host that disappeared must not keep its lease locked. With these, the server notices within 20 s.
    options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    connectionTimeoutMillis: WAITS.targetConnection.ms,
    statement_timeout: WAITS.targetStatement.ms,
  });
  catchParserErrors(db);
  db.on('error', () => undefined); // the running query is rejected with the same error, and that is handled
  stop.addEventListener('abort', cut, { once: true });
  try {
    await db.connect();
    return await work(db);
  } finally {
    // The end waits for the server, which may not answer any more.
    if (!stop.aborted) await endsWithin(db.end(), GOODBYE_MS);
    stop.removeEventListener('abort', cut);
    cut();
  }
}

/** Waits until the work is over, well or not, but not longer than `ms`. */
async function endsWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), timeIsUp]).finally(() => clearTimeout(timer));
}

/**
 * When `pg` cannot parse an answer, it throws inside a socket event. Nothing could catch that, and the process would
 * exit.
 */
function catchParserErrors(db: pg.Client): void {
  const { connection } = db as unknown as { connection: { attachListeners(stream: Duplex): void } };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    attach(stream);
    for (const read of stream.listeners('data')) {
      stream.off('data', read as () => void);
      stream.on('data', (chunk) => {
        try {
          read(chunk);
        } catch (error) {
          stream.destroy(error as Error);
        }
      });
    }
  };
}

/**
 * A role belongs to the server, not to the database. When the database does not exist any more, the role is removed
 * from the database `postgres`.
 */
export async function withDbOrFallback<T>(
  url: string,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  try {
    return await withDb(url, signal, work);
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'target-missing')) throw error;
    return withDb(urlForDatabase(url, 'postgres'), signal, work);
  }
}

export async function inTransaction<T>(db: Db, work: () => Promise<T>): Promise<T> {
  await db.query('begin');
  try {
    const value = await work();
    await db.query('commit');
    return value;
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** The URL of another database with the same server and credential. */
export function urlForDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** The URL of the same server and database with another login. */
export function urlForLogin(url: string, user: string, password: string): string {
  const other = new URL(url);
  other.username = encodeURIComponent(user);
  other.password = encodeURIComponent(password);
  return other.href;
}
