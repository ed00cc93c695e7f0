import { expect } from '@jest/globals';
import { intentFor, never, perhaps, without, type It } from './harness.fixture.ts';

export function races<T>(it: It<T>) {
  it('two attempts to grant at the same time are one grant (F41)', async (rig) => {
    const intent = await intentFor(rig);
    await Promise.all([
      perhaps(rig.provider.ensurePresent(intent, never)),
      perhaps(rig.provider.ensurePresent(intent, never)),
    ]);
    await rig.provider.ensurePresent(intent, never);
    expect(await rig.world.level(intent)).toBe(intent.level);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('two attempts to revoke at the same time are one removal (F41)', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await Promise.all([
      perhaps(rig.provider.ensureAbsent(without(intent), never)),
      perhaps(rig.provider.ensureAbsent(without(intent), never)),
    ]);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.world.level(intent)).toBe('none');
  });

  it('a grant racing its own removal ends removed once the removal is repeated (F16, F41)', async (rig) => {
    const intent = await intentFor(rig);
    await Promise.allSettled([
      rig.provider.ensurePresent(intent, never),
      rig.provider.ensureAbsent(without(intent), never),
    ]);
    expect((await rig.provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await rig.world.level(intent)).toBe('none');
  });
}
