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

const BATCH = 32;
const RETRY_MS = 2_000;

/**
 * Takes clicks from the inbox until each has a definite outcome. There are two queues, because a request or an
 * approval may wait for Slack and for Temporal, and what ends or refuses must not wait behind them (I14).
 */
export function startDispatcher(deps: DispatcherDeps): Stoppable {
  const queues = [
    // The first queue has no limit, because an end waits for its provider.
    startQueue(deps, ['end', 'withdraw', 'deny'], Number.POSITIVE_INFINITY),
    startQueue(deps, ['request', 'approve'], BATCH),
  ];
  return { stop: async () => void (await Promise.all(queues.map((queue) => queue.stop()))) };
}

/** Dispatches clicks of some kinds, at most `most` at a time. */
function startQueue(deps: DispatcherDeps, kinds: readonly ClickKind[], most: number): Stoppable {
  const inProgress = new Map<ClickId, Promise<void>>();

  async function takeSome(): Promise<number> {
    if (inProgress.size >= most) await Promise.race(inProgress.values());
    const found = await deps.ledger.takeClicks(kinds, Math.min(BATCH, most - inProgress.size), RETRY_MS);
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
