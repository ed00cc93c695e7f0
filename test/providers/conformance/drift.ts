import { expect } from '@jest/globals';
import { code, intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

/** Somebody changes the access by hand, at every step between the observation and the receipt. */
export function drift<T>(it: It<T>) {
  it(
    'access that somebody gives by hand between the observation and the grant is what the grant finds (F25, I22)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await required(vendor.setLevel, 'setLevel')(intent.level);
      expect((await provider.ensurePresent(intent, neverAborts)).found).toBe(intent.level);
    },
    'found',
  );

  it(
    'access that somebody removes by hand between the grant and its verification is not reported as granted (F24, I22)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const intent = await intentFor(fixture);
      required(faults.beforeReadBack, 'beforeReadBack')(() => vendor.deleteGranted(intent));
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('not-verified');
      expect(await vendor.level(intent)).toBe('none');
      expect((await provider.ensurePresent(intent, neverAborts)).level).toBe(intent.level);
      expect(await vendor.level(intent)).toBe(intent.level);
    },
    'read-back',
  );

  it(
    'access that somebody gives again by hand during the revoke leaves no receipt, and the next attempt revokes it (F24, I4)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      required(
        faults.beforeReadBack,
        'beforeReadBack',
      )(() => required(vendor.grantAgain, 'grantAgain')(intent));
      expect(await code(provider.ensureAbsent(revoking(intent), neverAborts))).toBe('not-verified');
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      expect(await vendor.level(intent)).toBe('none');
    },
    'read-back',
  );

  it(
    'the receipt of a revoke names what somebody changed by hand since the grant (F24, I22)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.changeGranted, 'changeGranted')(intent);
      const receipt = await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(receipt.level).toBe('none');
      expect(receipt.found !== intent.level || receipt.note !== undefined).toBe(true);
      expect(await vendor.level(intent)).toBe('none');
    },
    'changed',
  );

  it(
    'a repeated grant does not write over what somebody changed by hand (F24, I22)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const changed = await required(vendor.changeGranted, 'changeGranted')(intent);
      const receipt = await provider.ensurePresent(intent, neverAborts);
      expect(receipt.found !== intent.level || receipt.note !== undefined).toBe(true);
      expect(await required(vendor.readGranted, 'readGranted')(intent)).toEqual(changed);
      await provider.ensureAbsent(revoking(intent), neverAborts);
    },
    'changed',
  );

  it('the receipt of a revoke says that the access was gone before (F24, I22)', async (fixture) => {
    const { provider, vendor } = fixture;
    const intent = await intentFor(fixture);
    await provider.ensurePresent(intent, neverAborts);
    await vendor.deleteGranted(intent);
    const receipt = await provider.ensureAbsent(revoking(intent), neverAborts);
    expect(receipt.level).toBe('none');
    expect(receipt.found).not.toBe(intent.level);
  });
}
