import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { uuidv7 } from 'uuidv7';
import type { Activities } from '../../activities/index.ts';
import {
  clickIdOf,
  type Instant,
  type LeaseId,
  leaseIdOf,
  type Minutes,
  requestIdOf,
} from '../../core/ids.ts';
import { type Command, ELIGIBLE, type SystemCommand } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { Undo } from '../../requests/undo.ts';
import { TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';
import { bundleWorkflows, startWorkers } from '../../temporal/worker.ts';
import { accessRequest } from '../../workflows/access-request.ts';
import { ana, bo, demand, detailsOf } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import './runtime.fixture.ts';
import { hasTimeSkipping } from './clock.fixture.ts';

type Revoke = Parameters<Activities['revoke']>[0];
type Script = Readonly<{
  targets?: number;
  /** The time from the approval's record to the end of the access, in milliseconds. */
  leftMs?: number;
  grant(lease: LeaseId, world: World): Promise<{ undo: Undo }>;
  settle?(command: SystemCommand): Promise<void>;
  /** Called in each attempt to revoke, with the number of attempts that have begun. */
  revoke?(begun: number): Promise<void>;
  /** How long the ledger says that the end is away, for each attempt to revoke. */
  endsInMs?: readonly number[];
}>;
/** What a test can do with the request and its workflow while an activity runs. */
type World = Readonly<{
  record(command: Command): void;
  now(): Instant;
  cancel(): Promise<void>;
  /** Answers when the workflow has reported a command. */
  settled(): Promise<void>;
  /** Never answers, as after a kill. It fails when the test is over, so that the worker can stop. */
  hang(): Promise<never>;
}>;

const undoOf = (lease: LeaseId): Undo =>
  ({ intent: { lease, level: 'none' }, target: { provider: 'fake' } }) as unknown as Undo;

type Scheduled = NonNullable<
  NonNullable<temporal.api.history.v1.IHistory['events']>[number]['activityTaskScheduledEventAttributes']
>;

const TEN_YEARS_S = 10 * 365 * 86_400;
const secondsOf = (length: Scheduled['scheduleToCloseTimeout']) =>
  Number(length?.seconds ?? 0) + (length?.nanos ?? 0) / 1e9;

/** The options of an activity as Temporal got them, in seconds. */
const optionsOf = ({ activityType, retryPolicy, ...each }: Scheduled) => ({
  name: activityType?.name,
  attemptS: secondsOf(each.startToCloseTimeout),
  heartbeatS: secondsOf(each.heartbeatTimeout),
  allAttemptsS: Math.ceil(secondsOf(each.scheduleToCloseTimeout)),
  attempts: retryPolicy?.maximumAttempts ?? 0,
  longestPauseS: secondsOf(retryPolicy?.maximumInterval),
});

if (hasTimeSkipping)
  describe('what the workflow asks its activities to do', () => {
    let server: TestWorkflowEnvironment;
    let bundle: WorkflowBundle;
    beforeAll(async () => {
      server = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path: TIME_SKIPPING_SERVER } },
      });
      bundle = await bundleWorkflows();
    });
    afterAll(() => server?.teardown());

    /** Runs the workflow of a request for two minutes that is approved at once. The ledger is a list of events. */
    async function run({ targets = 1, leftMs = 120_000, grant, settle, revoke, endsInMs = [] }: Script) {
      const request = requestIdOf(clickIdOf(uuidv7()));
      const details = { ...detailsOf(targets), id: request, minutes: 2 as Minutes };
      const log: Event[] = [];
      const revokes: Revoke[] = [];
      const queues = new Set<string>();
      const settled: SystemCommand[] = [];
      const waits = [...endsInMs];
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
        settled: () => until('a command is reported', () => settled.length > 0).then(() => undefined),
        record(command) {
          const decided = decide(stateAfter(log), command);
          if (decided.ok) log.push(...decided.value);
        },
        hang: () => hanging,
      };
      const since = (version: number) => ({
        events: log.slice(version).map((event, index) => ({ seq: version + index, event })),
      });
      const tick = async () => void (now = (await server.currentTimeMs()) as Instant);
      const activities: Activities = {
        async judge() {
          const requirements = { ...demand([1, bo]), lapsesAt: (now + 60_000) as Instant };
          world.record({ kind: 'open', details, requirements, at: now });
          const at = (now - 120_000 + leftMs) as Instant;
          world.record({ kind: 'approve', by: bo, digest: details.digest, eligibility: ELIGIBLE, at });
          return since(0);
        },
        answer: () => Promise.reject(new Error('nobody answers')),
        async settle({ command, version }) {
          settled.push(command);
          await settle?.(command);
          world.record({ ...command, at: now } as Command);
          return since(version);
        },
        async grant({ lease, version }) {
          queues.add(Context.current().info.taskQueue);
          const { undo } = await grant(lease, world);
          world.record({ kind: 'confirm-granted', lease, seen: 'x', at: now });
          return { ...since(version), undo };
        },
        async revoke(input) {
          revokes.push(input);
          queues.add(Context.current().info.taskQueue);
          await revoke?.(revokes.length);
          await tick();
          const wait = waits.shift() ?? 0;
          if (wait > 0) return { ...since(input.version), endsInMs: wait };
          if (input.expire) world.record({ kind: 'expire', at: (now + 120_000) as Instant });
          world.record({ kind: 'confirm-revoked', lease: input.lease, seen: 'none', at: now });
          return { ...since(input.version), endsInMs: 0 };
        },
      };
      const queue = `test-${uuidv7()}`;
      const workers = await startWorkers({
        connection: server.nativeConnection,
        namespace: 'default',
        activities,
        bundle,
        providers: ['fake'],
        queue,
      });
      try {
        const outcome = await server.client.workflow.execute(accessRequest, {
          taskQueue: queue,
          workflowId: `request/${request}`,
          args: [{ request }],
        });
        const { events } = await server.client.workflow.getHandle(`request/${request}`).fetchHistory();
        // Only a process with the credential of the provider takes from this queue.
        expect([...queues]).toEqual([`${queue}-fake`]);
        return {
          outcome,
          revokes,
          settled,
          log,
          options: (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: each }) =>
            each ? [optionsOf(each)] : [],
          ),
          leases: details.targets.map((_, at) => leaseIdOf(request, at)),
        };
      } finally {
        stopHanging();
        await workers.stop();
      }
    }

    test('the attempts of a grant and of a revocation have their limits, and a revocation is never given up (I4)', async () => {
      const { options } = await run({ grant: (lease) => Promise.resolve({ undo: undoOf(lease) }) });
      expect(options).toEqual([
        { name: 'grant', attemptS: 30, heartbeatS: 10, allAttemptsS: 120, attempts: 0, longestPauseS: 30 },
        {
          name: 'revoke',
          attemptS: 30,
          heartbeatS: 10,
          allAttemptsS: TEN_YEARS_S,
          attempts: 0,
          longestPauseS: 60,
        },
      ]);
    });

    test('a provider that does not answer does not delay the revocation at another one (F32)', async () => {
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const { revokes } = await run({
        targets: 2,
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        revoke: (begun) => (begun === 2 ? Promise.resolve(answer()) : answered),
      });
      expect(revokes).toHaveLength(2);
    });

    test('each lease is revoked at the end, with the undo of its own grant', async () => {
      const { outcome, revokes, leases } = await run({
        targets: 2,
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
      });
      expect(outcome).toEqual({ ending: 'expired' });
      const byLease = [...revokes].sort((one, other) => one.lease.localeCompare(other.lease));
      expect(byLease.map(({ lease, undo, expire }) => [lease, undo, expire])).toEqual(
        leases.map((lease) => [lease, undoOf(lease), true]),
      );
    });

    test('a grant whose worker was killed is revoked with the undo of its last heartbeat (F01)', async () => {
      const { outcome, revokes, leases } = await run({
        leftMs: 5_000,
        async grant(lease, world) {
          Context.current().heartbeat(undoOf(lease));
          return world.hang();
        },
      });
      expect(outcome.ending).toMatch(/grant-failed|expired/); // both are due at the same moment
      expect(revokes.map(({ lease, undo }) => [lease, undo])).toEqual(
        leases.map((lease) => [lease, undoOf(lease)]),
      );
    });

    test('a cancellation is reported at once, also while a provider does not answer', async () => {
      const { outcome, settled } = await run({
        async grant(_lease, world) {
          await world.cancel();
          await world.settled();
          throw ApplicationFailure.nonRetryable('superseded: it is void', 'superseded');
        },
      });
      expect(settled[0]).toEqual({ kind: 'void', why: 'an operator cancelled the workflow' });
      expect(outcome).toEqual({ ending: 'voided' });
    });

    test('a grant that failed is revoked with the undo of its last failure', async () => {
      const { outcome, revokes, settled } = await run({
        grant: (lease) =>
          Promise.reject(
            ApplicationFailure.nonRetryable(
              'provider-refused: a custom role',
              'provider-refused',
              undoOf(lease),
            ),
          ),
      });
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(settled).toEqual([{ kind: 'fail-grant', fault: 'provider-refused', why: 'a custom role' }]);
      expect(revokes).toMatchObject([{ expire: false }]);
      expect(revokes[0]?.undo).toEqual(undoOf(revokes[0]?.lease ?? ('' as LeaseId)));
    });

    test('at the end it revokes although the failure of the grant cannot be recorded (I14)', async () => {
      const { outcome, revokes } = await run({
        grant: (lease) =>
          Promise.reject(ApplicationFailure.nonRetryable('no-room: full', 'no-room', undoOf(lease))),
        settle: () => Promise.reject(new Error('the ledger is away')),
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toMatchObject([{ expire: true }]);
    });

    test.each<[string, ApplicationFailure, SystemCommand]>([
      [
        'a policy that refuses it now',
        ApplicationFailure.nonRetryable('no-longer-allowed: bo left', 'no-longer-allowed'),
        { kind: 'void', why: 'bo left' },
      ],
      [
        'an outage, whose text may contain our addresses',
        ApplicationFailure.nonRetryable('provider-unavailable: 10.0.0.1', 'provider-unavailable'),
        { kind: 'fail-grant', fault: 'provider-unavailable' },
      ],
      [
        'an error of an unknown kind',
        ApplicationFailure.nonRetryable('x is not a function', 'TypeError'),
        { kind: 'fail-grant', fault: 'unknown' },
      ],
      [
        'an error without a kind',
        ApplicationFailure.nonRetryable('x'),
        { kind: 'fail-grant', fault: 'unknown' },
      ],
    ])('a grant fails because of %s', async (_why, failure, command) => {
      const { settled } = await run({ grant: () => Promise.reject(failure) });
      expect(settled).toEqual([command]);
    });

    test('when the ledger says that the end is not reached, it is revoked again after that time', async () => {
      const { outcome, revokes } = await run({
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        endsInMs: [5_000, 700],
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes.map(({ expire }) => expire)).toEqual([true, true, true]);
    });

    test('an end before the time is revoked at once, and nothing is recorded as expired', async () => {
      const { outcome, revokes } = await run({
        async grant(lease, world) {
          world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
          throw ApplicationFailure.nonRetryable('superseded: it ended', 'superseded', undoOf(lease));
        },
      });
      expect(outcome).toEqual({ ending: 'ended' });
      expect(revokes).toMatchObject([{ expire: false }]);
    });
  });
else
  test.skip('the workflow’s requests to its activities (the time-skipping test server is missing)', () =>
    undefined);
