import type { RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import type { LogLedger } from '../ledger/index.ts';

/** What the use cases know of the log. */
export interface LogAccess {
  /**
   * Returns when the events of the request up to the last one of kind `until` are in a published checkpoint of the log: these events, as
   * the log has them, with hashes in the place of texts. Throws the fault `log-behind` when they are not after `waitMs` milliseconds, and
   * `log-altered` when what was published is something else.
   */
  assertPublished(
    ledger: LogLedger,
    events: Readonly<{ request: RequestId; until: EventKind }>,
    options: Readonly<{ waitMs: number; signal: AbortSignal }>,
  ): Promise<readonly Event[]>;
}
