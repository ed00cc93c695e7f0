import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { Fault, type FaultCode, messageOf } from '../../core/faults.ts';

export type Db = pg.Client;

/** No call is waited for longer than this, whatever its caller's signal says. */
const LONGEST_MS = 30_000;

// SQLSTATE, from Postgres's appendix "Error Codes": whole codes first, then classes.
const CODES: Readonly<Record<string, FaultCode>> = {
  '53300': 'provider-throttled', // too many connections
  '42501': 'provider-forbidden', // insufficient privilege
  '28000': 'provider-forbidden', // our own login is refused
  '28P01': 'provider-forbidden',
  '3D000': 'target-missing', // no such database
  '40001': 'provider-unavailable',
  '40P01': 'provider-unavailable', // deadlock
  '55P03': 'provider-unavailable', // lock not available
  '42710': 'provider-unavailable', // another attempt has just made it
  '23505': 'provider-unavailable',
  '25006': 'provider-unavailable', // read-only: a standby, or a server being switched over
  XX000: 'provider-unavailable', // "tuple concurrently updated": two writers of one role
};
const CLASSES: Readonly<Record<string, FaultCode>> = {
  '08': 'provider-unavailable',
  '53': 'provider-unavailable', // out of disk, memory
  '57': 'provider-unavailable', // shutting down, starting up, cancelled
  '58': 'provider-unavailable',
};

/** The SQLSTATE of what Postgres answered; undefined when it was not Postgres that failed. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

/** Turns whatever `pg` threw into a `Fault`. Only the message is kept: a statement could hold a verifier. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const state = sqlState(error);
  const message = messageOf(error);
  if (state === undefined) return new Fault('provider-unavailable', `postgres: ${message}`);
  const code = CODES[state] ?? CLASSES[state.slice(0, 2)] ?? 'provider-refused';
  // The server's words for a login that it refuses hold our address and name.
  const said = state.startsWith('28') ? "Curfew's own login is refused" : message;
  return new Fault(code, `postgres: ${state} ${said}`);
}

/**
 * Runs `work` on a connection of its own and closes it. When the signal fires the socket is cut: the
 * server then rolls back whatever was not committed.
 */
export async function withDb<T>(url: string, signal: AbortSignal, work: (db: Db) => Promise<T>): Promise<T> {
  try {
    return await connected(url, signal, async (db) => {
      await db.query(OWN_NAMES_ONLY);
      return work(db);
    });
  } catch (error) {
    throw toFault(error);
  }
}

// A holder may have made functions and operators whose names our statements use. Found by way of a schema of theirs,
// they would run in our name.
const OWN_NAMES_ONLY = `select pg_catalog.set_config('search_path', '', false)`;

/** What comes of trying a login. Only the server's own word is a no; all else says nothing of the login. */
export type Login = 'in' | 'turned down' | 'no answer';

export async function tryLogin(url: string, signal: AbortSignal): Promise<Login> {
  try {
    await connected(url, signal, () => Promise.resolve());
    return 'in';
  } catch (error) {
    const state = sqlState(error) ?? '';
    // Refused by password or rule, not known, or no such database any more.
    return state.startsWith('28') || state === '3D000' ? 'turned down' : 'no answer';
  }
}

async function connected<T>(url: string, signal: AbortSignal, work: (db: Db) => Promise<T>): Promise<T> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  if (stop.aborted) throw new Fault('provider-unavailable', 'postgres: called off');
  const socket = new Socket();
  const cut = () => socket.destroy();
  const db = new pg.Client({
    connectionString: url,
    stream: () => socket,
    application_name: 'curfew',
    // A machine of ours that is gone must not keep its lease locked: the server notices within 20 s.
    options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 20_000,
  });
  guard(db);
  db.on('error', () => undefined); // the query in flight is rejected as well, and that is where we look
  stop.addEventListener('abort', cut, { once: true });
  try {
    await db.connect();
    return await work(db);
  } finally {
    stop.removeEventListener('abort', cut);
    if (stop.aborted) cut();
    else await db.end().catch(() => undefined);
  }
}

/** What `pg` cannot read it throws from the socket's own event: nobody could catch it, and the process would end. */
function guard(db: pg.Client): void {
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

/** A role outlives the database it was made for: with that gone, we remove the role from `postgres`. */
export async function withAnyDb<T>(
  url: string,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  try {
    return await withDb(url, signal, work);
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'target-missing')) throw error;
    return withDb(otherDatabase(url, 'postgres'), signal, work);
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

/** The same server and credential, another database. */
export function otherDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** The same server and database, another login. */
export function otherLogin(url: string, user: string, password: string): string {
  const other = new URL(url);
  other.username = encodeURIComponent(user);
  other.password = encodeURIComponent(password);
  return other.href;
}
