import { expect } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import type { Intent, Receipt } from '../../../providers/provider.ts';
import { neverAborts } from '../never-aborts.fixture.ts';
import {
  allowTransientFault,
  code,
  type It,
  intentFor,
  type ProviderFixture,
  required,
  revoking,
} from './harness.fixture.ts';

const HOUR = 3_600_000;

/** The same lease with another end. Its secret is not passed: the holder keeps the credential. */
function endingAt<T>({ secret: _secret, ...intent }: Intent<T>, endsAt: number): Intent<T> {
  return { ...intent, endsAt: endsAt as Instant };
}
const later = <T>(intent: Intent<T>): Intent<T> => endingAt(intent, intent.endsAt + HOUR);

const moveEnd = <T>({ provider }: ProviderFixture<T>, intent: Intent<T>): Promise<Receipt> =>
  required(provider.moveEnd?.bind(provider), 'moveEnd')(intent, neverAborts);

/** The end of the lease, as the vendor has it. */
async function endAtVendor<T>(
  { provider }: ProviderFixture<T>,
  { lease }: Intent<T>,
): Promise<readonly unknown[]> {
  const managed = await provider.listManaged(neverAborts);
  return managed.flatMap((each) => (each.lease === lease ? [each.endsAt] : []));
}

export function extensions<T>(it: It<T>) {
  it('only a provider whose vendor stores no end has no way to move it', ({ provider, target }) => {
    expect(provider.moveEnd !== undefined || provider.enforcementClass(target) === 'C').toBe(true);
    return Promise.resolve();
  });

  it(
    'the end moves later, and back again, and the access stays as it is',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const moves = [later(intent), later(intent), endingAt(intent, intent.endsAt)];
      const seen: unknown[] = [];
      for (const wanted of moves) {
        const { level, moved = false } = await moveEnd(fixture, wanted);
        seen.push([level, moved, await endAtVendor(fixture, wanted), await vendor.level(intent)]);
      }
      const { level, endsAt } = intent;
      expect(seen).toEqual([
        [level, true, [endsAt + HOUR], level],
        [level, false, [endsAt + HOUR], level],
        [level, true, [endsAt], level],
      ]);
      await provider.ensureAbsent(revoking(intent), neverAborts);
      expect([await vendor.level(intent), await endAtVendor(fixture, intent)]).toEqual(['none', []]);
    },
    'marks',
  );

  it(
    'access with a later end is revoked whole, also by an intent with the old end',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      await moveEnd(fixture, later(intent));
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect([await fixture.vendor.level(intent), await endAtVendor(fixture, intent)]).toEqual(['none', []]);
    },
    'marks',
  );

  it(
    'a move whose answer is lost, or that never arrived, is one move after the next attempt (F12, F13)',
    async (fixture) => {
      const { faults, provider } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      for (const fail of [faults.failNextWriteAfterApplying, faults.failNextWriteBeforeApplying])
        for (const wanted of [later(intent), endingAt(intent, intent.endsAt)]) {
          await fail();
          await allowTransientFault(moveEnd(fixture, wanted));
          await moveEnd(fixture, wanted);
          expect(await endAtVendor(fixture, wanted)).toEqual([wanted.endsAt]);
        }
    },
    'marks',
  );

  it(
    'a move that the vendor accepts and does not carry out is not-verified (F14)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      await required(fixture.faults.ignoreNextWrite, 'ignoreNextWrite')();
      expect(await code(moveEnd(fixture, later(intent)))).toBe('not-verified');
    },
    'marks',
  );

  it('access that somebody revoked is not granted again by a later end (I22)', async (fixture) => {
    const { provider, vendor } = fixture;
    if (!provider.moveEnd) return expect(provider.enforcementClass(fixture.target)).toBe('C');
    const intent = await intentFor(fixture);
    await provider.ensurePresent(intent, neverAborts);
    await vendor.deleteGranted(intent);
    expect(await code(moveEnd(fixture, later(intent)))).toBe('provider-refused');
    expect(await vendor.level(intent)).toBe('none');
  });

  it(
    'what somebody changed by hand stays as it is (I22)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      if (!provider.moveEnd) return expect(provider.enforcementClass(fixture.target)).toBe('C');
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const changed = await required(vendor.changeGranted, 'changeGranted')(intent);
      await moveEnd(fixture, later(intent)).catch((error: unknown) =>
        expect(error).toMatchObject({ code: 'provider-refused' }),
      );
      expect(await required(vendor.readGranted, 'readGranted')(intent)).toEqual(changed);
    },
    'changed',
  );
}
