import { Fault } from '../core/faults.ts';
import type { RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import type { RequestState } from '../core/request/state.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from './deps.ts';

/** What was approved: the access, or a later end of it. The events up to the last one of kind `until` are what the approval consists of. */
type Approved = Readonly<{ request: RequestId; until: EventKind }>;

/**
 * Waits until the approval is in a published checkpoint of the log, for some seconds at most. Call it before the lock of the access is
 * taken, so that nobody waits for the lock meanwhile. It decides nothing: whoever has the lock asserts it.
 */
export async function awaitPublished(deps: Deps, approved: Approved, signal: AbortSignal): Promise<void> {
  const { ms: waitMs } = WAITS.publishedApproval;
  await deps.log?.publishedEvents(deps.ledger, approved, { waitMs, signal }).catch(() => undefined);
}

/**
 * The events of the approval of this state. Throws unless they are in a published checkpoint of the log (I21). Call it under the lock of the access,
 * before the provider is changed: so nobody gets access by an approval that can be made to disappear. What was published must lead to the state that is
 * acted on, because the ledger could have another answer for each question.
 */
export const publishedEvents = (
  deps: Deps,
  approved: Approved & Readonly<{ state: RequestState }>,
  signal: AbortSignal,
): Promise<readonly Event[]> => logOf(deps).publishedEvents(deps.ledger, approved, { waitMs: 0, signal });

function logOf({ log }: Pick<Deps, 'log'>) {
  if (log) return log;
  throw new Fault('log-missing', 'CURFEW_LOG_NAME is not set, so nobody could check what was approved');
}
