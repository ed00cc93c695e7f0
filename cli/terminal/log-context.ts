import type { LogConnection } from '../../app/log-connection.ts';
import { LOG } from '../../app/parts.ts';
import type { AuditConnections } from '../../app/settings/reading-connections.ts';
import { isSetting, type Problem } from '../../app/settings/schema.ts';
import { readUsableSettings, type UsableSettings } from '../../app/settings/usable.ts';
import type { VerifierKey } from '../../audit/note/vkey.ts';
import type { Ledger } from '../../ledger/index.ts';
import { assertNoneWrong, notRunning, runningConnections } from './context.ts';
import { CommandError } from './exit.ts';
import { withOpenedLedger } from './opened-ledger.ts';

/** What a command works with that reads the audit log. */
export type LogContext = Readonly<{
  ledger: Ledger;
  log: LogConnection;
  trusted: readonly VerifierKey[];
  /** The folder of the policy files. */
  config: string | undefined;
  /** The folder of this machine for what Curfew keeps. */
  home: string;
}>;

/** Runs a command that reads the audit log, and closes the ledger afterwards. It needs the settings of the ledger and of the log, and no other one. */
export async function withLog<T>(work: (context: LogContext) => Promise<T>): Promise<T> {
  const usable = readUsableSettings(process.env);
  const { databaseUrl, config, log } = ledgerAndLog(usable, (setting) => LOG.test(setting));
  if (!log)
    throw new CommandError(
      'usage',
      'CURFEW_LOG_NAME is not set, so there is no audit log.\n  to do: set it, and CURFEW_LOG_PUBLIC_KEYS, to what the sequencer shows when it starts.',
    );
  const { trustedKeys } = await import('../../app/log-keys.ts');
  const { home } = usable.settings;
  return withOpenedLedger(databaseUrl, (ledger) =>
    work({ ledger, log, trusted: trustedKeys(log), config, home }),
  );
}

const OF_THE_LEDGER = /^(DATABASE_URL|CURFEW_HOME)$/;

/**
 * The ledger and its log, whatever is wrong with other settings, or missing among them. Without a ledger in the settings it is that of the demo of this
 * folder, but not where a setting names a real log. Throws when a setting of the ledger is wrong, or one of `needs`.
 */
export function ledgerAndLog(
  { settings, problems }: UsableSettings,
  needs: (setting: string) => boolean = () => false,
): AuditConnections & Readonly<{ log?: LogConnection | undefined }> {
  const { database, config, log, home } = settings;
  const isNeeded = ({ setting }: Problem): boolean =>
    OF_THE_LEDGER.test(setting) || needs(setting) || (!database && !isSetting(setting));
  assertNoneWrong(problems.filter(isNeeded));
  if (database) return { databaseUrl: database.url, config, log };
  if (log) throw notRunning(home, ['DATABASE_URL']);
  return runningConnections(settings, ['DATABASE_URL']);
}
