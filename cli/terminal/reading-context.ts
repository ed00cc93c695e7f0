import {
  type AuditConnections,
  auditConnections,
  type ReadingConnections,
  readingConnections,
} from '../../app/settings/reading-connections.ts';
import { WAITS } from '../../core/waits.ts';
import type { Ledger } from '../../ledger/index.ts';
import { withOpenedLedger } from './opened-ledger.ts';

/** What a command works with that only reads the ledger. `config` is the folder of the policy files. */
export type ReadingContext = Readonly<{ ledger: Ledger; config: string }>;

/**
 * Runs a command that only reads the ledger, and closes it afterwards. It loads neither the providers nor Slack nor Temporal, so a
 * list appears at once.
 */
export async function withLedger<T>(work: (context: ReadingContext) => Promise<T>): Promise<T> {
  const { databaseUrl, config } = await connections();
  return withOpenedLedger(databaseUrl, (ledger) => work({ ledger, config }));
}

/** The connections of the settings, else those of the demo that runs in this folder. Throws what is wrong with the settings. */
export async function connections(): Promise<ReadingConnections> {
  const quick = readingConnections(process.env);
  if (quick) return quick;
  const { ledgerConnections } = await import('./context.ts');
  const { readUsableSettings } = await import('../../app/settings/usable.ts');
  return ledgerConnections(readUsableSettings(process.env));
}

/** What a question of an auditor is answered with. `config` is the folder of the policy files, and undefined when it is not set. */
export type AuditContext = Readonly<{ ledger: Ledger; config: string | undefined }>;

const AUDIT_WAITS = { queryTimeoutMs: WAITS.auditAnswer.ms, statementTimeoutMs: WAITS.auditStatement.ms };

/**
 * Runs a question of an auditor, which may read the whole ledger, and closes the ledger afterwards. It needs the address of the ledger, and
 * no other setting.
 */
export async function withAuditLedger<T>(
  work: (context: AuditContext) => Promise<T>,
  waits: Partial<typeof AUDIT_WAITS> = AUDIT_WAITS,
): Promise<T> {
  const { databaseUrl, config } = auditConnections(process.env) ?? (await checkedConnections());
  return withOpenedLedger(databaseUrl, (ledger) => work({ ledger, config }), waits);
}

/** The same for a question about a few requests, which waits no longer than any other command. */
export const withQuickAudit = <T>(work: (context: AuditContext) => Promise<T>): Promise<T> =>
  withAuditLedger(work, {});

/** It loads the check of all settings only where it is needed, so that an answer appears at once. */
async function checkedConnections(): Promise<AuditConnections> {
  const { ledgerAndLog } = await import('./log-context.ts');
  const { readUsableSettings } = await import('../../app/settings/usable.ts');
  return ledgerAndLog(readUsableSettings(process.env));
}
