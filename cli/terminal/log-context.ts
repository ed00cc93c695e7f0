import type { LogConnection } from '../../app/log-connection.ts';
import { LOG } from '../../app/parts.ts';
import { readUsableSettings } from '../../app/settings/usable.ts';
import type { VerifierKey } from '../../audit/note/vkey.ts';
import type { Ledger } from '../../ledger/index.ts';
import { ledgerConnections } from './context.ts';
import { CommandError } from './exit.ts';

/** What a command works with that reads the audit log. */
export type LogContext = Readonly<{
  ledger: Ledger;
  log: LogConnection;
  trusted: readonly VerifierKey[];
  /** The folder of this machine for what Curfew keeps. */
  home: string;
}>;

/** Runs a command that reads the audit log, and closes the ledger afterwards. It loads neither the providers nor Temporal. */
export async function withLog<T>(work: (context: LogContext) => Promise<T>): Promise<T> {
  const usable = readUsableSettings(process.env);
  const { databaseUrl, log } = ledgerConnections(usable, (setting) => LOG.test(setting));
  if (!log)
    throw new CommandError(
      'usage',
      'CURFEW_LOG_NAME is not set, so there is no audit log.\n  to do: set it, and CURFEW_LOG_PUBLIC_KEYS, to what the sequencer shows when it starts.',
    );
  const { openLedger } = await import('../../ledger/index.ts');
  const { trustedKeys } = await import('../../app/log-keys.ts');
  const ledger = openLedger(databaseUrl, { role: 'cli' });
  try {
    return await work({ ledger, log, trusted: trustedKeys(log), home: usable.settings.home });
  } finally {
    await ledger.close();
  }
}
