import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FaultCode } from '../../core/faults.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { ana } from '../core/request/request.fixture.ts';
import './runtime.fixture.ts';
import { hasTimeSkipping } from './clock.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Script, type Scripts, startScripts, undoOf } from './script.fixture.ts';

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
    let scripts: Scripts;
    beforeAll(async () => void (scripts = await startScripts()));
    afterAll(() => scripts?.stop());
    const run = (script: Script) => scripts.run(script);

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

    /** A grant that waits for the person until this many milliseconds have passed. */
    const acceptedAfter = (ms: number): Pick<Script, 'grant' | 'fault' | 'minutes'> => {
      let since: number | undefined;
      return {
        fault: 'awaiting-person',
        minutes: 60,
        async grant(lease) {
          const now = await scripts.timeMs();
          since ??= now;
          if (now - since >= ms) return { undo: undoOf(lease) };
          throw ApplicationFailure.create({
            message: 'an invitation',
            nextRetryDelay: 60_000,
            details: [undoOf(lease)],
          });
        },
      };
    };

    test.each<[string, FaultCode]>([
      ['the person', 'awaiting-person'],
      ['the rate of a vendor', 'provider-throttled'],
      ['the log', 'log-behind'],
    ])(
      'a grant that waits for %s is tried again after its ten minutes, until it succeeds',
      async (_what, fault) => {
        const { outcome, options, revokes } = await run({ ...acceptedAfter(25 * 60_000), fault });
        expect(outcome).toEqual({ ending: 'expired' });
        const limits = options.flatMap(({ name, allAttemptsS }) => (name === 'grant' ? [allAttemptsS] : []));
        expect(limits).toEqual([600, expect.any(Number)]);
        expect(limits[1]).toBeGreaterThan(2_900);
        expect(limits[1]).toBeLessThanOrEqual(3_060); // Its last attempt of the first ten minutes is within the last of them.
        expect(revokes).toHaveLength(1);
      },
    );

    test('a grant that waits for the person until the end is revoked then, with the undo of its last failure', async () => {
      const { outcome, revokes, leases } = await run(acceptedAfter(Number.POSITIVE_INFINITY));
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(revokes).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
    });

    test('a grant that succeeded is not called again while another one waits for the person', async () => {
      const waiting = acceptedAfter(25 * 60_000);
      const { calls, leases } = await run({
        ...waiting,
        providers: ['fake', 'other'],
        grant: (lease, world) =>
          lease.endsWith('_0') ? Promise.resolve({ undo: undoOf(lease) }) : waiting.grant(lease, world),
      });
      const [granted = '', waited = ''] = leases;
      const grantsOf = (lease: string) =>
        calls.filter(([name, of]) => name === 'grant' && of === lease).length;
      expect(grantsOf(granted)).toBe(1);
      expect(grantsOf(waited)).toBeGreaterThan(1);
    });

    test('a later attempt that fails without an undo leaves the undo of an earlier one', async () => {
      let since: number | undefined;
      const { revokes, leases } = await run({
        fault: 'awaiting-person',
        minutes: 60,
        async grant(lease) {
          const now = await scripts.timeMs();
          since ??= now;
          throw ApplicationFailure.create({
            message: 'an invitation',
            nextRetryDelay: 60_000,
            // The later attempts are over long before the end of the access.
            ...(now - since < 600_000 ? { details: [undoOf(lease)] } : { nonRetryable: true }),
          });
        },
      });
      expect(revokes).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
    });

    test('a ledger that lost a grant which had waited for the person is asked after a minute, and then more and more rarely, until the end', async () => {
      const { looks, revokes, timersS } = await run({
        ...acceptedAfter(25 * 60_000),
        forgetsGrant: true,
      });
      expect(revokes).toHaveLength(1);
      expect(timersS.filter((each) => each < 60).length).toBeLessThanOrEqual(1);
      expect(timersS).toEqual(expect.arrayContaining([60, 120, 240, 480, 600]));
      expect(looks).toBeLessThan(40);
    });

    test('a look has one short try in the workflow task, and then waits for the ledger without limit', async () => {
      const { outcome, options } = await run({
        approvedLater: true,
        look: (_world, begun) =>
          begun < 3 ? Promise.reject(new Error('the ledger is unavailable')) : Promise.resolve(),
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(options.filter(({ name }) => name === 'look')).toEqual([
        { ...NEVER_GIVEN_UP, name: 'look', attemptS: 30, heartbeatS: 0, longestPauseS: 20 },
      ]);
    });

    test('a request that the ledger does not let lapse yet is looked at again after a pause of at most a minute (F22)', async () => {
      const { outcome, looks, timersS } = await run({
        staysPending: true,
        grant: () => Promise.reject(new Error('nobody approved it')),
        look(world, begun) {
          if (begun === 10) world.record({ kind: 'withdraw', by: ana, digest: 'd1', at: world.now() });
          return Promise.resolve();
        },
        clockIsBehind: true,
      });
      expect([outcome, looks]).toEqual([{ ending: 'withdrawn' }, 10]);
      expect(timersS.slice(1)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    });

    test('messages without news change nothing, and many of them cost one look', async () => {
      const { outcome, looks } = await run({
        approvedLater: true,
        async grant(lease, world) {
          await Promise.all(Array.from({ length: 20 }, () => world.wake()));
          return { undo: undoOf(lease) };
        },
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(looks).toBeLessThanOrEqual(3);
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
      expect(byLease).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
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

    test('a cancellation by an operator changes nothing: the access is granted and ends on time', async () => {
      const { outcome, revokes } = await run({
        async grant(lease, world) {
          await world.cancel();
          return { undo: undoOf(lease) };
        },
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toHaveLength(1);
    });

    test('a grant that failed is revoked with the undo of its last failure, when the ledger says that it failed', async () => {
      const { outcome, revokes } = await run({
        grant(lease, world) {
          world.record({ kind: 'fail-grant', fault: 'provider-refused', at: world.now() });
          const why = 'provider-refused: a custom role';
          return Promise.reject(ApplicationFailure.nonRetryable(why, 'provider-refused', undoOf(lease)));
        },
      });
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(revokes.map(({ lease, undo }) => undo === undoOf(lease))).toEqual([true]);
    });

    test('one grant that failed is enough to revoke the others at once', async () => {
      const begun: number[] = [];
      const { outcome, looks, revokedAtMs } = await run({
        providers: ['fake', 'other'],
        leftMs: 3_600_000,
        grant(lease, world) {
          begun.push(world.now());
          if (lease.endsWith('_0')) return Promise.resolve({ undo: undoOf(lease) });
          world.record({ kind: 'fail-grant', fault: 'provider-refused', at: world.now() });
          const why = 'provider-refused: a custom role';
          return Promise.reject(ApplicationFailure.nonRetryable(why, 'provider-refused', undoOf(lease)));
        },
      });
      expect([outcome, looks]).toEqual([{ ending: 'grant-failed' }, 1]);
      for (const at of revokedAtMs) expect(at - Math.min(...begun)).toBeLessThan(600_000);
      expect(revokedAtMs).toHaveLength(2);
    });

    test('a grant that is given up fails when the ledger says that its time is over', async () => {
      const { outcome, looks } = await run({
        minutes: 60,
        grant: () => Promise.reject(new Error('the provider does not answer')),
      });
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(looks).toBeGreaterThan(0);
    });

    test('a grant whose answer is not encrypted with the key of Curfew counts as not granted (T11)', async () => {
      const { outcome, looks } = await run({ minutes: 60, grant: () => Promise.resolve(undefined) });
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(looks).toBeGreaterThan(0);
    });

    test('a grant that was recorded although its answer was lost stays until its end, without a look each second', async () => {
      const { outcome, looks } = await run({
        leftMs: 60_000,
        grant(lease, world) {
          world.record({ kind: 'confirm-granted', lease, seen: 'x', at: world.now() });
          return Promise.reject(ApplicationFailure.nonRetryable('lost', 'lost', undoOf(lease)));
        },
      });
      expect([outcome, looks]).toEqual([{ ending: 'expired' }, 1]);
    });

    test('at the end it revokes although the ledger does not say what became of the failed grant (I14)', async () => {
      const { outcome, revokes } = await run({
        grant: (lease) =>
          Promise.reject(ApplicationFailure.nonRetryable('no-room: full', 'no-room', undoOf(lease))),
        look: () => Promise.reject(new Error('the ledger is unavailable')),
      });
      expect(outcome).toEqual({ ending: 'grant-failed' });
      expect(revokes).toHaveLength(1);
    });

    test('at the end it revokes although the ledger does not answer a look (I14)', async () => {
      const { outcome, revokes } = await run({
        async grant(lease, world) {
          await world.wake();
          return { undo: undoOf(lease) };
        },
        look: () => Promise.reject(new Error('the ledger is unavailable')),
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toHaveLength(1);
    });

    test('a lease whose end is not reached is revoked again after the time that the ledger states', async () => {
      const { outcome, revokes, revokedAtMs } = await run({
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        endsInMs: [5_000, 700],
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toHaveLength(3);
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
        revoke: (begun, world) => (begun === 2 ? world.wake() : Promise.resolve()),
      });
      expect(revokes).toHaveLength(3);
      expect(new Set(revokes.map(({ lease }) => lease))).toEqual(new Set(leases));
      expect((revokedAtMs[2] ?? Infinity) - (revokedAtMs[0] ?? 0)).toBeLessThan(600_000);
    });

    test('an end before the time is revoked at once, and nothing is recorded as expired', async () => {
      const { outcome, revokes, revokedAtMs } = await run({
        leftMs: 3_600_000,
        async grant(lease, world) {
          world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
          await world.wake();
          throw ApplicationFailure.nonRetryable('superseded: it ended', 'superseded', undoOf(lease));
        },
      });
      expect(outcome).toEqual({ ending: 'ended' });
      expect([revokes.length, revokedAtMs.length]).toEqual([1, 1]);
    });

    test('an end while a grant waits is revoked without its undo, and again with it when the grant is given up', async () => {
      let hasEnded = false;
      const { outcome, revokes } = await run({
        minutes: 3,
        forgetsGrant: true,
        async grant(lease, world) {
          if (!hasEnded) {
            hasEnded = true;
            world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
            await world.wake();
          }
          const details = [undoOf(lease)];
          throw ApplicationFailure.create({ message: 'no ledger', nextRetryDelay: 40_000, details });
        },
        revoke: (begun) => (begun < 12 ? Promise.reject(new Error('ledger-unavailable')) : Promise.resolve()),
      });
      expect(outcome).toEqual({ ending: 'ended' });
      expect(revokes[0]).not.toHaveProperty('undo');
      expect(revokes.at(-1)).toHaveProperty('undo');
    });

    test('an end while a grant is tried again after its ten minutes is revoked at once', async () => {
      const waiting = acceptedAfter(Number.POSITIVE_INFINITY);
      let since: number | undefined;
      let endedAtMs: number | undefined;
      const { outcome, revokedAtMs } = await run({
        ...waiting,
        async grant(lease, world) {
          const now = await scripts.timeMs();
          since ??= now;
          if (endedAtMs === undefined && now - since > 900_000) {
            endedAtMs = now;
            world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
            await world.wake();
          }
          return waiting.grant(lease, world);
        },
      });
      expect(outcome).toEqual({ ending: 'ended' });
      expect((revokedAtMs[0] ?? Infinity) - (endedAtMs ?? 0)).toBeLessThan(600_000);
    });

    test('a message that comes during a look makes the workflow look once more', async () => {
      const { outcome, looks } = await run({
        leftMs: 3_600_000,
        async grant(lease, world) {
          await world.wake();
          return { undo: undoOf(lease) };
        },
        async look(world, begun) {
          if (begun === 1) throw new Error('the ledger is unavailable'); // The second try has a task of its own.
          if (begun === 2) await world.wake();
          else world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
        },
      });
      expect([outcome, looks]).toEqual([{ ending: 'ended' }, 3]);
    });

    test('answers of two revocations that cross leave the request closed', async () => {
      const { outcome } = await run({
        providers: ['fake', 'other'],
        grant: (lease) => Promise.resolve({ undo: undoOf(lease) }),
        async answer(progress, world) {
          if (progress.kind !== 'closed')
            await until('the other answer came', async () => (await world.lastProgress()).kind === 'closed');
        },
      });
      expect(outcome).toEqual({ ending: 'expired' });
    });

    test('a message while the access is active makes the workflow look, and an end that it sees is revoked', async () => {
      const { outcome, looks } = await run({
        leftMs: 3_600_000,
        async grant(lease, world) {
          await world.wake();
          return { undo: undoOf(lease) };
        },
        look(world) {
          world.record({ kind: 'end', by: ana, eligibility: ELIGIBLE, at: world.now() });
          return Promise.resolve();
        },
      });
      expect([outcome, looks]).toEqual([{ ending: 'ended' }, 1]);
    });
  });
else
  test.skip('what the workflow tells its activities to do (the time-skipping test server is missing)', () =>
    undefined);
