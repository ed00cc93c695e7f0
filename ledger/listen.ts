import pg from 'pg';
import { sessionAs } from './pool.ts';
import type { LedgerRole } from './roles.ts';

/**
 * Calls `wake` after each hint on one of the channels, and after a lost connection is back. Wake-ups can be
 * lost, so the caller must also poll. Returns a function that stops it.
 */
export function listen(
  url: string,
  channels: readonly string[],
  wake: () => void,
  role?: LedgerRole,
): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      ...sessionAs(url, role),
      application_name: 'curfew-listen',
      keepAlive: true,
    });
    client = next;
    next.on('error', () => undefined);
    next.on('end', () => {
      if (!stopped) again = setTimeout(() => void connect(), 1_000);
    });
    next.on('notification', wake);
    try {
      await next.connect();
      for (const channel of channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      wake();
    } catch {
      await next.end().catch(() => undefined);
    }
  };

  void connect();
  return async () => {
    stopped = true;
    clearTimeout(again);
    await client?.end().catch(() => undefined);
  };
}
