import { type ReadingConnections, readingConnections } from '../../app/settings/reading-connections.ts';
import { WAITS } from '../../core/waits.ts';
import type { Ledger, LedgerOptions } from '../../ledger/index.ts';

/** What a command works with that only reads the ledger. `config` is the folder of the policy files. */
export type ReadingContext = Readonly<{ ledger: Ledger; config: string }>;

/**
 * Runs a command that only reads the ledger, and closes it afterwards. It loads neither the providers nor Slack nor Temporal, so a
 * list appears at once.
 */
export async function withLedger<T>(
  work: (context: ReadingContext) => Promise<T>,
  waits: Pick<LedgerOptions, 'queryTimeoutMs' | 'statementTimeoutMs'> = {},
): Promise<T> {
  const { databaseUrl, config } = await connections();
  const { openLedger } = await import('../../ledger/index.ts');
  const ledger = openLedger(databaseUrl, { role: 'cli', ...waits });
  try {
    return await work({ ledger, config });
  } finally {
    await ledger.close();
  }
}

/** The same for a question of an auditor, which may read the whole ledger. */
export const withAuditLedger = <T>(work: (context: ReadingContext) => Promise<T>): Promise<T> =>
  withLedger(work, { queryTimeoutMs: WAITS.auditAnswer.ms, statementTimeoutMs: WAITS.auditStatement.ms });

/** The connections of the settings, else those of the demo that runs in this folder. Throws what is wrong with the settings. */
export async function connections(): Promise<ReadingConnections> {
  const quick = readingConnections(process.env);
  if (quick) return quick;
  const { ledgerConnections } = await import('./context.ts');
  const { readUsableSettings } = await import('../../app/settings/usable.ts');
  return ledgerConnections(readUsableSettings(process.env));
}
