import pg from 'pg';

/**
 * Calls `wake` whenever something is written to one of the channels, and whenever the connection was lost and
 * is back. A hint only: whoever listens also looks by themselves now and then. Returns how to stop.
 */
export function listen(url: string, channels: readonly string[], wake: () => void): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, application_name: 'curfew-listen', keepAlive: true });
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
