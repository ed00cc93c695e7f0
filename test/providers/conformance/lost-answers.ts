import { expect } from '@jest/globals';
import { code, intentFor, required, allowTransientFault, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function lostAnswers<T>(it: It<T>) {
  it('a grant whose answer is lost and that is retried is one grant (F13)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.faults.failNextWriteAfterApplying();
    await allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts));
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(await fixture.vendor.level(intent)).toBe(intent.level);
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('a grant whose answer is lost and that is then revoked leaves no access (F13)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.faults.failNextWriteAfterApplying();
    await allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts));
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('a revoke whose answer is lost and that is retried revokes the access (F13)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.faults.failNextWriteAfterApplying();
    await allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts));
    expect((await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('a write that never arrived is retried, for a grant and for a revoke (F12)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.faults.failNextWriteBeforeApplying();
    await allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts));
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(await fixture.vendor.level(intent)).toBe(intent.level);
    await fixture.faults.failNextWriteBeforeApplying();
    await allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts));
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it(
    'a grant that the vendor accepts and that fails afterwards is not-verified (F14, B04)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await required(fixture.faults.ignoreNextWrite, 'ignoreNextWrite')();
      expect(await code(fixture.provider.ensurePresent(intent, neverAborts))).toBe('not-verified');
      await fixture.provider.ensurePresent(intent, neverAborts);
      expect(await fixture.vendor.level(intent)).toBe(intent.level);
    },
    'ignored-write',
  );

  it(
    'a revoke that the vendor accepts and that fails afterwards is not-verified (F14, B04)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      await required(fixture.faults.ignoreNextWrite, 'ignoreNextWrite')();
      expect(await code(fixture.provider.ensureAbsent(revoking(intent), neverAborts))).toBe('not-verified');
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
    'ignored-write',
  );

  it(
    'stale reads delay the verification of a grant and of a revoke, and do not change the result (F15)',
    async (fixture) => {
      const { provider, faults, vendor } = fixture;
      const stale = required(faults.staleReads, 'staleReads');
      const freshAgain = required(faults.freshReads, 'freshReads');
      const intent = await intentFor(fixture);
      await stale();
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensurePresent(intent, neverAborts)).level).toBe(intent.level);
      await stale();
      expect(await code(provider.ensureAbsent(revoking(intent), neverAborts))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      expect(await vendor.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a revoke is sent while reads do not show the grant yet (F15, F41)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await required(fixture.faults.staleReads, 'staleReads')();
      await allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts));
      await allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts));
      await required(fixture.faults.freshReads, 'freshReads')();
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a grant is sent while reads still show the revoked access (F15)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      await required(fixture.faults.staleReads, 'staleReads')();
      await allowTransientFault(fixture.provider.ensureAbsent(revoking(intent), neverAborts));
      await allowTransientFault(fixture.provider.ensurePresent(intent, neverAborts));
      await required(fixture.faults.freshReads, 'freshReads')();
      expect(await fixture.vendor.level(intent)).toBe(intent.level);
    },
    'stale',
  );
}
