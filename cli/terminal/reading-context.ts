import { type ReadingConnections, readingConnections } from '../../app/settings/reading-connections.ts';
import type { Ledger } from '../../ledger/index.ts';

/** What a command works with that only reads the ledger. `config` is the folder of the policy files. */
export type ReadingContext = Readonly<{ ledger: Ledger; config: string }>;

/**
 * Runs a command that only reads the ledger, and closes it afterwards. It loads neither the providers nor Slack nor Temporal, so a
 * list appears at once.
 */
export async function withLedger<T>(work: (context: ReadingContext) => Promise<T>): Promise<T> {
  const { databaseUrl, config } = await connections();
  const { openLedger } = await import('../../ledger/index.ts');
  const ledger = openLedger(databaseUrl, { role: 'cli' });
  try {
    return await work({ ledger, config });
  } finally {
    await ledger.close();
  }
}

/** The connections of the settings, else those of the demo that runs in this folder. Throws what is wrong with the settings. */
export async function connections(): Promise<ReadingConnections> {
  const quick = readingConnections(process.env);
  if (quick) return quick;
  const { loadConnections, loadSettings } = await import('./context.ts');
  return loadConnections(loadSettings());
}
