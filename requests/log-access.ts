import type { RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import type { RequestState } from '../core/request/state.ts';
import type { LogLedger } from '../ledger/index.ts';

/** What was approved, and the state on which somebody acts: the events up to the last one of kind `until` must have led to it. */
export type ActedOn = Readonly<{ request: RequestId; until: EventKind; state?: RequestState }>;

/** What the use cases know of the log. */
export interface LogAccess {
  /**
   * Returns the events of the request up to the last one of kind `until`, when they are in a published checkpoint of the log and lead to the
   * approval of `state`. Throws the fault `log-behind` when they are not there after `waitMs` milliseconds, and `log-altered` when what
   * was published is something else.
   */
  publishedEvents(
    ledger: LogLedger,
    approved: ActedOn,
    options: Readonly<{ waitMs: number; signal: AbortSignal }>,
  ): Promise<readonly Event[]>;
  /** The root of the first `size` entries, in base64. */
  rootAt(ledger: LogLedger, size: number): Promise<string>;
}
