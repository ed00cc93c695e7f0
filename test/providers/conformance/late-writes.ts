import { expect } from '@jest/globals';
import { code, intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

/** The vendor confirms a write and carries it out later, after the read that verifies it. */
export function lateWrites<T>(it: It<T>) {
  it(
    'a grant that the vendor carries out late has no receipt before, and is one grant afterwards (F14, I15)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const intent = await intentFor(fixture);
      const carryOut = required(faults.lateNextWrite, 'lateNextWrite')();
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('not-verified');
      expect(await vendor.level(intent)).toBe('none');
      await carryOut();
      expect(await vendor.level(intent)).toBe(intent.level);
      expect((await provider.ensurePresent(intent, neverAborts)).level).toBe(intent.level);
      await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await vendor.level(intent)).toBe('none');
    },
    'late-write',
  );

  it(
    'a revoke that the vendor carries out late has no receipt before (F14, I4)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const carryOut = required(faults.lateNextWrite, 'lateNextWrite')();
      expect(await code(provider.ensureAbsent(revoking(intent), neverAborts))).toBe('not-verified');
      expect(await vendor.level(intent)).toBe(intent.level);
      await carryOut();
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      expect(await vendor.level(intent)).toBe('none');
    },
    'late-write',
  );

  it(
    'a grant that the vendor carries out after the receipt of its revoke is found and revoked by the next revoke (F14, F41)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const intent = await intentFor(fixture);
      const carryOut = required(faults.lateNextWrite, 'lateNextWrite')();
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('not-verified');
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      await carryOut();
      expect(await vendor.level(intent)).toBe(intent.level);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
        level: 'none',
        lowered: true,
      });
      expect(await vendor.level(intent)).toBe('none');
    },
    'late-write',
  );
}
