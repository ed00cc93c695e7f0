import { expect, test } from '@jest/globals';
import { neverAborts, scripted } from './github-script.fixture.ts';
import { WORLD, intentOf } from './github-repository.fixture.ts';

test('GitHub has limits, no passwords, no marks and no sessions', async () => {
  const { provider, sent } = scripted(WORLD);
  expect(provider).toMatchObject({
    name: 'github',
    consistencyWindowMs: 10_000,
    rateBudget: 80,
    needsSecret: false,
  });
  expect(await provider.listManaged(neverAborts)).toEqual([]);
  expect(await provider.terminateSessions(intentOf('write'), neverAborts)).toBe(0);
  expect(sent).toEqual([]);
});

test('the preflight of GitHub reads the installation of the settings', async () => {
  const { provider, sent } = scripted({}, { installationId: 8002 });
  expect(await provider.preflight(neverAborts)).toMatchObject({ ok: false });
  expect(sent.map(({ call }) => call)).toEqual(['GET /app/installations/8002']);
});
