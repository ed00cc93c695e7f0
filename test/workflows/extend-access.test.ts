import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { Instant } from '../../core/ids.ts';
import * as the from '../core/request/request.fixture.ts';
import './runtime.fixture.ts';
import { hasTimeSkipping } from './clock.fixture.ts';
import { type Script, type Scripts, startScripts, undoOf, type World } from './script.fixture.ts';

const MINUTE = 60_000;
const LENGTH = 20;
const MORE = 15;

if (hasTimeSkipping)
  describe('what the workflow does with an extension', () => {
    let scripts: Scripts;
    beforeAll(async () => void (scripts = await startScripts()));
    afterAll(() => scripts?.stop());

    type Ends = { old: Instant; later: Instant };
    type Told = Readonly<{ world: World; ends: Ends }>;

    /** Access of 20 minutes. In the first look its requester asked for 15 more, and `approve` says whether that is approved. */
    async function run(
      { approve = true, ...script }: Omit<Partial<Script>, 'extend' | 'look'> & { approve?: boolean },
      extend: (
        told: Told,
        lease: Parameters<NonNullable<Script['extend']>>[0],
      ) => ReturnType<NonNullable<Script['extend']>>,
      look: (told: Told, begun: number) => Promise<void> = () => Promise.resolve(),
    ) {
      const ends: Ends = { old: 0 as Instant, later: 0 as Instant };
      const done = await scripts.run({
        minutes: LENGTH,
        async grant(lease, world) {
          ends.old = (world.now() + LENGTH * MINUTE) as Instant;
          ends.later = (ends.old + MORE * MINUTE) as Instant;
          await world.wake();
          return { undo: undoOf(lease) };
        },
        async look(world, begun) {
          if (begun === 1) {
            const at = world.now();
            world.record(the.extend(at, { from: ends.old, minutes: MORE }));
            if (approve) world.record(the.approveExtension(the.bo, at));
          }
          await look({ world, ends }, begun);
        },
        extend: (lease, world) => extend({ world, ends }, lease),
        ...script,
      });
      return { ...done, ends };
    }

    /** What the process of a provider does: it moves the end, and records it. */
    const extends_ = (
      { world, ends: { later } }: Told,
      lease: Parameters<NonNullable<Script['extend']>>[0],
    ) => {
      world.record(the.confirmLeaseExtended(lease, world.now()));
      world.record(the.confirmExtended(world.now()));
      return Promise.resolve({ undo: `${undoOf(lease)} until ${later}` });
    };

    test('access that is extended is revoked at the later end, with the undo of the later end', async () => {
      const { outcome, revokes, revokedAtMs, leases, ends, calls } = await run({}, extends_);
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toEqual(
        leases.map((lease) => ({ lease, undo: `${undoOf(lease)} until ${ends.later}` })),
      );
      for (const at of revokedAtMs) expect(at).toBeGreaterThanOrEqual(ends.later);
      expect(calls.map(([name]) => name)).toEqual(['grant', 'extend', 'revoke']);
    });

    test('each lease is extended on the queue of its own provider, and the attempts end before the old end', async () => {
      const { calls, leases, options } = await run({ providers: ['fake', 'other'] }, extends_);
      const [one = '', other = ''] = leases;
      const extensions = calls.filter(([name]) => name === 'extend').map((call) => call.join(' '));
      expect(extensions.sort()).toEqual([`extend ${one} main-fake`, `extend ${other} main-other`]);
      const limits = options.filter(({ name }) => name === 'extend').map(({ allAttemptsS }) => allAttemptsS);
      expect(limits).toEqual([600, 600]);
    });

    test('the timer for the later end starts before the first call for it, and the old timer then ends nothing', async () => {
      const seen: number[] = [];
      const { timersS, revokedAtMs, ends } = await run({}, async (told, lease) => {
        seen.push((await scripts.timeMs()) - told.world.now());
        return extends_(told, lease);
      });
      const [first = 0, second = 0] = timersS;
      // A timer is set a moment after the ledger said how late it is.
      expect([Math.abs(first - LENGTH * 60) < 60, Math.abs(second - (LENGTH + MORE) * 60) < 60]).toEqual([
        true,
        true,
      ]);
      expect(Math.min(...revokedAtMs)).toBeGreaterThanOrEqual(ends.later);
    });

    test('an extension that nobody decides lapses at its time, and the access ends at its end', async () => {
      const lapsed: boolean[] = [];
      const { outcome, revokedAtMs, ends, calls } = await run(
        { approve: false },
        extends_,
        async ({ world }, begun) => {
          if (begun > 1) lapsed.push((await scripts.timeMs()) >= world.now());
        },
      );
      expect([outcome, calls.map(([name]) => name)]).toEqual([{ ending: 'expired' }, ['grant', 'revoke']]);
      expect(Math.min(...revokedAtMs)).toBeGreaterThanOrEqual(ends.old);
      expect(Math.max(...revokedAtMs)).toBeLessThan(ends.later);
    });

    test('an extension that fails keeps the old end and its undo', async () => {
      const { outcome, revokes, revokedAtMs, leases, ends } = await run({}, ({ world }) => {
        world.record(the.failExtension(world.now()));
        return Promise.reject(ApplicationFailure.nonRetryable('provider-refused: no', 'provider-refused'));
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
      expect(Math.max(...revokedAtMs)).toBeLessThan(ends.later);
    });

    test.each<[string, (told: Told) => ReturnType<NonNullable<Script['extend']>>]>([
      ['fails without a record', () => Promise.reject(ApplicationFailure.nonRetryable('lost', 'lost'))],
      ['is completed by somebody who extended nothing (T11)', () => Promise.resolve(undefined)],
    ])(
      'an extension whose activity %s is over after ten minutes, and the access ends at its old end',
      async (_what, extend) => {
        const { outcome, revokes, revokedAtMs, leases, ends, looks } = await run({}, extend);
        expect(outcome).toEqual({ ending: 'expired' });
        expect(revokes).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
        expect(Math.max(...revokedAtMs)).toBeLessThan(ends.later);
        expect(looks).toBeLessThan(8); // It does not look all the time.
      },
    );

    test('while the ledger does not say that the access is extended, it ends at its old end, with the old undo (I14)', async () => {
      const { revokes, revokedAtMs, leases, ends } = await run({}, extends_, (_told, begun) =>
        begun > 1 ? Promise.reject(new Error('the ledger is unavailable')) : Promise.resolve(),
      );
      expect(revokes[0]).toEqual({ lease: leases[0], undo: undoOf(leases[0] as never) });
      expect(revokedAtMs[0]).toBeGreaterThanOrEqual(ends.old);
      expect(revokedAtMs[0]).toBeLessThan(ends.later);
    });

    test('an answer that the access is extended counts for nothing while the ledger does not say so (T11)', async () => {
      const { revokes, revokedAtMs, leases, ends } = await run({}, ({ ends: { later } }, lease) =>
        Promise.resolve({ undo: `${undoOf(lease)} until ${later}` }),
      );
      expect(revokes).toEqual(leases.map((lease) => ({ lease, undo: undoOf(lease) })));
      expect(Math.max(...revokedAtMs)).toBeLessThan(ends.later);
    });

    test('an extension of which the workflow learns late counts all the same', async () => {
      const { outcome, revokedAtMs, ends } = await run({}, (told, lease) => {
        void extends_(told, lease);
        return Promise.reject(ApplicationFailure.nonRetryable('lost', 'lost'));
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(Math.min(...revokedAtMs)).toBeGreaterThanOrEqual(ends.later);
    });

    test('news while an extension is carried out does not stop it', async () => {
      const { outcome, revokes, leases, ends } = await run({}, async (told, lease) => {
        await told.world.wake();
        return extends_(told, lease);
      });
      expect(outcome).toEqual({ ending: 'expired' });
      expect(revokes).toEqual(
        leases.map((lease) => ({ lease, undo: `${undoOf(lease)} until ${ends.later}` })),
      );
    });

    // This one is the last: the attempt that hangs keeps the clock of the server from being moved.
    test('access that somebody ends is revoked at once, also while a provider does not answer to its extension (I3)', async () => {
      let endedAt = 0;
      const { outcome, revokes, revokedAtMs, leases } = await run(
        { providers: ['fake', 'other'] },
        async (told, lease) => {
          if (lease.endsWith('_1')) return extends_(told, lease);
          endedAt = await scripts.timeMs();
          told.world.record(the.end(the.ana, told.world.now()));
          await told.world.wake();
          return told.world.hang();
        },
      );
      expect(outcome).toEqual({ ending: 'ended' });
      expect(revokes.map(({ lease }) => lease).sort()).toEqual(leases);
      expect(Math.max(...revokedAtMs) - endedAt).toBeLessThan(5_000);
    });
  });
else
  test.skip('what the workflow does with an extension (the time-skipping test server is missing)', () =>
    undefined);
