import { expect } from '@jest/globals';
import { code, intentFor, needed, never, without, type It } from './harness.fixture.ts';

export function identity<T>(it: It<T>) {
  it(
    'an account made again under the same name gets nothing and loses nothing (F24, T32)',
    async (rig) => {
      const { provider, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.recreateAccount, 'recreateAccount')();
      const standing = !provider.ownObject(rig.target) && world.setLevel;
      if (standing) await standing(intent.level);
      expect(await code(provider.ensurePresent(intent, never))).toBe('subject-changed');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      expect(await world.level(intent)).toBe(standing ? intent.level : 'none');
    },
    'account',
  );

  it(
    'an account that is called something else now is the same account, and who took its name is not (F24, T32)',
    async (rig) => {
      const { provider, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.renameAccount, 'renameAccount')();
      expect(await world.level(intent)).toBe(intent.level);
      expect(await provider.ensurePresent(intent, never)).toMatchObject({ level: intent.level });
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      expect(await world.level(intent)).toBe('none');
      // The other one never had anything of ours, and to the provider it is another subject.
      expect((await provider.observe(rig, never)).subject.id).not.toBe(intent.subject.id);
    },
    'account',
  );

  it(
    'an account that is gone: no grant, and removal succeeds (F24)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.deleteAccount, 'deleteAccount')();
      expect(await code(provider.observe({ account, target }, never))).toBe('subject-missing');
      expect(await code(provider.ensurePresent(intent, never))).toBe('subject-missing');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
    },
    'account',
  );

  it(
    'a target that is gone: no grant, and removal succeeds (F32, B07)',
    async (rig) => {
      const { provider, account, target, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.deleteTarget, 'deleteTarget')();
      expect(await code(provider.observe({ account, target }, never))).toBe('target-missing');
      expect(await code(provider.ensurePresent(intent, never))).toBe('target-missing');
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
    },
    'target-deleted',
  );

  it(
    'a target that is called something else now is the same target, and what took its name is not (F32)',
    async (rig) => {
      const { provider, world } = rig;
      const intent = await intentFor(rig);
      await provider.ensurePresent(intent, never);
      await needed(world.renameTarget, 'renameTarget')();
      expect(await world.level(intent)).toBe(intent.level);
      expect(await provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
      expect(await world.level(intent)).toBe('none');
      if (provider.ownObject(rig.target)) return;
      const seen = await provider.observe(rig, never);
      expect(provider.targetKey(seen.target)).not.toBe(provider.targetKey(intent.target));
    },
    'target-renamed',
  );

  it('what we gave is gone already: removal succeeds (F24)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.world.deleteOurs(intent);
    expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
  });
}
