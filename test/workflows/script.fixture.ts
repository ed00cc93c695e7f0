import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { uuidv7 } from 'uuidv7';
import type { Activities } from '../../activities/index.ts';
import type { FaultCode } from '../../core/faults.ts';
import {
  clickIdOf,
  type Instant,
  type LeaseId,
  leaseIdOf,
  type Minutes,
  type RequestId,
  requestIdOf,
  requestIdOfLease,
} from '../../core/ids.ts';
import { type Command, ELIGIBLE } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import { dueCommand } from '../../core/request/due.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { type Progress, progressOf } from '../../core/request/progress.ts';
import type { SealedUndo } from '../../requests/undo.ts';
import { requestWorkflows } from '../../temporal/client.ts';
import { TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';
import { startWorkers } from '../../temporal/worker.ts';
import { workflowBundle } from '../../temporal/workflow-bundle.ts';
import { accessRequest } from '../../workflows/access-request.ts';
import { lastProgress } from '../../workflows/messages.ts';
import { bo, demand, detailsOf } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';

const PROVIDERS = ['fake', 'other'] as const;

type Revoke = Parameters<Activities['revoke']>[0];
/** What the activities of one run do. */
export type Script = Readonly<{
  /** The provider of each target. */
  providers?: readonly (typeof PROVIDERS)[number][];
  /** True when the request is approved after it was judged, and the workflow is woken then. */
  approvedLater?: boolean;
  /** True when nobody approves the request. */
  staysPending?: boolean;
  /** True when nothing is ever due by the ledger's clock. */
  clockIsBehind?: boolean;
  /** True when the ledger loses what it recorded about a grant. */
  forgetsGrant?: boolean;
  /** Why the last attempt to grant failed, as the ledger says. */
  fault?: FaultCode;
  /** The length of the access. */
  minutes?: number;
  /** The time from the approval's record to the end of the access, in milliseconds. */
  leftMs?: number;
  /** Resolves with undefined for a grant that does not happen, although its activity is completed. */
  grant(lease: LeaseId, world: World): Promise<{ undo: SealedUndo } | undefined>;
  /** What an attempt to extend a lease does. */
  extend?(lease: LeaseId, world: World): Promise<{ undo: SealedUndo } | undefined>;
  /** Called in each look at the ledger, with the number of looks that have begun. */
  look?(world: World, begun: number): Promise<void>;
  /** Called in each attempt to revoke, with the number of attempts that have begun. */
  revoke?(begun: number, world: World): Promise<void>;
  /** Called before each answer of an attempt that revoked. */
  answer?(progress: Progress, world: World): Promise<void>;
  /** How far off the end is, as the ledger says, for each attempt to revoke. */
  endsInMs?: readonly number[];
}>;
/** What a test can do with the request and its workflow while an activity runs. */
export type World = Readonly<{
  record(command: Command): void;
  now(): Instant;
  cancel(): Promise<void>;
  wake(): Promise<void>;
  /** What the workflow learned last. */
  lastProgress(): Promise<Progress>;
  /** Never answers, as after a kill. It fails when the test is over, so that the worker can stop. */
  hang(): Promise<never>;
}>;

/** A sealed undo of this lease. The scripts only compare it. */
export const undoOf = (lease: LeaseId): SealedUndo => `sealed ${lease}`;

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Scheduled = NonNullable<NonNullable<History['events']>[number]['activityTaskScheduledEventAttributes']>;

const secondsOf = (length: Scheduled['scheduleToCloseTimeout']) =>
  Number(length?.seconds ?? 0) + (length?.nanos ?? 0) / 1e9;

/** The options of an activity as Temporal got them, in seconds. */
const optionsOf = ({ activityType, retryPolicy, ...each }: Scheduled) => ({
  name: activityType?.name,
  attemptS: secondsOf(each.startToCloseTimeout),
  heartbeatS: secondsOf(each.heartbeatTimeout),
  allAttemptsS: Math.ceil(secondsOf(each.scheduleToCloseTimeout)),
  attempts: retryPolicy?.maximumAttempts ?? 0,
  notRetried: retryPolicy?.nonRetryableErrorTypes ?? [],
  firstPauseS: secondsOf(retryPolicy?.initialInterval),
  longestPauseS: secondsOf(retryPolicy?.maximumInterval),
});

/** A Temporal server with workers, for one script after another. */
export type Scripts = Readonly<{
  run(script: Script): ReturnType<typeof runScript>;
  /** The time of the server, in milliseconds. */
  timeMs(): Promise<number>;
  stop(): Promise<void>;
}>;

/**
 * Starts a time-skipping server with workers. The server was seen to try an activity thousands of times at the same instant, and then it skips no time any
 * more. So a script that hangs runs once more, on a new server.
 */
export async function startScripts(): Promise<Scripts> {
  const bundle = await workflowBundle();
  let opened = await openScripts(bundle);
  return {
    async run(script) {
      try {
        return await opened.run(script);
      } catch (error) {
        if (!(error instanceof Hung)) throw error;
        console.warn(error.message.slice(0, 1_000));
        await opened.stop();
        opened = await openScripts(bundle);
        return opened.run(script);
      }
    },
    timeMs: () => opened.timeMs(),
    stop: () => opened.stop(),
  };
}

/** The workers are started once, because a worker with workflows costs half a second of a processor. */
async function openScripts(bundle: WorkflowBundle): Promise<Scripts> {
  const server = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: TIME_SKIPPING_SERVER } },
  });
  const scripts = new Map<RequestId, Activities>();
  const of = (request: RequestId): Activities => {
    const script = scripts.get(request);
    if (!script) throw new Error(`no script runs for ${request}`);
    return script;
  };
  const activities: Activities = {
    judge: (input) => of(input.request).judge(input),
    look: (input) => of(input.request).look(input),
    grant: (input) => of(requestIdOfLease(input.lease)).grant(input),
    extend: (input) => of(requestIdOfLease(input.lease)).extend(input),
    revoke: (input) => of(requestIdOfLease(input.lease)).revoke(input),
  };
  const queue = `test-${uuidv7()}`;
  const workers = await startWorkers({
    connection: server.nativeConnection,
    namespace: 'default',
    activities: { workflows: activities, providers: activities },
    bundle,
    providers: PROVIDERS,
    queue,
  });
  return {
    run: (script) => runScript({ server, queue, scripts }, script),
    timeMs: () => server.currentTimeMs(),
    async stop() {
      await workers.stop();
      await server.teardown();
    },
  };
}

type Running = Readonly<{
  server: TestWorkflowEnvironment;
  queue: string;
  scripts: Map<RequestId, Activities>;
}>;

/** Ends a workflow that hangs. No test passes or fails by how long it took. */
const HANGS_AFTER_MS = 60_000;
class Hung extends Error {}

/** The result of a workflow. One that has none is terminated, and the error says what was done until then. */
async function resultOf(handle: WorkflowHandle<typeof accessRequest>, whatWasDone: () => object) {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Hung(`the workflow has no result; until now: ${JSON.stringify(whatWasDone())}`)),
      HANGS_AFTER_MS,
    );
  });
  const result = handle.result();
  result.catch(() => undefined); // After a termination nobody awaits it.
  try {
    return await Promise.race([result, hangs]);
  } catch (error) {
    await handle.terminate('the test is over').catch(() => undefined); // It may have failed by itself.
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs the workflow of a request that is approved at once. The ledger is a list of events. */
async function runScript(
  { server, queue, scripts }: Running,
  {
    providers = ['fake'],
    approvedLater,
    staysPending,
    clockIsBehind,
    forgetsGrant,
    fault,
    minutes = 2,
    leftMs = minutes * 60_000,
    grant,
    extend,
    look,
    revoke,
    answer,
    endsInMs = [],
  }: Script,
) {
  const request = requestIdOf(clickIdOf(uuidv7()));
  const details = { ...detailsOf(), id: request, minutes: minutes as Minutes, targets: providers };
  const log: Event[] = [];
  const revokes: Revoke[] = [];
  const revokedAtMs: number[] = [];
  const calls: (readonly [activity: string, lease: LeaseId, queue: string])[] = [];
  const waits = [...endsInMs];
  let looks = 0;
  let now = (await server.currentTimeMs()) as Instant;
  let stopHanging = (): void => undefined;
  const hanging = new Promise<never>((_resolve, reject) => {
    stopHanging = () => reject(new Error('the test is over'));
  });
  hanging.catch(() => undefined);
  const world: World = {
    now: () => now,
    cancel: () =>
      server.client.workflow
        .getHandle(`request/${request}`)
        .cancel()
        .then(() => undefined),
    wake: () => requestWorkflows(server.client, queue).wake(request),
    lastProgress: () => server.client.workflow.getHandle(`request/${request}`).query(lastProgress),
    record(command) {
      const decided = decide(stateAfter(log), command);
      if (decided.ok) log.push(...decided.value);
    },
    hang: () => hanging,
  };
  const progress = (): Progress => progressOf(stateAfter(log), now, fault);
  const readClock = async () => void (now = (await server.currentTimeMs()) as Instant);
  const approve = () => {
    const at = (now - minutes * 60_000 + leftMs) as Instant;
    world.record({ kind: 'approve', by: bo, digest: details.digest, eligibility: ELIGIBLE, at });
  };
  const noteCall = (lease: LeaseId) => {
    const { activityType, taskQueue } = Context.current().info;
    calls.push([activityType, lease, taskQueue.replace(queue, 'main')]);
  };
  const recordDue = () => {
    const due = clockIsBehind ? undefined : dueCommand(stateAfter(log), now, fault);
    if (due) world.record(due);
  };
  const activities: Activities = {
    async judge() {
      const requirements = { ...demand([1, bo]), lapsesAt: (now + leftMs + 60_000) as Instant };
      world.record({ kind: 'open', details, requirements, at: now });
      if (!approvedLater && !staysPending) approve();
      return progress();
    },
    async look() {
      looks += 1;
      await look?.(world, looks);
      await readClock();
      recordDue();
      return progress();
    },
    async grant({ lease }) {
      noteCall(lease);
      const granted = await grant(lease, world);
      if (!granted) return undefined as never; // as a payload that is not encrypted is decoded
      if (!forgetsGrant) world.record({ kind: 'confirm-granted', lease, seen: 'x', at: now });
      return granted;
    },
    async extend({ lease }) {
      noteCall(lease);
      return (await extend?.(lease, world)) ?? {};
    },
    async revoke(input) {
      revokes.push(input);
      noteCall(input.lease);
      await revoke?.(revokes.length, world);
      await readClock();
      revokedAtMs.push(now);
      const last = progress();
      const wait = waits.shift() ?? 0;
      if (wait > 0 && last.kind === 'active') return { ...last, endsAt: (now + wait) as Instant };
      const over = dueCommand(stateAfter(log), (now + minutes * 60_000) as Instant, fault);
      if (over) world.record(over);
      world.record({ kind: 'confirm-revoked', lease: input.lease, seen: 'none', at: now });
      const answered = progress();
      await answer?.(answered, world);
      return answered;
    },
  };
  scripts.set(request, activities);
  try {
    const handle = await server.client.workflow.start(accessRequest, {
      taskQueue: queue,
      workflowId: `request/${request}`,
      args: [{ request }],
    });
    if (approvedLater) {
      await until('the request is judged', () => log.length > 0);
      approve();
      await world.wake();
    }
    const outcome = await resultOf(handle, () => ({ looks, calls, trail: log.map(({ kind }) => kind) }));
    const { events } = await handle.fetchHistory();
    return {
      outcome,
      revokes,
      /** The time of each attempt to revoke, by the server's clock. */
      revokedAtMs,
      /** How often the workflow looked at the ledger after the request was judged. */
      looks,
      /** Each attempt to grant or revoke, with its task queue. The queue of the workflow is called `main`. */
      calls,
      options: (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: each }) =>
        each ? [optionsOf(each)] : [],
      ),
      /** The length of each timer of the workflow, in seconds. */
      timersS: (events ?? []).flatMap(({ timerStartedEventAttributes: each }) =>
        each ? [secondsOf(each.startToFireTimeout)] : [],
      ),
      leases: details.targets.map((_, at) => leaseIdOf(request, at)),
    };
  } finally {
    stopHanging();
  }
}
