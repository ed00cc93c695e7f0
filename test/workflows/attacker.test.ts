import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { RequestId } from '../../core/ids.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import { encryptedPayloads } from '../../temporal/codec.ts';
import { sweep } from '../../upkeep/sweep.ts';
import type { Stoppable } from '../../inbox/queue.ts';
import { taskQueueOf } from '../../workflows/messages.ts';
import { until } from '../until.fixture.ts';
import { attackerOf, type Attacker, type Replayed } from './attacker.fixture.ts';
import { active, approved, endRequest, pending } from './steps.fixture.ts';
import { firstLease, handleOf, startWorkflowFixture, type WorkflowFixture } from './workflow.fixture.ts';

// The attacker has the whole API of Temporal, and what it shows of every history.

const MINUTES = 60_000;
const HOURS = 60 * MINUTES;
const ENDED_BY_ITSELF =
  'requested judged approved grant-started intended granted activated revoke-started revoked closed';
const codec = encryptedPayloads(sealerOf(randomBytes(32)));

/** What the vendor was told so far, and the trails of these requests. */
const factsOf = async (fixture: WorkflowFixture, ...requests: readonly RequestId[]) => ({
  vendor: fixture.vendor.log.read().length,
  trails: await Promise.all(requests.map((each) => fixture.kinds(each))),
});

describe('whoever reaches Temporal without the key, beside the workers of Curfew (T11, T41)', () => {
  let fixture: WorkflowFixture;
  let attacker: Attacker;
  let closed: RequestId;
  let live: RequestId;
  let waiting: RequestId;
  let stolen: readonly Replayed[];
  beforeAll(async () => {
    fixture = await startWorkflowFixture({ codec });
    attacker = attackerOf(fixture);
    closed = await active(fixture);
    await endRequest(fixture, closed);
    await handleOf(fixture, closed).result();
    live = await active(fixture);
    waiting = await pending(fixture);
    stolen = (await Promise.all([closed, live, waiting].map((each) => attacker.steal(each)))).flat();
  });
  afterEach(() => fixture.shiftClock(0));
  afterAll(() => fixture?.stop());

  const facts = () => factsOf(fixture, closed, live, waiting);
  const plain = () =>
    [closed, live, waiting].flatMap((request) => [
      { request },
      { lease: firstLease(request) },
      { lease: firstLease(request), undo: 'forged' },
    ]);

  test.each(['judge', 'look', 'grant', 'revoke'])(
    'the activity %s with a forged or a replayed input, on each queue, changes nothing',
    async (activity) => {
      const before = await facts();
      expect(stolen.length).toBeGreaterThan(10);
      const inputs = [[], [null], ...[...plain(), ...stolen].map((each) => [each])];
      const { queue } = fixture;
      const runs = [queue, taskQueueOf(queue, 'fake')].flatMap((each) =>
        inputs.map((args) => attacker.run(activity, each, args)),
      );
      expect(await Promise.all(runs)).toContain('COMPLETED'); // some replayed inputs are those of this activity
      expect(await facts()).toEqual(before);
    },
    300_000,
  );

  test('a workflow with a forged or a replayed input changes nothing', async () => {
    const before = await facts();
    const forged = await Promise.all(
      [...plain(), ...stolen].map((each, index) =>
        attacker.client.workflow.start('accessRequest', {
          taskQueue: fixture.queue,
          workflowId: `forged/${live}/${index}`,
          args: [each],
        }),
      ),
    );
    const isAttempted = async (each: (typeof forged)[number]) => {
      const { events } = await each.fetchHistory();
      return events?.some(
        ({ workflowTaskCompletedEventAttributes: done, workflowTaskFailedEventAttributes: failed }) =>
          done ?? failed,
      );
    };
    const isAllAttempted = async () => (await Promise.all(forged.map(isAttempted))).every(Boolean);
    await until('each forged workflow had its first task', async () => (await isAllAttempted()) || undefined);
    const statuses = await Promise.all(forged.map(async (each) => (await each.describe()).status.name));
    expect(statuses).toContain('COMPLETED'); // with the replayed input of the closed request
    expect(await facts()).toEqual(before);
    await Promise.all(forged.map((each) => each.terminate().catch(() => undefined)));
  });

  test('signals and updates change nothing', async () => {
    const before = await facts();
    for (const request of [live, waiting]) {
      const handle = attacker.client.workflow.getHandle(handleOf(fixture, request).workflowId);
      for (const name of ['wakeUp', 'approve', 'answer', '__temporal_x'])
        for (const each of [{ kind: 'approve', by: 'bo' }, ...stolen.slice(0, 5)])
          await handle.signal(name, each);
      for (const name of ['answer', 'approve', 'wakeUp'])
        await expect(handle.executeUpdate(name, { args: [stolen[0]] })).rejects.toThrow();
    }
    expect(await facts()).toEqual(before);
  });

  test('a workflow that is cancelled, reset to its first task, and woken ends its access once', async () => {
    const request = await active(fixture, { entitlement: 'other' });
    const before = await factsOf(fixture, request);
    await handleOf(fixture, request).cancel();
    await attacker.reset(request);
    await fixture.workflows.wake(request);
    expect(await factsOf(fixture, request)).toEqual(before);
    await fixture.shiftClock(2 * HOURS);
    await fixture.workflows.wake(request);
    await fixture.waitForState(request, 'closed');
    expect([fixture.levelOf('other'), await fixture.kinds(request)]).toEqual(['none', ENDED_BY_ITSELF]);
  });
});

describe('whoever reaches Temporal without the key, in place of a worker of the provider (T11, T41)', () => {
  let fixture: WorkflowFixture;
  let attacker: Attacker;
  let workflows: Stoppable;
  let replay: Readonly<{ grant: Replayed; revoke: Replayed }>;
  beforeAll(async () => {
    fixture = await startWorkflowFixture({ codec, worker: false });
    attacker = attackerOf(fixture);
    workflows = await fixture.startWorker({ providers: [] });
    const provider = await fixture.startWorker({ workflows: false });
    const other = await active(fixture, { entitlement: 'other' });
    await endRequest(fixture, other);
    await handleOf(fixture, other).result();
    await provider.stop();
    const [grant] = await attacker.stealResults(other, 'grant');
    const [revoke] = await attacker.stealResults(other, 'revoke');
    if (!grant || !revoke) throw new Error('there is no result to replay');
    replay = { grant, revoke };
  });
  afterEach(() => fixture.shiftClock(0));
  afterAll(async () => {
    await workflows?.stop();
    await fixture?.stop();
  });

  const complete = (result: unknown) => (token: Uint8Array) =>
    attacker.client.activity.complete(token, result);
  const fail = (details: () => unknown) => (token: Uint8Array) =>
    attacker.client.activity.fail(token, ApplicationFailure.nonRetryable('forged', 'forged', details()));
  const heartbeatAndFail = async (token: Uint8Array) => {
    await attacker.client.activity.heartbeat(token, replay.grant);
    await fail(() => replay.grant)(token);
  };

  /** A request of which the attacker has the task of its grant. */
  async function takenGrant() {
    const request = await approved(fixture);
    return { request, task: await attacker.takeTask(request) };
  }
  /** An active request that somebody ended. The attacker has the task of its revocation. */
  async function takenRevocation() {
    const provider = await fixture.startWorker({ workflows: false });
    const request = await active(fixture);
    await provider.stop();
    await fixture.outcomeOf(await fixture.answer(request, 'end', 'ana'));
    return { request, task: await attacker.takeTask(request) };
  }

  test.each<[string, (token: Uint8Array) => Promise<void>]>([
    ['completes a grant with an answer in plain text', complete({ undo: 'forged' })],
    ['completes a grant with the answer of another grant', (token) => complete(replay.grant)(token)],
    ['completes a grant with the answer of a revocation', (token) => complete(replay.revoke)(token)],
    ['fails a grant with details in plain text', fail(() => 'forged')],
    ['fails a grant with the answer of another grant', fail(() => replay.grant)],
    ['sends heartbeats of a grant with the answer of another grant, and fails it', heartbeatAndFail],
  ])('somebody who %s gives nobody access, and the request fails in time', async (_what, attack) => {
    const { request, task } = await takenGrant();
    expect(task.activity).toBe('grant');
    await attack(task.token);
    await fixture.workflows.wake(request);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['granting', 'none']);
    await fixture.shiftClock(11 * MINUTES);
    await sweep(fixture.deps); // It notices that the grant takes too long.
    await fixture.shiftClock(12 * MINUTES);
    await sweep(fixture.deps);
    expect(fixture.levelOf()).toBe('none');
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed', ending: { kind: 'grant-failed' } });
    expect(await fixture.kinds(request)).toBe(
      'requested judged approved grant-started revoke-started revoked closed',
    );
  });

  test.each<[string, (token: Uint8Array) => Promise<void>]>([
    ['completes a revocation with an answer in plain text', complete({ kind: 'closed', ending: 'ended' })],
    ['completes a revocation with the answer of a grant', (token) => complete(replay.grant)(token)],
    ['completes a revocation with that of another request', (token) => complete(replay.revoke)(token)],
    ['fails a revocation for good', fail(() => 'forged')],
    ['fails a revocation for good with the answer of a grant', fail(() => replay.grant)],
  ])('somebody who %s closes nothing, and one pass of the sweeper revokes', async (_what, attack) => {
    const { request, task } = await takenRevocation();
    expect(task.activity).toBe('revoke');
    await attack(task.token);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['revoking', 'write']);
    await fixture.shiftClock(MINUTES);
    await sweep(fixture.deps);
    expect([fixture.levelOf(), await fixture.kinds(request)]).toEqual(['none', ENDED_BY_ITSELF]);
    await handleOf(fixture, request)
      .terminate()
      .catch(() => undefined);
  });

  test('a workflow whose revocation somebody failed tries again, without the sweeper', async () => {
    const { request, task } = await takenRevocation();
    await fail(() => 'forged')(task.token);
    const provider = await fixture.startWorker({ workflows: false });
    await fixture.waitForState(request, 'closed');
    expect(await handleOf(fixture, request).result()).toEqual({ ending: 'ended' });
    await provider.stop();
  });

  test('a workflow that somebody terminated, and a sweeper that takes its place, end the access', async () => {
    const provider = await fixture.startWorker({ workflows: false });
    const request = await active(fixture);
    await provider.stop();
    await handleOf(fixture, request).terminate('an attack');
    await sweep(fixture.deps);
    expect([(await fixture.state(request)).kind, fixture.levelOf()]).toEqual(['active', 'write']);
    await fixture.shiftClock(2 * HOURS);
    await sweep(fixture.deps);
    expect([fixture.levelOf(), await fixture.kinds(request)]).toEqual(['none', ENDED_BY_ITSELF]);
  });
});
