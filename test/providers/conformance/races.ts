import { expect } from '@jest/globals';
import { intentFor, allowTransientFault, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function races<T>(it: It<T>) {
  it('two attempts to grant at the same time are one grant (F41)', async (fixture) => {
    const intent = await intentFor(fixture);
    await Promise.all([
      allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts)),
      allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts)),
    ]);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(await fixture.vendor.level(intent)).toBe(intent.level);
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('two attempts to revoke at the same time are one revoke (F41)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    await Promise.all([
      allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts)),
      allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts)),
    ]);
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('a second revoke, after a grant and its revoke at the same time, leaves no access (F16, F41)', async (fixture) => {
    const intent = await intentFor(fixture);
    await Promise.allSettled([
      fixture.provider.ensurePresent(intent, neverAborts),
      fixture.provider.ensureAbsent(revoking(intent), neverAborts),
    ]);
    expect((await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
    expect(await fixture.vendor.level(intent)).toBe('none');
  });
}
