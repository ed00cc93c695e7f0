import type { Ledger, WakeUp } from '../ledger/index.ts';
import type { RequestWorkflows } from '../temporal/client.ts';

export type WakerDeps = Readonly<{
  ledger: Pick<Ledger, 'takeWakeUps' | 'removeWakeUp' | 'watch'>;
  workflows: RequestWorkflows;
  /** Called with each wake-up that was not delivered. It is tried again. */
  onRetry?: (wakeUp: WakeUp, error: unknown) => void;
  /** Called when the wake-ups cannot be read. */
  onError: (error: unknown) => void;
}>;

const BATCH = 32;

/**
 * Tells the workflows that the ledger has news. While Temporal is unavailable, the wake-ups wait in the ledger, and the sweeper
 * does what cannot wait.
 */
export function startWaker(deps: WakerDeps): Readonly<{ stop(): Promise<void> }> {
  return deps.ledger.watch(
    'curfew_wake_up',
    async () => {
      const found = await deps.ledger.takeWakeUps(BATCH);
      const delivered = await Promise.all(found.map((wakeUp) => deliver(deps, wakeUp)));
      return delivered.filter(Boolean).length;
    },
    deps.onError,
  );
}

/** True when Temporal has the message. */
async function deliver({ ledger, workflows, onRetry }: WakerDeps, wakeUp: WakeUp): Promise<boolean> {
  try {
    await workflows.wake(wakeUp.request);
    await ledger.removeWakeUp(wakeUp);
    return true;
  } catch (error) {
    onRetry?.(wakeUp, error); // It is due again by itself.
    return false;
  }
}
