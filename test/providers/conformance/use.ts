import { expect } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import { soundUse, type Use } from '../../../core/use.ts';
import type { Intent, Provider } from '../../../providers/provider.ts';
import { neverAborts } from '../never-aborts.fixture.ts';
import { faultOf, intentFor, revoking, type It } from './harness.fixture.ts';

const HOUR_MS = 3_600_000;

/** Reads the use of an intent that was granted an hour ago. */
const readUse = <T>(
  provider: Provider<T>,
  { lease, subject, target }: Intent<T>,
  {
    signal = neverAborts,
    ...more
  }: Readonly<{ signal?: AbortSignal; endedAt?: Instant; mark?: string }> = {},
): Promise<Use> => {
  const now = Date.now() as Instant;
  return provider.readUse(
    { lease, subject, target, grantedAt: (now - HOUR_MS) as Instant, now, ...more },
    signal,
  );
};

/** What holds for every reading: what is not shown whole is never none, and a part is one of those that the target gives. */
function expectSound<T>(provider: Provider<T>, target: T, use: Use): void {
  expect(soundUse(use)).toEqual(use);
  if (use.kind === 'unknown') return expect(use.why).toMatch(/\S/);
  expect(use.amount).toBeGreaterThanOrEqual(0);
  expect(use.first ?? 0).toBeLessThanOrEqual(use.last ?? Infinity);
  const parts = provider.usableParts(target).map(({ part }) => part);
  if (parts.length > 0)
    expect(use.parts.map(({ part }) => part).filter((each) => !parts.includes(each))).toEqual([]);
}

export function use<T>(it: It<T>) {
  it(
    'use is read during a lease and after it, and the reading changes nothing',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      const level = await vendor.level(intent);
      const before = await readUse(provider, intent);
      expectSound(provider, intent.target, before);
      await vendor.use?.(intent);
      const during = await readUse(provider, intent);
      expectSound(provider, intent.target, during);
      if (vendor.use && during.kind === 'known') expect(during.amount).toBeGreaterThan(0);
      expect(await vendor.level(intent)).toBe(level);
      await provider.ensureAbsent(revoking(intent), neverAborts);
      const { mark } = during;
      const after = await readUse(provider, intent, {
        endedAt: Date.now() as Instant,
        ...(mark === undefined ? {} : { mark }),
      });
      expectSound(provider, intent.target, after);
      // What was seen once is not said to be none later.
      if (after.kind === 'known' && during.kind === 'known')
        expect(after.amount).toBeGreaterThanOrEqual(during.amount);
    },
    'use',
  );

  it(
    'use that the vendor hides is unknown, with the reason',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await vendor.hideUse?.();
      const read = await readUse(provider, intent);
      if (vendor.hideUse)
        expect(read).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/\w \w/) });
      expectSound(provider, intent.target, read);
    },
    'use',
  );

  it(
    'a reading of use without an answer is a fault, and never a use (F12)',
    async (fixture) => {
      const intent = await intentFor(fixture);
      const stop = new AbortController();
      const { reached } = fixture.faults.hangNextCall();
      const failed = faultOf(readUse(fixture.provider, intent, { signal: stop.signal }));
      await reached;
      stop.abort();
      expect((await failed).retry).toBe(true);
    },
    'use',
  );
}
