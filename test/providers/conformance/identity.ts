import { expect } from '@jest/globals';
import { code, intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function identity<T>(it: It<T>) {
  it(
    'an account that was created again under the same name gets no access and loses none (F24, T32)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.recreateAccount, 'recreateAccount')();
      const standing = !provider.ownObject(fixture.target) && vendor.setLevel;
      if (standing) await standing(intent.level);
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('subject-changed');
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe(standing ? intent.level : 'none');
    },
    'account',
  );

  it(
    'a renamed account is the same account, and another account with its old name is not (F24, T32)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.renameAccount, 'renameAccount')();
      expect(await vendor.level(intent)).toBe(intent.level);
      expect(await provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: intent.level });
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe('none');
      // The other account never had access from Curfew. For the provider it is another subject.
      expect((await provider.observe(fixture, neverAborts)).subject.id).not.toBe(intent.subject.id);
    },
    'account',
  );

  it(
    'a grant to a deleted account is refused, and a revoke from it succeeds (F24)',
    async (fixture) => {
      const { provider, account, target, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.deleteAccount, 'deleteAccount')();
      expect(await code(provider.observe({ account, target }, neverAborts))).toBe('subject-missing');
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('subject-missing');
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    },
    'account',
  );

  it(
    'a grant on a deleted target is refused, and a revoke on it succeeds (F32, B07)',
    async (fixture) => {
      const { provider, account, target, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.deleteTarget, 'deleteTarget')();
      expect(await code(provider.observe({ account, target }, neverAborts))).toBe('target-missing');
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('target-missing');
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    },
    'target-deleted',
  );

  it(
    'a renamed target is the same target, and another target with its old name is not (F32)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.renameTarget, 'renameTarget')();
      expect(await vendor.level(intent)).toBe(intent.level);
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe('none');
      if (provider.ownObject(fixture.target)) return;
      const seen = await provider.observe(fixture, neverAborts);
      expect(provider.targetKey(seen.target)).not.toBe(provider.targetKey(intent.target));
    },
    'target-renamed',
  );

  it(
    'a target that was created again under the same name is another target (F24, T32)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.recreateTarget, 'recreateTarget')();
      // Somebody gives standing access to the new target, where that is possible. The revoke must leave it.
      const standing = provider.ownObject(fixture.target) ? undefined : required(vendor.setLevel, 'setLevel');
      await standing?.(intent.level);
      expect(await code(provider.ensurePresent(intent, neverAborts))).toBe('target-missing');
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe(standing ? intent.level : 'none');
    },
    'target-recreated',
  );

  it(
    'access is revoked after the owner of the target was renamed (F24)',
    async (fixture) => {
      const { provider, vendor } = fixture;
      const intent = await intentFor(fixture);
      await provider.ensurePresent(intent, neverAborts);
      await required(vendor.renameOwner, 'renameOwner')();
      expect(await provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
      expect(await vendor.level(intent)).toBe('none');
    },
    'owner',
  );

  it('a revoke succeeds when somebody has already removed the granted access (F24)', async (fixture) => {
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.vendor.deleteGranted(intent);
    expect(await fixture.provider.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({
      level: 'none',
    });
  });
}
