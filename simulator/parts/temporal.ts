import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import type { RequestId } from '../../core/ids.ts';
import type { RequestWorkflows } from '../../temporal/client.ts';
import { accessRequest } from '../../workflows/access-request.ts';
import { MAIN_QUEUE, wakeUp } from '../../workflows/messages.ts';
import { newScope, runIn, type Scope } from '../world/scope.ts';
import { call, inWorld, pause, travelMs, type World } from '../world/world.ts';
import { inActivity } from './activity-api.ts';
import { type ActivityCall, registerRun, settleConditions, type WorkflowRun } from './workflow-api.ts';

type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;
type Worker = Readonly<{ process: Scope; queue: string; activities: Activities }>;
type Execution = { scope: Scope; run: WorkflowRun; state: 'running' | 'completed' | 'failed' };

/**
 * Temporal as Curfew sees it: workflows that survive every process, activities that are tried again, timers, signals. Workflows are
 * not replayed here: other tests replay recorded histories. While Temporal is away, nothing in it goes on.
 */
export type Temporal = Readonly<{
  workflows: RequestWorkflows;
  /** A process polls a task queue. */
  serve(worker: Worker): void;
  terminateAll(): void;
  /** Lets the workflows go on whose condition became true. */
  settle(): boolean;
}>;

const POLL_MS = 500;
const CALL_FAILS_MS = 10_000;

export function openTemporal(world: World): Temporal {
  const executions = new Map<RequestId, Execution>();
  let workers: readonly Worker[] = [];
  const isAway = (): boolean => world.isOn('temporal-away');
  const workerOf = (queue: string): Worker | undefined => {
    workers = workers.filter(({ process }) => !process.isDead);
    const serving = workers.filter(
      (each) => each.queue === queue && each.process.frozenUntil <= world.time.now(),
    );
    return serving.length === 0 ? undefined : world.random.pick(serving);
  };

  /** Waits until Temporal is there and a process polls the queue. Undefined when `isOver` comes first. */
  async function untilServed(queue: string, isOver: () => boolean): Promise<Worker | undefined> {
    for (;;) {
      const worker = isAway() ? undefined : workerOf(queue);
      if (worker || isOver()) return worker;
      await pause(POLL_MS);
    }
  }

  /** Timers that are over while Temporal is away, or while no worker is there, fire later. */
  const startTimer = (ms: number, fire: () => void): void =>
    void world.time.plan(Math.max(ms, 1), () => void untilServed(MAIN_QUEUE, () => false).then(fire));

  const start = (request: RequestId): void => {
    const scope = newScope(`workflow ${request}`);
    const run: WorkflowRun = {
      taskQueue: MAIN_QUEUE,
      conditions: new Set(),
      signals: new Map(),
      startTimer,
      callActivity: (asked) => runActivity({ world, untilServed, isAway, workflow: scope }, asked),
    };
    registerRun(scope, run);
    const execution: Execution = { scope, run, state: 'running' };
    executions.set(request, execution);
    const begin = (): void =>
      void accessRequest({ request }).then(
        () => void (execution.state = 'completed'),
        () => void (execution.state = 'failed'),
      );
    world.meet('start');
    runIn(scope, () => world.time.plan(travelMs(world), begin)); // until a worker polls
  };

  async function wake(request: RequestId): Promise<void> {
    await call(world, async () => {
      if (isAway()) {
        await pause(CALL_FAILS_MS);
        throw new Error('Temporal does not answer');
      }
      inWorld(() => {
        const execution = executions.get(request);
        if (!execution || execution.state === 'failed') start(request);
        else if (execution.state === 'running')
          runIn(execution.scope, () => execution.run.signals.get(wakeUp)?.());
      });
    });
  }
  return {
    workflows: { wake },
    serve: (worker) => void (workers = [...workers, worker]),
    terminateAll() {
      for (const execution of executions.values())
        if (execution.state === 'running') {
          execution.scope.isDead = true;
          execution.state = 'failed';
        }
    },
    settle: () =>
      [...executions.values()].some(
        ({ scope, run, state }) => state === 'running' && !scope.isDead && settleConditions(run),
      ),
  };
}

type Host = Readonly<{
  world: World;
  untilServed: (queue: string, isOver: () => boolean) => Promise<Worker | undefined>;
  isAway: () => boolean;
  workflow: Scope;
}>;

/** The waits of a retry policy, as the workflows write them. */
const msOf = (text: string): number =>
  text.endsWith('ms') ? Number.parseInt(text) : Number.parseInt(text) * 1_000;

/** Tries an activity until it succeeds, fails for good, or its time is over. */
async function runActivity(host: Host, asked: ActivityCall): Promise<unknown> {
  const { world } = host;
  const { name, options } = asked;
  const { retry = {}, scheduleToCloseTimeout = Infinity, taskQueue = MAIN_QUEUE } = options;
  const over = world.time.now() + scheduleToCloseTimeout;
  const isOver = (): boolean => world.time.now() >= over;
  let waitMs = msOf(retry.initialInterval ?? '1s');
  let details: unknown;
  for (let tries = 1; ; tries += 1) {
    const worker = await host.untilServed(taskQueue, isOver);
    const outcome = worker
      ? await attemptOnce(host, { asked, worker, details, over })
      : { failure: timeout('SCHEDULE_TO_CLOSE', details), details };
    details = outcome.details;
    if ('value' in outcome) return outcome.value;
    const { failure } = outcome;
    const isFinal = failure instanceof ApplicationFailure && failure.nonRetryable === true;
    if (isFinal || isOver() || tries >= (retry.maximumAttempts ?? Infinity))
      throw activityFailure(name, failure);
    const stated =
      failure instanceof ApplicationFailure ? Number(failure.nextRetryDelay ?? Number.NaN) : Number.NaN;
    const next = Number.isNaN(stated) ? waitMs : stated;
    if (world.time.now() + next >= over) throw activityFailure(name, failure);
    await pause(next);
    waitMs = Math.min(waitMs * 2, msOf(retry.maximumInterval ?? '100s'));
  }
}

type Attempt = Readonly<{ asked: ActivityCall; worker: Worker; details: unknown; over: number }>;
type Outcome = Readonly<{ details: unknown } & ({ value: unknown } | { failure: Error })>;

/** One attempt in a process. When the process dies, its heartbeat stops. An attempt that is over goes on until it hears of it. */
function attemptOnce(
  { world, isAway, workflow }: Host,
  { asked, worker, details: earlier, over }: Attempt,
): Promise<Outcome> {
  const { startToCloseTimeout = Infinity, heartbeatTimeout } = asked.options;
  const { process, activities } = worker;
  const cancelled = new AbortController();
  let details = earlier;
  let isOver = false;
  let lastBeat = world.time.now();
  const until = Math.min(lastBeat + startToCloseTimeout, over);
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      isOver = true;
      resolve(outcome);
    };
    /** A worker reports its answer until Temporal takes it. */
    const report = async (outcome: () => Outcome): Promise<void> => {
      while (isAway()) await pause(POLL_MS);
      if (!isOver) end(outcome());
    };
    const watch = (): void => {
      if (isOver) return;
      const now = world.time.now();
      const isSilent = heartbeatTimeout !== undefined && now - lastBeat >= heartbeatTimeout;
      if (!isAway() && (now >= until || isSilent))
        return end({
          failure: timeout(
            isSilent ? 'HEARTBEAT' : now >= over ? 'SCHEDULE_TO_CLOSE' : 'START_TO_CLOSE',
            details,
          ),
          details,
        });
      world.time.plan(Math.min(1_000, Math.max(until - now, POLL_MS)), watch);
    };
    watch();
    const heartbeat = (next?: unknown): void => {
      if (isAway()) return;
      if (isOver || workflow.isDead) return cancelled.abort(new Error('the activity is over'));
      lastBeat = world.time.now();
      details = next;
    };
    const context = { info: { heartbeatDetails: earlier }, heartbeat, cancellationSignal: cancelled.signal };
    void runIn(process, async () => {
      await pause(1);
      const work = activities[asked.name];
      if (!work) throw new Error(`no activity ${asked.name}`);
      await inActivity(context, () => work(asked.input as never)).then(
        (value) => report(() => ({ value, details })),
        (error: unknown) => report(() => ({ failure: failureOf(error), details })),
      );
    });
  });
}

const failureOf = (error: unknown): Error =>
  error instanceof ApplicationFailure ? error : ApplicationFailure.fromError(error);

const timeout = (kind: 'HEARTBEAT' | 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE', details: unknown): Error =>
  new TimeoutFailure('the activity timed out', details, kind);

const activityFailure = (name: string, cause: Error): Error =>
  new ActivityFailure('the activity failed', name, undefined, 'MAXIMUM_ATTEMPTS_REACHED', undefined, cause);
