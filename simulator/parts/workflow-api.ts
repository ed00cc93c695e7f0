import { currentScope, type Scope } from '../world/scope.ts';

// Takes the place of the package @temporalio/workflow in the simulator: the part of it that the workflows of Curfew use, with the
// semantics of Temporal's documentation, on the virtual time.

export { ApplicationFailure, TimeoutFailure } from '@temporalio/common';

type ActivityOptions = Readonly<{
  taskQueue?: string;
  startToCloseTimeout?: number;
  scheduleToCloseTimeout?: number;
  heartbeatTimeout?: number;
  retry?: Readonly<{ initialInterval?: string; maximumInterval?: string; maximumAttempts?: number }>;
}>;

/** An activity that a workflow calls. */
export type ActivityCall = Readonly<{
  name: string;
  input: unknown;
  isLocal: boolean;
  options: ActivityOptions;
}>;

type Waiting = { isTrue: () => boolean; goOn: (isTrue: boolean) => void };

/** One workflow that runs. `startTimer` and `callActivity` are Temporal's. */
export type WorkflowRun = Readonly<{
  taskQueue: string;
  conditions: Set<Waiting>;
  signals: Map<unknown, () => void>;
  startTimer: (ms: number, fire: () => void) => void;
  callActivity: (call: ActivityCall) => Promise<unknown>;
}>;

const runs = new WeakMap<Scope, WorkflowRun>();

export const registerRun = (scope: Scope, run: WorkflowRun): void => void runs.set(scope, run);

function currentRun(): WorkflowRun {
  const run = runs.get(currentScope());
  if (!run) throw new Error('this is not a workflow');
  return run;
}

/** Lets each condition go on that became true. Returns whether there was one. */
export function settleConditions({ conditions }: WorkflowRun): boolean {
  const met = [...conditions].filter(({ isTrue }) => isTrue());
  for (const each of met) {
    conditions.delete(each);
    each.goOn(true);
  }
  return met.length > 0;
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    currentRun().startTimer(ms, () => resolve());
  });

export function condition(isTrue: () => boolean, ms?: number): Promise<boolean> {
  if (isTrue()) return Promise.resolve(true);
  const { conditions, startTimer } = currentRun();
  return new Promise((goOn) => {
    const waiting = { isTrue, goOn };
    conditions.add(waiting);
    if (ms !== undefined)
      startTimer(ms, () => {
        if (conditions.delete(waiting)) goOn(false);
      });
  });
}

export const defineSignal = (name: string): object => ({ signal: name });
export const defineQuery = (name: string): object => ({ query: name });
export const setHandler = (definition: object, handle: () => void): void =>
  void currentRun().signals.set(definition, handle);

const proxy = (options: ActivityOptions, isLocal: boolean): unknown =>
  new Proxy(
    {},
    {
      get: (_target, name) => (input: unknown) =>
        currentRun().callActivity({ name: String(name), input, isLocal, options }),
    },
  );

export const proxyActivities = (options: ActivityOptions): unknown => proxy(options, false);
export const proxyLocalActivities = (options: ActivityOptions): unknown => proxy(options, true);
export const workflowInfo = (): Readonly<{ taskQueue: string }> => ({ taskQueue: currentRun().taskQueue });
export const patched = (): boolean => true;
export const CancellationScope = { nonCancellable: <T>(work: () => Promise<T>): Promise<T> => work() };
