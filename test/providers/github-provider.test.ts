import { expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Provider } from '../../providers/provider.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import * as repository from './github-repository.fixture.ts';
import { missing, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import * as team from './github-team.fixture.ts';

test('GitHub has limits, no passwords, no marks and no sessions', async () => {
  const { provider, sent } = scripted();
  expect(provider).toMatchObject({
    name: 'github',
    consistencyWindowMs: 10_000,
    rateBudget: 900,
    readBudget: 20,
    needsSecret: false,
  });
  expect(await provider.listManaged(neverAborts)).toEqual([]);
  expect(Object.keys(provider)).not.toContain('cutOff');
  expect(sent).toEqual([]);
});

test('the preflight of GitHub reads the installation of the settings', async () => {
  const { provider, sent } = scripted({}, { installationId: 8002 });
  const { permissions } = await provider.preflight({ targets: [], duty: 'grant' }, neverAborts);
  expect(permissions).toMatchObject([{ severity: 'missing' }]);
  expect(sent.map(({ call }) => call)).toEqual(['GET /app/installations/8002']);
});

type Act = (provider: Provider<GitHubTarget>, signal: AbortSignal) => Promise<unknown>;
const [asMember, nothing] = [team.intentOf('member'), team.intentOf('none')];
const [asWriter, noAccess] = [repository.intentOf('write'), repository.intentOf('none')];

test.each<[string, Answers, Act]>([
  [
    'reads a membership',
    team.DEFAULT_ANSWERS,
    (github, signal) => github.observe({ account: 'ana', ...asMember }, signal),
  ],
  [
    'grants a membership',
    { ...team.DEFAULT_ANSWERS, ...team.member(['none', 'member']) },
    (github, signal) => github.ensurePresent(asMember, signal),
  ],
  ['revokes a membership', team.DEFAULT_ANSWERS, (github, signal) => github.ensureAbsent(nothing, signal)],
  [
    'revokes a membership of no team',
    { ...team.DEFAULT_ANSWERS, [team.READ_TEAM]: missing },
    (github, signal) => github.ensureAbsent(nothing, signal),
  ],
  [
    'reads access to a repository',
    repository.DEFAULT_ANSWERS,
    (github, signal) => github.observe({ account: 'ana', ...asWriter }, signal),
  ],
  [
    'grants access to a repository',
    { ...repository.DEFAULT_ANSWERS, ...repository.shows(['none', 'write']) },
    (github, signal) => github.ensurePresent(asWriter, signal),
  ],
  [
    'revokes access to a repository',
    repository.DEFAULT_ANSWERS,
    (github, signal) => github.ensureAbsent(noAccess, signal),
  ],
  [
    'revokes access to no repository',
    { ...repository.DEFAULT_ANSWERS, ...repository.NO_REPOSITORY },
    (github, signal) => github.ensureAbsent(noAccess, signal),
  ],
  [
    'checks its permissions',
    {
      ...team.DEFAULT_ANSWERS,
      [team.INSTALLATION]: {
        account: { login: 'lantern', id: 3001 },
        permissions: { members: 'write', metadata: 'read' },
      },
    },
    (github, signal) => github.preflight({ targets: [team.target], duty: 'grant' }, signal),
  ],
])('an activity that %s ends with all its calls when it is cancelled', async (_what, answers, act) => {
  const activity = new AbortController();
  const { provider, sent } = scripted(answers);
  await act(provider, activity.signal);
  activity.abort();
  expect(sent.length).toBeGreaterThan(0);
  // The token of an organisation is shared, so the end of one activity does not end the call for it.
  const own = sent.filter(({ url }) => !String(url).endsWith('/access_tokens'));
  expect(own.filter(({ init }) => !init.signal?.aborted).map(({ url }) => String(url))).toEqual([]);
});

test.each<[string, Act]>([
  ['a read', (github, signal) => github.observe({ account: 'ana', ...asWriter }, signal)],
  ['a grant', (github, signal) => github.ensurePresent(asWriter, signal)],
  ['a revoke', (github, signal) => github.ensureAbsent(noAccess, signal)],
])('%s that GitHub does not answer ends with a fault', async (_what, act) => {
  const { provider } = scripted({
    'POST /app/installations/8001/access_tokens': status(502, 'Server Error'),
  });
  const error = await act(provider, neverAborts).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Fault);
  expect(error).toMatchObject({ code: 'provider-unavailable' });
});
