import type { ClickId } from '../core/ids.ts';
import type { Click, ClickKind } from '../ledger/index.ts';
import { dispatchClick, type DispatchDeps } from './dispatch-click.ts';

export type DispatcherDeps = DispatchDeps &
  Readonly<{
    /** Called with each click that has no definite outcome yet. It is tried again. */
    onRetry?: (click: Click, error: unknown) => void;
    /** Called when the inbox itself cannot be read. */
    onError: (error: unknown) => void;
  }>;

type Stoppable = Readonly<{ stop(): Promise<void> }>;

/** How many clicks of one queue are dispatched at the same time. */
const MOST = 32;
const RETRY_MS = 2_000;

/**
 * The kinds of clicks in each queue. Slack may not say what an account is for a long time, and a click that waits for
 * that must not delay one that ends access (I14), or one that refuses it.
 */
const QUEUES: readonly (readonly ClickKind[])[] = [['end', 'withdraw'], ['deny'], ['request', 'approve']];

/** Takes clicks from the inbox until each has a definite outcome. */
export function startDispatcher(deps: DispatcherDeps): Stoppable {
  const queues = QUEUES.map((kinds) => startQueue(deps, kinds));
  return { stop: async () => void (await Promise.all(queues.map((queue) => queue.stop()))) };
}

/** Dispatches clicks of some kinds. */
function startQueue(deps: DispatcherDeps, kinds: readonly ClickKind[]): Stoppable {
  const inProgress = new Map<ClickId, Promise<void>>();

  async function takeSome(): Promise<number> {
    if (inProgress.size >= MOST) await Promise.race(inProgress.values());
    const found = await deps.ledger.takeClicks(kinds, MOST - inProgress.size, RETRY_MS);
    for (const click of found) {
      if (inProgress.has(click.id)) continue; // It is taken again if this attempt fails.
      inProgress.set(
        click.id,
        dispatchAndStore(deps, click).finally(() => inProgress.delete(click.id)),
      );
    }
    return found.length;
  }

  const watching = deps.ledger.watch('curfew_click', takeSome, deps.onError);
  return {
    async stop() {
      await watching.stop();
      await Promise.all(inProgress.values());
    },
  };
}

async function dispatchAndStore(deps: DispatcherDeps, click: Click): Promise<void> {
  try {
    await deps.ledger.storeOutcome(click.id, await dispatchClick(deps, click));
  } catch (error) {
    deps.onRetry?.(click, error); // The click has no outcome yet, so it is taken again.
  }
}
