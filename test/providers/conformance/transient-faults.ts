import { expect } from '@jest/globals';
import { code, faultOf, intentFor, needed, never, without, type It } from './harness.fixture.ts';

export function badWeather<T>(it: It<T>) {
  it(
    'throttled is throttled, with the vendor’s own wait, and worth a retry (F11)',
    async (rig) => {
      const throttle = needed(rig.trouble.throttleNext, 'throttleNext');
      const intent = await intentFor(rig);
      for (const call of [
        () => rig.provider.ensurePresent(intent, never),
        () => rig.provider.ensureAbsent(without(intent), never),
      ]) {
        const wait = await throttle();
        const fault = await faultOf(call());
        expect([fault.code, fault.retryAfterMs, fault.retry]).toEqual(['provider-throttled', wait, true]);
        await call();
      }
    },
    'throttled',
  );

  it('no answer: the signal ends the wait, and it counts as unknown (F23)', async (rig) => {
    const intent = await intentFor(rig);
    for (const call of [
      (signal: AbortSignal) => rig.provider.ensurePresent(intent, signal),
      (signal: AbortSignal) => rig.provider.ensureAbsent(without(intent), signal),
    ]) {
      const stop = new AbortController();
      const { reached } = rig.trouble.hangNext();
      const fault = faultOf(call(stop.signal));
      await reached;
      stop.abort();
      expect((await fault).code).toBe('provider-unavailable');
      await call(never);
    }
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a signal that has fired already stops everything before the first write', async (rig) => {
    const intent = await intentFor(rig);
    expect(await code(rig.provider.ensurePresent(intent, AbortSignal.abort()))).toBe('provider-unavailable');
    expect(await rig.world.level(intent)).toBe('none');
  });
}
