import { expect } from '@jest/globals';
import { intentFor, needed, never, without, type It } from './harness.fixture.ts';

/** What stood before, and the other leases. Own objects share nothing, which is a case of its own. */
export function priorState<T>(it: It<T>) {
  it('nobody else and no other lease is touched (I6, B14)', async (rig) => {
    const { provider, target, world } = rig;
    const [one, two] = [await intentFor(rig), await intentFor(rig)];
    await provider.ensurePresent(one, never);
    await provider.ensurePresent(two, never);
    const remains = provider.ownObject(target) ? 'none' : two.level;
    await provider.ensureAbsent(without(one, remains), never);
    expect(await world.level(two)).toBe(two.level);
    await provider.ensureAbsent(without(two), never);
    expect(await world.level(two)).toBe('none');
  });

  it('observes nothing on a new account', async (rig) => {
    const { provider, account, target } = rig;
    const seen = await provider.observe({ account, target }, never);
    expect(seen.level).toBe('none');
    expect(seen.subject.id).not.toBe('');
    // It is kept as JSON, and read again for every later call.
    expect(provider.parseTarget(JSON.parse(JSON.stringify(seen.target)))).toEqual({
      ok: true,
      value: seen.target,
    });
  });

  it(
    'standing access is observed before and still there afterwards (I5, B16)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      await needed(world.setLevel, 'setLevel')(provider.level(target));
      const prior = await provider.observe({ account, target }, never);
      expect(prior.level).toBe(provider.level(target));
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await provider.ensureAbsent(without(intent, prior.level), never);
      expect(await world.level(intent)).toBe(prior.level);
    },
    'standing',
  );

  it(
    'every lower level is restored exactly (I5)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const rungs = provider.ladder(target);
      for (const lower of rungs.slice(1, rungs.indexOf(provider.level(target)))) {
        await needed(world.setLevel, 'setLevel')(lower);
        expect((await provider.observe({ account, target }, never)).level).toBe(lower);
        const intent = await intentFor(rig);
        await provider.ensurePresent(intent, never);
        expect(await world.level(intent)).toBe(intent.level);
        expect((await provider.ensureAbsent(without(intent, lower), never)).level).toBe(lower);
        expect(await world.level(intent)).toBe(lower);
      }
    },
    'standing',
  );

  it(
    'a higher standing level is not lowered by a grant (I5, B16)',
    async (rig) => {
      const { provider, target, world } = rig;
      const higher = provider.ladder(target).at(-1) ?? 'none';
      if (higher === provider.level(target)) return; // nothing is higher than what this target asks for
      await needed(world.setLevel, 'setLevel')(higher);
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      expect(await world.level(intent)).toBe(higher);
    },
    'standing',
  );

  it(
    'a removal never brings back what somebody else took away meanwhile (F25, I22)',
    async (rig) => {
      const { provider, target, world } = rig;
      const setLevel = needed(world.setLevel, 'setLevel');
      await setLevel(provider.level(target));
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await setLevel('none');
      expect((await provider.ensureAbsent(without(intent, intent.level), never)).level).toBe('none');
      expect(await world.level(intent)).toBe('none');
    },
    'standing',
  );
}
