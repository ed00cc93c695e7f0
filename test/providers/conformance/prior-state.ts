import { expect } from '@jest/globals';
import { intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

/** The prior state and the person's other leases. Leases with own objects share nothing. */
export function priorState<T>(it: It<T>) {
  it('a revoke changes no other person and no other lease (I6, B14)', async (fixture) => {
    const { provider, target, vendor } = fixture;
    const [one, two] = [await intentFor(fixture), await intentFor(fixture)];
    await provider.ensurePresent(one, neverAborts);
    await provider.ensurePresent(two, neverAborts);
    const remains = provider.ownObject(target) ? 'none' : two.level;
    await provider.ensureAbsent(revoking(one, remains), neverAborts);
    expect(await vendor.level(two)).toBe(two.level);
    await provider.ensureAbsent(revoking(two), neverAborts);
    expect(await vendor.level(two)).toBe('none');
  });

  it('a new account is observed without access', async (fixture) => {
    const { provider, account, target } = fixture;
    const seen = await provider.observe({ account, target }, neverAborts);
    expect(seen.level).toBe('none');
    expect(seen.subject.id).not.toBe('');
    // The target is stored as JSON and parsed again for every later call.
    expect(provider.parseTarget(JSON.parse(JSON.stringify(seen.target)))).toEqual({
      ok: true,
      value: seen.target,
    });
  });

  it(
    'standing access is observed before the grant and remains after the revoke (I5, B16)',
    async (fixture) => {
      const { provider, account, target, vendor } = fixture;
      await required(vendor.setLevel, 'setLevel')(provider.level(target));
      const prior = await provider.observe({ account, target }, neverAborts);
      expect(prior.level).toBe(provider.level(target));
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await provider.ensureAbsent(revoking(intent, prior.level), neverAborts);
      expect(await vendor.level(intent)).toBe(prior.level);
    },
    'standing',
  );

  it(
    'a revoke restores each lower standing level exactly (I5)',
    async (fixture) => {
      const { provider, account, target, vendor } = fixture;
      const ladder = provider.ladder(target);
      for (const lower of ladder.slice(1, ladder.indexOf(provider.level(target)))) {
        await required(vendor.setLevel, 'setLevel')(lower);
        expect((await provider.observe({ account, target }, neverAborts)).level).toBe(lower);
        const intent = await intentFor(fixture);
        await provider.ensurePresent(intent, neverAborts);
        expect(await vendor.level(intent)).toBe(intent.level);
        expect((await provider.ensureAbsent(revoking(intent, lower), neverAborts)).level).toBe(lower);
        expect(await vendor.level(intent)).toBe(lower);
      }
    },
    'standing',
  );

  it(
    'a higher standing level is not lowered by a grant (I5, B16)',
    async (fixture) => {
      const { provider, target, vendor } = fixture;
      const higher = provider.ladder(target).at(-1) ?? 'none';
      if (higher === provider.level(target)) return; // no level is higher than the target's
      await required(vendor.setLevel, 'setLevel')(higher);
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      expect(await vendor.level(intent)).toBe(higher);
    },
    'standing',
  );

  it(
    'a revoke never restores access that somebody else removed meanwhile (F25, I22)',
    async (fixture) => {
      const { provider, target, vendor } = fixture;
      const setLevel = required(vendor.setLevel, 'setLevel');
      await setLevel(provider.level(target));
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await setLevel('none');
      expect((await provider.ensureAbsent(revoking(intent, intent.level), neverAborts)).level).toBe('none');
      expect(await vendor.level(intent)).toBe('none');
    },
    'standing',
  );
}
