import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import type { Counted, CountLimit } from '../count.ts';
import type { Db } from '../pool.ts';
import * as lines from './lease-uses.ts';
import * as readings from './readings.ts';

export {
  type LeaseUse,
  type ShownPart,
  type UseFilter,
  USE_VERDICTS,
  type UseVerdict,
} from './lease-uses.ts';
export type { EndedUseTask, UseFacts, UseTask, UseTasksExcept } from './readings.ts';

/** The part of the ledger about what was done with leases. */
export interface UseLedger {
  /** Takes one reading of use that is due, except those that the caller works on. It may be taken again later. */
  takeUseTask(except: readings.UseTasksExcept): Promise<readings.UseTask | undefined>;
  /** Plans the next reading of the same lease. */
  endUseTask(ended: readings.EndedUseTask): Promise<void>;
  /** What a reading needs to know of its lease; undefined for one that was never granted. */
  readUseFacts(lease: LeaseId): Promise<readings.UseFacts | undefined>;
  /** Records what a reading showed. */
  recordUse(lease: LeaseId, reading: Readonly<{ use: Use; readAt: Instant }>): Promise<void>;
  /** The lines of use of the leases that match, the newest lease first. */
  leaseUses(filter: lines.UseFilter): Promise<readonly lines.LeaseUse[]>;
  /** How many leases match, and when the newest was granted. Undefined when to count them takes too long. */
  countLeaseUses(filter: Omit<lines.UseFilter, 'limit'>, limit: CountLimit): Promise<Counted | undefined>;
  /** The leases that were never used, as a statement that a login with the role curfew_auditor can run. */
  neverUsedSql(period: Pick<lines.UseFilter, 'grantedFrom' | 'grantedUntil'>): string;
}

type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** `query` runs one statement, and `tx` runs work in a transaction. */
export const useLedger = (query: Run, tx: Run): UseLedger => ({
  takeUseTask: (except) => query((db) => readings.takeUseTask(db, except)),
  endUseTask: (ended) => query((db) => readings.endUseTask(db, ended)),
  readUseFacts: (lease) => query((db) => readings.readUseFacts(db, lease)),
  recordUse: (lease, reading) => query((db) => readings.recordUse(db, lease, reading)),
  leaseUses: (filter) => query((db) => lines.leaseUses(db, filter)),
  neverUsedSql: lines.neverUsedSql,
  countLeaseUses: (filter, limit) => tx((db) => lines.countLeaseUses(db, filter, limit)),
});
