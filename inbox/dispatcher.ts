import { CLICK_QUEUES, clicksIn } from '../core/click-kinds.ts';
import type { Click } from '../ledger/index.ts';
import { dispatchClick, type DispatchDeps } from './dispatch-click.ts';
import { startQueue, stopAll, type Stoppable } from './queue.ts';

export type DispatcherDeps = DispatchDeps &
  Readonly<{
    /** Called with each click that has no definite outcome yet. It is tried again. */
    onRetry?: (click: Click, error: unknown) => void;
    /** Called when the inbox itself cannot be read. */
    onError: (error: unknown) => void;
  }>;

const RETRY_MS = 2_000;

/** Takes clicks from the inbox until each has a definite outcome. One whose account is not checked yet is not taken. */
export const startDispatcher = (deps: DispatcherDeps): Stoppable =>
  stopAll(
    CLICK_QUEUES.map((queue) =>
      startQueue({
        take: (most) => deps.ledger.takeClicks(clicksIn(queue), most, RETRY_MS),
        work: (click) => dispatchAndStore(deps, click),
        watch: (look) => deps.ledger.watch('curfew_click', look, deps.onError),
      }),
    ),
  );

async function dispatchAndStore(deps: DispatcherDeps, click: Click): Promise<void> {
  try {
    await deps.ledger.storeOutcome(click.id, await dispatchClick(deps, click));
  } catch (error) {
    deps.onRetry?.(click, error); // The click has no outcome yet, so it is taken again.
  }
}
