import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { LeaseId } from '../../core/ids.ts';
import { ELIGIBLE, type SystemCommand } from '../../core/request/commands.ts';
import { TIME_SKIPPING_SERVER } from '../../scripts/tools.ts';
import { bundleWorkflows } from '../../temporal/worker.ts';
import { ana } from '../core/request/request.fixture.ts';
import './runtime.fixture.ts';
import { hasTimeSkipping } from './clock.fixture.ts';
import { runScript, type Script, type Temporal, undoOf } from './script.fixture.ts';

/** Temporal retries without a limit of attempts, and for ten years. */
const NEVER_GIVEN_UP = {
  allAttemptsS: 10 * 365 * 86_400,
  attempts: 0,
  notRetried: [],
  firstPauseS: 0.5,
  longestPauseS: 60,
};

if (hasTimeSkipping)
  describe('what the workflow tells its activities to do', () => {
    let temporal: Temporal;
    beforeAll(async () => {
      const server = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path: TIME_SKIPPING_SERVER } },
      });
      temporal = { server, bundle: await bundleWorkflows() };
    });
    afterAll(() => temporal?.server.teardown());
    const run = (script: Script) => runScript(temporal, script);

    test('each grant and each revocation runs on the queue of its own provider, where its credential is', async () => {
      const { calls, leases } = await run({
        providers: ['fake', 'other'],
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
      });
      const [one = '', other = ''] = leases;
      expect(calls.map((call) => call.join(' ')).sort()).toEqual([
        `grant ${one} main-fake`,
        `grant ${other} main-other`,
        `revoke ${one} main-fake`,
        `revoke ${other} main-other`,
      ]);
    });

    test('the attempts of a grant have their limits, and a revocation is never given up (I4)', async () => {
      const { options } = await run({ grant: (lease) => Promise.resolve({ undo: undoOf(lease) }) });
      const [grant, revoke] = options;
      expect(grant).toEqual({
        ...NEVER_GIVEN_UP,
        name: 'grant',
        attemptS: 30,
        heartbeatS: 10,
        allAttemptsS: expect.any(Number),
        longestPauseS: 30,
      });
      // The access lasts two minutes. Some of them have passed when the grant is scheduled.
      expect(grant?.allAttemptsS).toBeGreaterThan(60);
      expect(grant?.allAttemptsS).toBeLessThanOrEqual(120);
      expect(revoke).toEqual({ ...NEVER_GIVEN_UP, name: 'revoke', attemptS: 30, heartbeatS: 10 });
      expect(options).toHaveLength(2);
    });

    test('a grant of longer access is given up after ten minutes', async () => {
      const { options } = await run({
        leftMs: 3_600_000,
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
      });
      expect(options[0]).toMatchObject({ name: 'grant', allAttemptsS: 600 });
    });

    test('the recording of an answer or of an ending is never given up', async () => {
      const { options } = await run({
        approvedByAnswer: true,
        grant: () => Promise.reject(ApplicationFailure.nonRetryable('no-room: full', 'no-room')),
      });
      expect(options.filter(({ name }) => name === 'answer' || name === 'settle')).toEqual([
        { ...NEVER_GIVEN_UP, name: 'answer', attemptS: 10, heartbeatS: 0 },
        { ...NEVER_GIVEN_UP, name: 'settle', attemptS: 10, heartbeatS: 0 },
      ]);
    });

    test('a request that the ledger does not let lapse yet is tried again after a pause of at most a minute (F22)', async () => {
      let tries = 0;
      const { outcome, settled, timersS } = await run({
        staysPending: true,
        grant: () => Promise.reject(new Error('nobody approved it')),
        settle(_command, world) {
          tries += 1;
          if (tries === 10) world.record({ kind: 'withdraw', by: ana, at: world.now() });
          return Promise.resolve();
        },
      });
      expect(outcome).toEqual({ ending: 'withdrawn' });
      expect(settled).toEqual(Array.from({ length: 10 }, () => ({ kind: 'lapse' })));
      expect(timersS.slice(1)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    });

    test('a provider that does not answer does not delay the revocation at another one (F32)', async () => {
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const { revokes } = await run({
        providers: ['fake', 'other'],
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        revoke: (begun) => (begun === 2 ? Promise.resolve(answer()) : answered),
      });
      expect(revokes).toHaveLength(2);
    });

    test('each lease is revoked at the end, with the undo of its own grant', async () => {
      const { outcome, revokes, leases } = await run({
        providers: ['fake', 'fake'],
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

    test('a lease whose end is not reached is revoked again after the time that the ledger states', async () => {
      const { outcome, revokes, revokedAtMs } = await run({
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        endsInMs: [5_000, 700],
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes.map(({ expire }) => expire)).toEqual([true, true, true]);
      const [first = 0, second = 0, third = 0] = revokedAtMs;
      expect(second - first).toBeGreaterThanOrEqual(5_000);
      expect(third - second).toBeGreaterThanOrEqual(700);
      expect(third - first).toBeLessThan(600_000); // seconds, and not hours
    });

    test('a lease that waits for its end is revoked at once when its request ends meanwhile', async () => {
      const { revokes, revokedAtMs, leases } = await run({
        providers: ['fake', 'fake'],
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        endsInMs: [3_600_000],
      });
      expect(revokes.map(({ expire }) => expire)).toEqual([true, true, false]);
      expect(new Set(revokes.map(({ lease }) => lease))).toEqual(new Set(leases));
      expect((revokedAtMs[2] ?? Infinity) - (revokedAtMs[0] ?? 0)).toBeLessThan(600_000);
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
  test.skip('what the workflow tells its activities to do (the time-skipping test server is missing)', () =>
    undefined);
