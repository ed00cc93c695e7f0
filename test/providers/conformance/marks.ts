import { expect } from '@jest/globals';
import { intentFor, required, revoking, type It } from './harness.fixture.ts';
import { neverAborts } from '../never-aborts.fixture.ts';

export function marks<T>(it: It<T>) {
  it(
    'granted access is listed with its lease and its end, and is not listed after the revoke',
    async (fixture) => {
      const { provider } = fixture;
      const intent = await intentFor(fixture);
      const mine = async () =>
        (await provider.listManaged(neverAborts)).filter(({ lease }) => lease === intent.lease);
      expect(await mine()).toEqual([]);
      await provider.ensurePresent(intent, neverAborts);
      expect(await mine()).toMatchObject([{ lease: intent.lease, endsAt: intent.endsAt }]);
      await provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await mine()).toEqual([]);
    },
    'marks',
  );

  it('access that Curfew did not grant is not listed', async ({ provider }) => {
    expect(await provider.listManaged(neverAborts)).toEqual([]);
  });

  it(
    'preflight accepts enough permissions, and names those that a weaker credential lacks',
    async (fixture) => {
      expect((await fixture.provider.preflight(neverAborts)).missing).toEqual([]);
      const underprivileged = await required(fixture.underprivileged, 'underprivileged').preflight(
        neverAborts,
      );
      expect(underprivileged.ok).toBe(false);
      expect(underprivileged.missing.length).toBeGreaterThan(0);
    },
    'preflight',
  );
}
