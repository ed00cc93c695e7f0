import pg from 'pg';
import { WAITS } from '../core/waits.ts';
import { sessionAs } from './pool.ts';

/** The channels of NOTIFY. A hint on one says that something was committed that its listeners look for. */
export type HintChannel =
  | 'curfew_click'
  | 'curfew_unchecked_click'
  | 'curfew_outbox'
  | 'curfew_wake_up'
  | 'curfew_finding';

/** Adds a hint to a transaction. It is sent when that is committed. */
export type Hint = (channel: HintChannel) => void;

export type Hints = Readonly<{
  /** Returns at once. Nobody learns whether the hint was sent: whoever listens looks every two seconds anyway. */
  send: Hint;
  /** Waits for the hints that are being sent, which takes a second at most. */
  close(): Promise<void>;
}>;

/** After a failure the server gets no more hints for this long. */
const REST_MS = 1_000;
/** A queue that was full stays full, although nobody needs its content any more, until somebody asks how full it is. */
export const EMPTY_QUEUE = 'select pg_notification_queue_usage() as usage';

/**
 * Sends hints with NOTIFY over a connection of its own. No transaction that records anything may contain NOTIFY: Postgres has one queue and
 * one lock for it in the whole server, and any login can fill the queue and hold the lock. One statement is under way at a
 * time, and each channel waits at most once for the next one.
 */
export function openHints(url: string): Hints {
  const waiting = new Set<HintChannel>();
  let client: pg.Client | undefined;
  let sending: Promise<void> | undefined;
  let restsUntil = 0;

  async function sendAll(): Promise<void> {
    try {
      client ??= await connected(url);
      while (waiting.size > 0) {
        const channels = [...waiting];
        waiting.clear();
        await client.query(`select pg_notify(channel, '') from unnest($1::text[]) channel`, [channels]);
      }
    } catch {
      restsUntil = performance.now() + REST_MS;
      waiting.clear();
      await client?.query(EMPTY_QUEUE).catch(() => undefined);
      await disconnect();
    }
  }
  async function disconnect(): Promise<void> {
    const old = client;
    client = undefined;
    await old?.end().catch(() => undefined);
  }

  return {
    send(channel) {
      if (performance.now() < restsUntil) return;
      waiting.add(channel);
      sending ??= sendAll().finally(() => (sending = undefined));
    },
    async close() {
      await sending;
      await disconnect();
    },
  };
}

async function connected(url: string): Promise<pg.Client> {
  const { connectionString, options } = sessionAs(url);
  const { ms } = WAITS.hint;
  const client = new pg.Client({
    connectionString,
    options: `${options} -c lock_timeout=${ms}ms`,
    connectionTimeoutMillis: ms,
    query_timeout: ms,
    keepAlive: true,
    application_name: 'curfew-hint',
  });
  client.on('error', () => undefined); // The next hint fails, and the one after it opens another connection.
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Runs work that may add hints, and sends them after it has succeeded. */
export async function withHints<T>(
  { send }: Pick<Hints, 'send'>,
  work: (hint: Hint) => Promise<T>,
): Promise<T> {
  const channels = new Set<HintChannel>();
  const value = await work((channel) => void channels.add(channel));
  for (const channel of channels) send(channel);
  return value;
}
