import { expect } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import type { Intent, ManagedObject, Provider, Remover } from '../../../providers/provider.ts';
import {
  allowTransientFault,
  faultOf,
  intentFor,
  required,
  revoking,
  type It,
  type ProviderFixture,
} from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

/** Whole seconds, because some vendors store no parts of them. */
const aMinute = (sign: 1 | -1): Instant =>
  (Math.floor(Date.now() / 1_000) * 1_000 + sign * 60_000) as Instant;

type Named<T> = readonly [who: string, who: Pick<Provider<T>, 'listManaged' | 'endManaged' | 'ensureAbsent'>];

/** The provider itself, and what the reaper works with. */
const endersOf = <T>({ provider, remover }: ProviderFixture<T>): readonly Named<T>[] => [
  ['the provider', provider],
  ...(remover ? [['the reaper', remover] as const] : []),
];

async function granted<T>(fixture: ProviderFixture<T>, endsAt: Instant): Promise<Intent<T>> {
  const intent = await intentFor(fixture, { endsAt });
  await fixture.provider.ensurePresent(intent, neverAborts);
  return intent;
}

async function objectOf(ender: Pick<Remover, 'listManaged'>, { lease }: Pick<Intent<unknown>, 'lease'>) {
  const found = (await ender.listManaged(neverAborts)).filter((each) => each.lease === lease);
  expect(found).toHaveLength(1);
  return found[0] as ManagedObject;
}

/** `endManaged`: the end of one access with nothing but the object at the vendor (F07, I3). */
export function endings<T>(it: It<T>) {
  it(
    'an object that has ended is ended with nothing but what it says, and twice is once (F07, I15)',
    async (fixture) => {
      for (const [, ender] of endersOf(fixture)) {
        const intent = await granted(fixture, aMinute(-1));
        const object = await objectOf(ender, intent);
        expect(await ender.endManaged(object, neverAborts)).toMatchObject({ level: 'none', lowered: true });
        expect(await fixture.vendor.level(intent)).toBe('none');
        const again = await ender.endManaged(object, neverAborts);
        expect([again.level, again.lowered]).toEqual(['none', undefined]);
        // The revocation that comes later finds everything gone.
        expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
          level: 'none',
        });
      }
    },
    'marks',
  );

  it(
    'an object whose end is not reached is left as it is (I6)',
    async (fixture) => {
      const intent = await granted(fixture, aMinute(1));
      for (const [, ender] of endersOf(fixture)) {
        const object = await objectOf(ender, intent);
        const said = { ...object, endsAt: aMinute(-1) };
        expect((await ender.endManaged(said, neverAborts)).level).not.toBe('none');
        expect(await fixture.vendor.level(intent)).toBe(intent.level);
      }
    },
    'marks',
  );

  it(
    'an object that was already removed ends with success (I15)',
    async (fixture) => {
      for (const [, ender] of endersOf(fixture)) {
        const intent = await granted(fixture, aMinute(-1));
        const object = await objectOf(ender, intent);
        await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
        expect(await ender.endManaged(object, neverAborts)).toMatchObject({ level: 'none' });
      }
    },
    'marks',
  );

  it(
    'an end that was interrupted half-way is completed by the next one (F02, F13)',
    async (fixture) => {
      const { faults, vendor } = fixture;
      for (const [, ender] of endersOf(fixture))
        for (const interrupt of [faults.failNextWriteAfterApplying, faults.failNextWriteBeforeApplying]) {
          const intent = await granted(fixture, aMinute(-1));
          const object = await objectOf(ender, intent);
          await interrupt();
          await allowTransientFault(ender.endManaged(object, neverAborts));
          expect(await ender.endManaged(object, neverAborts)).toMatchObject({ level: 'none' });
          expect(await vendor.level(intent)).toBe('none');
        }
    },
    'marks',
  );

  it(
    'a rate limit is no failure of an end: it is tried again (F11)',
    async (fixture) => {
      const throttle = required(fixture.faults.throttleNextCall, 'throttleNextCall');
      for (const [, ender] of endersOf(fixture)) {
        const intent = await granted(fixture, aMinute(-1));
        const object = await objectOf(ender, intent);
        await throttle();
        expect((await faultOf(ender.endManaged(object, neverAborts))).code).toBe('provider-throttled');
        expect(await ender.endManaged(object, neverAborts)).toMatchObject({ level: 'none' });
        expect(await fixture.vendor.level(intent)).toBe('none');
      }
    },
    'marks',
  );

  it('the reaper lowers to the level that remains, and gives nothing back (I5, I6)', async (fixture) => {
    const { provider, vendor } = fixture;
    const remover = required(fixture.remover, 'remover');
    const intent = await granted(fixture, aMinute(-1));
    expect(await remover.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    expect(await vendor.level(intent)).toBe('none');
    expect(await remover.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    const ladder = provider.ladder(intent.target);
    for (const prior of vendor.setLevel ? ladder.slice(0, ladder.indexOf(intent.level)) : []) {
      await vendor.setLevel?.(prior);
      await provider.ensurePresent(intent, neverAborts);
      await remover.ensureAbsent(revoking(intent, prior), neverAborts);
      expect(await vendor.level(intent)).toBe(prior);
    }
  });

  it('the clock of the vendor is that of this machine (I23)', async ({ provider }) => {
    const before = Date.now();
    const clocks = (await provider.clocks?.(neverAborts)) ?? [];
    expect(clocks.length).toBeGreaterThan(0);
    for (const { at, stepMs } of clocks) {
      expect(at + stepMs).toBeGreaterThan(before - 1);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
  });
}
