import { expect } from '@jest/globals';
import { intentFor, needed, never, without, type It } from './harness.fixture.ts';

export function marks<T>(it: It<T>) {
  it(
    'what is ours is listed with its lease and its end while granted, and not afterwards',
    async (rig) => {
      const { provider } = rig;
      const intent = await intentFor(rig);
      const mine = async () =>
        (await provider.listManaged(never)).filter(({ lease }) => lease === intent.lease);
      expect(await mine()).toEqual([]);
      await provider.ensurePresent(intent, never);
      expect(await mine()).toMatchObject([
        { lease: intent.lease, end: intent.endsAt, subject: intent.subject.name },
      ]);
      await provider.ensureAbsent(without(intent), never);
      expect(await mine()).toEqual([]);
    },
    'marks',
  );

  it('lists nothing of other people’s', async ({ provider }) => {
    expect(await provider.listManaged(never)).toEqual([]);
  });

  it(
    'preflight is content with enough rights, and names what a weaker credential lacks',
    async (rig) => {
      expect((await rig.provider.preflight(never)).missing).toEqual([]);
      const weak = await needed(rig.powerless, 'powerless').preflight(never);
      expect(weak.ok).toBe(false);
      expect(weak.missing.length).toBeGreaterThan(0);
    },
    'preflight',
  );
}
