import type { Click, ClickKind } from '../ledger/index.ts';
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

const ENDS: readonly ClickKind[] = ['end', 'withdraw', 'end-all', 'object'];
const REFUSES: readonly ClickKind[] = ['deny'];

/** What ends access, or refuses it. Nothing else may delay it. */
export const ENDING_KINDS: readonly ClickKind[] = [...ENDS, ...REFUSES];

/** The kinds of clicks in each queue. A click that waits must not delay one that ends access (I14), or one that refuses it. */
const QUEUES: readonly (readonly ClickKind[])[] = [
  ENDS,
  REFUSES,
  [
    ...(['request', 'approve', 'ask', 'answer', 'extend', 'deliver', 'lift', 'adopt-finding'] as const),
    ...(['revoke-finding', 'open-review', 'certify'] as const),
  ],
];

/** Takes clicks from the inbox until each has a definite outcome. One whose account is not checked yet is not taken. */
export const startDispatcher = (deps: DispatcherDeps): Stoppable =>
  stopAll(
    QUEUES.map((kinds) =>
      startQueue({
        take: (most) => deps.ledger.takeClicks(kinds, most, RETRY_MS),
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
