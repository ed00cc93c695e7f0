import type { Activity } from './activity.ts';

export const PRODUCT = 'Curfew';

/** A record for a SIEM. `text` is one line without its line break. */
export type StreamRecord = Readonly<{
  log: string;
  index: number;
  leafHash: string;
  entry: string;
  kind: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  severity: Severity;
  text: string;
}>;

/** How serious an activity is, in the words and numbers of OCSF, CEF (0 to 10) and syslog (RFC 5424). */
export type Severity = Readonly<{ name: string; ocsf: number; cef: number; syslog: number }>;

const INFORMATIONAL: Severity = { name: 'Informational', ocsf: 1, cef: 2, syslog: 6 };
const LOW: Severity = { name: 'Low', ocsf: 2, cef: 3, syslog: 5 };
const MEDIUM: Severity = { name: 'Medium', ocsf: 3, cef: 6, syslog: 4 };

/** Somebody changed access by hand, ended much at once, began another log, or removed something from the ledger. */
const NOTABLE: ReadonlySet<string> = new Set([
  ...['drifted', 'repaired', 'mass-ending', 'log-beginning', 'log-keys', 'erasure', 'purge'],
  ...['quarantine', 'quarantine-end'],
]);

export function severityOf({ kind, outcome }: Pick<Activity, 'kind' | 'outcome'>): Severity {
  if (NOTABLE.has(kind)) return MEDIUM;
  return outcome === 'failure' ? LOW : INFORMATIONAL;
}

/** The name of a record, which is always the same for an entry. A SIEM drops a record whose name it has. */
export const nameOf = ({ log, index }: Pick<Activity, 'log' | 'index'>): string => `${log}#${index}`;
