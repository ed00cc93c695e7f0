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
