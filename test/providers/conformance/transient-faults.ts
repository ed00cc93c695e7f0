import { expect } from '@jest/globals';
import { code, faultOf, intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function transientFaults<T>(it: It<T>) {
  it(
    'a rate limit is provider-throttled with the vendor’s own wait, and is retried (F11)',
    async (fixture) => {
      const throttle = required(fixture.faults.throttleNextCall, 'throttleNextCall');
      const intent = await intentFor(fixture);
      for (const call of [
        () => fixture.provider.ensurePresent(intent, neverAborts),
        () => fixture.provider.ensureAbsent(revoking(intent), neverAborts),
      ]) {
        const wait = await throttle();
        const fault = await faultOf(call());
        expect([fault.code, fault.retryAfterMs, fault.retry]).toEqual(['provider-throttled', wait, true]);
        await call();
      }
    },
    'throttled',
  );

  it(
    'a rate limit of ten minutes names its wait, and the next call succeeds (F11)',
    async (fixture) => {
      const throttle = required(fixture.faults.throttleNextCallFor, 'throttleNextCallFor');
      const { provider } = fixture;
      const intent = await intentFor(fixture);
      await throttle(600_000);
      expect(await faultOf(provider.ensurePresent(intent, neverAborts))).toMatchObject({
        code: 'provider-throttled',
        retryAfterMs: 600_000,
        retry: true,
      });
      expect(await fixture.vendor.level(intent)).toBe('none');
      await provider.ensurePresent(intent, neverAborts);
      await throttle(600_000);
      const fault = await faultOf(provider.ensureAbsent(revoking(intent), neverAborts));
      expect([fault.code, fault.retryAfterMs]).toEqual(['provider-throttled', 600_000]);
      await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
    'throttled-long',
  );

  it(
    'a conflict with another change is retried, for a grant and for a revoke (F16, B05)',
    async (fixture) => {
      const conflict = required(fixture.faults.conflictNextWrite, 'conflictNextWrite');
      const intent = await intentFor(fixture);
      for (const call of [
        () => fixture.provider.ensurePresent(intent, neverAborts),
        () => fixture.provider.ensureAbsent(revoking(intent), neverAborts),
      ]) {
        await conflict();
        expect((await faultOf(call())).retry).toBe(true);
        await call();
      }
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
    'conflict',
  );

  it(
    'a credential that loses its permissions in the middle revokes when it has them again (F33, I4)',
    async (fixture) => {
      const narrow = required(fixture.faults.narrowCredential, 'narrowCredential');
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      const widen = await narrow();
      expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe(
        'provider-forbidden',
      );
      expect((await faultOf(fixture.provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe(
        'provider-forbidden',
      );
      expect(await fixture.vendor.level(intent)).toBe(intent.level);
      await widen();
      expect((await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
    'narrowed',
  );

  it(
    'a credential that loses its permissions between a write and its verification gets no receipt, and revokes when it has them again (F33, I4)',
    async (fixture) => {
      const { provider, vendor, faults } = fixture;
      const narrow = required(faults.narrowAfterNextWrite, 'narrowAfterNextWrite');
      const intent = await intentFor(fixture);
      const widen = narrow();
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('provider-forbidden');
      expect(await vendor.level(intent)).toBe(intent.level);
      expect(await code(provider.ensureAbsent(revoking(intent), neverAborts))).toBe('provider-forbidden');
      await widen();
      const widenAgain = narrow();
      expect(await code(provider.ensureAbsent(revoking(intent), neverAborts))).toBe('provider-forbidden');
      await widenAgain();
      expect((await provider.ensureAbsent(revoking(intent), neverAborts)).level).toBe('none');
      expect(await vendor.level(intent)).toBe('none');
    },
    'narrowed-after',
  );

  it('a call without an answer ends with provider-unavailable when its signal fires (F23)', async (fixture) => {
    const intent = await intentFor(fixture);
    for (const call of [
      (signal: AbortSignal) => fixture.provider.ensurePresent(intent, signal),
      (signal: AbortSignal) => fixture.provider.ensureAbsent(revoking(intent), signal),
    ]) {
      const stop = new AbortController();
      const { reached } = fixture.faults.hangNextCall();
      const fault = faultOf(call(stop.signal));
      await reached;
      stop.abort();
      expect((await fault).code).toBe('provider-unavailable');
      await call(neverAborts);
    }
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  it('a signal that has already fired prevents every write', async (fixture) => {
    const intent = await intentFor(fixture);
    expect(await code(fixture.provider.ensurePresent(intent, AbortSignal.abort()))).toBe(
      'provider-unavailable',
    );
    expect(await fixture.vendor.level(intent)).toBe('none');
  });
}
