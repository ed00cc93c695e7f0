import type { Ledger, LedgerOptions } from '../../ledger/index.ts';

/** Runs work with the ledger at an address, as the command line may read it, and closes it afterwards. It loads the ledger only now. */
export async function withOpenedLedger<T>(
  databaseUrl: string,
  work: (ledger: Ledger) => Promise<T>,
  waits: Pick<LedgerOptions, 'queryTimeoutMs' | 'statementTimeoutMs'> = {},
): Promise<T> {
  const { openLedger } = await import('../../ledger/index.ts');
  const ledger = openLedger(databaseUrl, { role: 'cli', ...waits });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
