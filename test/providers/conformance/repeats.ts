import { expect } from '@jest/globals';
import { intentFor, never, without, type It } from './harness.fixture.ts';

export function repeats<T>(it: It<T>) {
  it('gives, shows a receipt, takes away, shows a receipt', async (rig) => {
    const { provider, world } = rig;
    const intent = await intentFor(rig);
    expect((await provider.ensurePresent(intent, never)).level).toBe(intent.level);
    expect(await world.level(intent)).toBe(intent.level);
    expect((await provider.ensureAbsent(without(intent), never)).level).toBe('none');
    expect(await world.level(intent)).toBe('none');
  });

  it('granting twice is granting once (I15)', async (rig) => {
    const { provider, world } = rig;
    const intent = await intentFor(rig);
    await provider.ensurePresent(intent, never);
    await provider.ensurePresent(intent, never);
    expect(await world.level(intent)).toBe(intent.level);
    await provider.ensureAbsent(without(intent), never);
    expect(await world.level(intent)).toBe('none');
  });

  it('revoking twice is revoking once', async (rig) => {
    const intent = await intentFor(rig);
    await rig.provider.ensurePresent(intent, never);
    await rig.provider.ensureAbsent(without(intent), never);
    expect(await rig.provider.ensureAbsent(without(intent), never)).toMatchObject({ level: 'none' });
  });

  it('taking away what was never given succeeds, with a receipt', async (rig) => {
    const intent = await intentFor(rig);
    const receipt = await rig.provider.ensureAbsent(without(intent), never);
    expect(receipt.level).toBe('none');
    expect(receipt.seen).not.toBe('');
  });

  it('no receipt carries the secret (B73)', async (rig) => {
    const intent = await intentFor(rig);
    const receipts = [
      await rig.provider.ensurePresent(intent, never),
      await rig.provider.ensureAbsent(without(intent), never),
    ];
    if (intent.secret) expect(JSON.stringify(receipts)).not.toContain(intent.secret);
  });
}
