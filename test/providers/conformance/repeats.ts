import { expect } from '@jest/globals';
import { intentFor, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function repeats<T>(it: It<T>) {
  it('a grant and a revoke each return a receipt', async (fixture) => {
    const { provider, vendor } = fixture;
    const intent = await intentFor(fixture);
    expect((await provider.ensurePresent(intent, neverAborts)).level).toBe(intent.level);
    expect(await vendor.level(intent)).toBe(intent.level);
    expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
    expect(await vendor.level(intent)).toBe('none');
  });

  it('a second grant changes nothing (I15)', async (fixture) => {
    const { provider, vendor } = fixture;
    const intent = await intentFor(fixture);
    await provider.ensurePresent(intent, neverAborts);
    await provider.ensurePresent(intent, neverAborts);
    expect(await vendor.level(intent)).toBe(intent.level);
    await provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await vendor.level(intent)).toBe('none');
  });

  it('a second revoke changes nothing', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
      level: 'none',
    });
  });

  it('a revoke of access that was never granted succeeds with a receipt', async (fixture) => {
    const intent = await intentFor(fixture);
    const receipt = await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(receipt.level).toBe('none');
    expect(receipt.seen).not.toBe('');
  });

  it('no receipt contains the secret (B73)', async (fixture) => {
    const intent = await intentFor(fixture);
    const receipts = [
      await fixture.provider.ensurePresent(intent, neverAborts),
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts),
    ];
    if (intent.secret) expect(JSON.stringify(receipts)).not.toContain(intent.secret);
  });
}
