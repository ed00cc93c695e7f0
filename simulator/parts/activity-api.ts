import { AsyncLocalStorage } from 'node:async_hooks';

// Takes the place of the package @temporalio/activity in the simulator.

/** What an attempt at an activity knows of itself. */
export type ActivityContext = Readonly<{
  info: Readonly<{ heartbeatDetails: unknown }>;
  heartbeat: (details?: unknown) => void;
  cancellationSignal: AbortSignal;
}>;

const contexts = new AsyncLocalStorage<ActivityContext>();

export const inActivity = <T>(context: ActivityContext, work: () => T): T => contexts.run(context, work);

export const Context = {
  current(): ActivityContext {
    const context = contexts.getStore();
    if (!context) throw new Error('this is not an activity');
    return context;
  },
};
