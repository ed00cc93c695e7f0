import { expect } from '@jest/globals';
import { code, intentFor, needed, never, perhaps, without, type It } from './harness.fixture.ts';

export function lostAnswers<T>(it: It<T>) {
  it('a lost reply on grant, then repeated, is one grant (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a lost reply on grant, given up, leaves nothing after removal (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a lost reply on revoke, then repeated, is a removal (F13)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.trouble.failNextWriteAfterApplying();
    await perhaps(rig.provider.ensureAbsent(without(intent), never));
    expect((await rig.provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a write that never arrived is tried again, on grant and on revoke (F12)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.trouble.failNextWriteBeforeApplying();
    await perhaps(rig.provider.ensurePresent(intent, never));
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.trouble.failNextWriteBeforeApplying();
    await perhaps(rig.provider.ensureAbsent(without(intent), never));
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it(
    'a grant that is accepted and does not show is not-verified (F14, B04)',
    async (rig) => {
      const intent = await intentFor(rig);
      await needed(rig.trouble.swallowNextWrite, 'swallowNextWrite')();
      expect(await code(rig.provider.ensurePresent(intent, never))).toBe('not-verified');
      await rig.provider.ensurePresent(intent, never);
      expect(await rig.world.level(intent)).toBe(intent.level);
    },
    'swallowed',
  );

  it(
    'a removal that is accepted and does not show is not-verified (F14, B04)',
    async (rig) => {
      const intent = await intentFor(rig);
      await rig.provider.ensurePresent(intent, never);
      await needed(rig.trouble.swallowNextWrite, 'swallowNextWrite')();
      expect(await code(rig.provider.ensureAbsent(without(intent), never))).toBe('not-verified');
      await rig.provider.ensureAbsent(without(intent), never);
      expect(await rig.world.level(intent)).toBe('none');
    },
    'swallowed',
  );

  it(
    'stale reads delay the yes and the no, and change neither (F15)',
    async (rig) => {
      const { provider, trouble, world } = rig;
      const stale = needed(trouble.staleReads, 'staleReads');
      const freshAgain = needed(trouble.freshReads, 'freshReads');
      const intent = await intentFor(rig);
      await stale();
      expect(await code(provider.ensurePresent(intent, never))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensurePresent(intent, never)).level).toBe(intent.level);
      await stale();
      expect(await code(provider.ensureAbsent(without(intent), never))).toBe('not-verified');
      await freshAgain();
      expect((await provider.ensureAbsent(without(intent), never)).level).toBe('none');
      expect(await world.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a removal is sent even while reads do not show the grant yet (F15, F41)',
    async (rig) => {
      const intent = await intentFor(rig);
      await needed(rig.trouble.staleReads, 'staleReads')();
      await perhaps(rig.provider.ensurePresent(intent, never));
      await perhaps(rig.provider.ensureAbsent(without(intent), never));
      await needed(rig.trouble.freshReads, 'freshReads')();
      expect(await rig.world.level(intent)).toBe('none');
    },
    'stale',
  );

  it(
    'a grant is sent even while reads still show what was removed (F15)',
    async (rig) => {
      const intent = await intentFor(rig);
      await rig.provider.ensurePresent(intent, never);
      await needed(rig.trouble.staleReads, 'staleReads')();
      await perhaps(rig.provider.ensureAbsent(without(intent), never));
      await perhaps(rig.provider.ensurePresent(intent, never));
      await needed(rig.trouble.freshReads, 'freshReads')();
      expect(await rig.world.level(intent)).toBe(intent.level);
    },
    'stale',
  );
}
