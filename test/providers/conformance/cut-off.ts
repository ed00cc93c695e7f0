import { expect } from '@jest/globals';
import { intentFor, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function cutOff<T>(it: It<T>) {
  it('access that was cut off at once, also twice, is revoked with a receipt, and so is access that never was', async (fixture) => {
    const { provider, vendor } = fixture;
    if (!provider.cutOff) return; // The vendor ends nothing with few calls.
    const [intent, never] = [await intentFor(fixture), await intentFor(fixture)];
    await provider.ensurePresent(intent, neverAborts);
    const cut = {
      leases: [revoking(intent), revoking(never)],
      wholeAccount: false,
      beforeChange: () => Promise.resolve(),
    };
    for (let time = 0; time < 2; time += 1) await provider.cutOff(cut, neverAborts);
    expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
    expect(await vendor.level(intent)).toBe('none');
    await provider.cutOff(cut, neverAborts);
    expect(await vendor.level(intent)).toBe('none');
  });
}
