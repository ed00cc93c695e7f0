import { AUDIT, type AuditLedger } from './questions/index.ts';
import { bind, type Run } from './bind.ts';
import { CLICKS, type ClickLedger } from './clicks/index.ts';
import { CONSOLE, type ConsoleLedger } from './console/index.ts';
import { FINDINGS, type FindingsLedger } from './findings/index.ts';
import type { HintChannel } from './hints.ts';
import { LEASES, type LeaseLedger } from './leases/index.ts';
import type { LedgerRole } from './roles.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { withLock } from './leases/lock.ts';
import { LOG, type LogLedger } from './log/index.ts';
import { onSnapshot } from './log/snapshot.ts';
import { MANIFEST, type ManifestLedger } from './manifest-entries/index.ts';
import { MASS_ENDINGS, type MassEndingLedger } from './mass-endings/index.ts';
import { MESSAGES, type MessageLedger } from './messages/index.ts';
import { now } from './pool.ts';
import { QUARANTINE, type QuarantineLedger } from './quarantine/index.ts';
import { REQUESTS, type RequestLedger } from './request/index.ts';
import { REVIEWS, type ReviewsLedger } from './reviews/index.ts';
import { USE, type UseLedger } from './use/index.ts';

/**
 * The ledger: the one authority about requests, leases and clicks. Every function is one question or one
 * transaction. Every function throws `Fault('ledger-unavailable')` while Postgres does not answer.
 */
export interface Ledger
  extends
    AuditLedger,
    ClickLedger,
    ConsoleLedger,
    FindingsLedger,
    LeaseLedger,
    LogLedger,
    ManifestLedger,
    MassEndingLedger,
    MessageLedger,
    QuarantineLedger,
    RequestLedger,
    ReviewsLedger,
    UseLedger {
  /** The time of the ledger's clock, by which every end and every lapse is decided (I23). */
  now(): ReturnType<typeof now>;
  /** Calls `look` after each write to the channel and every two seconds, until stopped. */
  watch(
    channel: HintChannel,
    look: () => Promise<number>,
    onError: (error: unknown) => void,
  ): { stop(): Promise<void> };
  close(): Promise<void>;
}

/** A duty whose process runs use cases. */
export type UseCaseRole = Exclude<LedgerRole, 'sequencer' | 'streamer'>;

/** The ports of each duty. The sequencer and the streamer work on the log only. */
export type DutyLedgers = Readonly<
  Record<UseCaseRole, Ledger> & {
    sequencer: LogLedger & Pick<Ledger, 'isQuarantined' | 'now' | 'watch'>;
    streamer: LogLedger;
  }
>;

/** How a ledger reaches its database. `tx` runs work in a transaction, and `query` runs one statement. */
export type LedgerConnection = Readonly<{ tx: Run; query: Run }> &
  Pick<Ledger, 'canWrite' | 'watch' | 'close'>;

/** A judgement under a lock holds one connection and reads on others. At most two run at the same time, so that connections remain. A worker has seven. */
const JUDGED_AT_ONCE = 2;

/** The ledger over a connection. The simulator has a connection of its own, on which it decides what happens next. */
export function ledgerOver({ tx, query, ...connection }: LedgerConnection): Ledger {
  const limited = limitConcurrency(JUDGED_AT_ONCE);
  const runs = { query, tx, judged: <T>(work: Parameters<typeof tx<T>>[0]) => limited(() => tx(work)) };
  return {
    ...bind(runs, AUDIT),
    ...bind(runs, CLICKS),
    ...bind(runs, CONSOLE),
    ...bind(runs, FINDINGS),
    ...bind(runs, LEASES),
    ...bind(runs, LOG),
    ...bind(runs, MANIFEST),
    ...bind(runs, MASS_ENDINGS),
    ...bind(runs, MESSAGES),
    ...bind(runs, QUARANTINE),
    ...bind(runs, REQUESTS),
    ...bind(runs, REVIEWS),
    ...bind(runs, USE),
    ...connection,
    now: () => query(now),
    withLock: (key, work) => withLock(query, key, work),
    onLogSnapshot: (work) => tx((db) => onSnapshot(db, work)),
  };
}
