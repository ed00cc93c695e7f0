import { expect } from '@jest/globals';
import type { Provider } from '../../../providers/provider.ts';
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
      const asked = { targets: [fixture.target], duty: 'grant' } as const;
      const lacks = async (provider: Provider<T>) =>
        (await provider.preflight(asked, neverAborts)).permissions.flatMap(({ severity, what }) =>
          severity === 'excess' ? [] : [what],
        );
      expect(await lacks(fixture.provider)).toEqual([]);
      const underprivileged = required(fixture.underprivileged, 'underprivileged');
      expect((await lacks(underprivileged)).length).toBeGreaterThan(0);
    },
    'preflight',
  );
}
