import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { limitedSignal } from '../../core/limited-signal.ts';
import { Fault } from '../../core/faults.ts';
import { WAITS } from '../../core/waits.ts';
import type { Address } from './address.ts';

export type Db = pg.Client;

/** How long the server may take to close a connection whose work is done. */
const CLOSE_MS = 1_000;
/** The longest time that one connection may take, whatever the caller's signal says. */
const MAX_CONNECTION_MS = 30_000;

/**
 * A Curfew host that disappeared must not keep its lease locked. With the first three, the server notices within 20 s. The
 * others hold although the owner of the database, or somebody at Curfew's login, set another value (`alter database ... set`).
 * That value would stop every revoke.
 */
const OPTIONS = [
  ...['tcp_keepalives_idle=5', 'tcp_keepalives_interval=5', 'tcp_keepalives_count=3'],
  ...['default_transaction_read_only=off', 'lock_timeout=0'],
  ...['idle_in_transaction_session_timeout=0', 'idle_session_timeout=0'],
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

const versions = new WeakMap<Db, number>();
/** The major version that the server told at the login, or 0 when it told none. */
export const serverVersionOf = (db: Db): number => versions.get(db) ?? 0;

/** Opens a connection without any statement. `work` must not keep it. */
export async function withConnection<T>(
  address: Address,
  signal: AbortSignal,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const stop = limitedSignal(signal, MAX_CONNECTION_MS);
  if (stop.aborted) throw new Fault('provider-unavailable', 'postgres: the call was cancelled');
  const socket = new Socket();
  const cut = () => socket.destroy();
  const { tls: _tls, ...place } = address;
  const db = new pg.Client({
    ...place,
    ssl: await tlsOf(address),
    stream: () => socket,
    application_name: 'curfew',
    options: OPTIONS,
    connectionTimeoutMillis: WAITS.targetConnection.ms,
    statement_timeout: WAITS.targetStatement.ms,
  });
  catchParserErrors(db);
  rememberVersion(db);
  db.on('error', () => undefined); // the running query is rejected with the same error, and that is handled
  stop.addEventListener('abort', cut, { once: true });
  try {
    await db.connect();
    return await work(db);
  } finally {
    // The end waits for the server, which may not answer any more.
    if (!stop.aborted) await endsWithin(db.end(), CLOSE_MS);
    stop.removeEventListener('abort', cut);
    cut();
  }
}

/**
 * Every mode but `disable` encrypts and verifies the certificate and the name of the server, as the driver does for an
 * address (https://node-postgres.com/features/ssl). With `system`, Node knows the authorities. A socket is never encrypted.
 */
async function tlsOf({ host, tls: { mode, authority } }: Address): Promise<false | ConnectionOptions> {
  const isSocket = host.startsWith('/');
  if (isSocket || mode === 'disable' || (mode === undefined && authority === undefined)) return false;
  return authority === undefined || authority === 'system' ? {} : { ca: await readFile(authority, 'utf8') };
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

function rememberVersion(db: pg.Client): void {
  const { connection } = db as unknown as { connection: NodeJS.EventEmitter };
  connection.on('parameterStatus', (told: Readonly<{ parameterName: string; parameterValue: string }>) => {
    if (told.parameterName === 'server_version') versions.set(db, Number.parseInt(told.parameterValue, 10));
  });
}
