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
    rateBudget: 80,
    needsSecret: false,
  });
  expect(await provider.listManaged(neverAborts)).toEqual([]);
  expect(await provider.terminateSessions(repository.intentOf('write'), neverAborts)).toBe(0);
  expect(sent).toEqual([]);
});

test('the preflight of GitHub reads the installation of the settings', async () => {
  const { provider, sent } = scripted({}, { installationId: 8002 });
  expect(await provider.preflight(neverAborts)).toMatchObject({ ok: false });
  expect(sent.map(({ call }) => call)).toEqual(['GET /app/installations/8002']);
});

type Act = (provider: Provider<GitHubTarget>, signal: AbortSignal) => Promise<unknown>;
const noTeam = {
  [`GET ${team.TEAM}`]: missing,
  'GET /app/installations/8001': { account: { login: 'lantern' }, repository_selection: 'all' },
};
const [asMember, nothing] = [team.intentOf('member'), team.intentOf('none')];
const [asWriter, noAccess] = [repository.intentOf('write'), repository.intentOf('none')];

test.each<[string, number, Answers, Act]>([
  [
    'reads a membership',
    6,
    team.DEFAULT_ANSWERS,
    (github, signal) => github.observe({ account: 'ana', ...asMember }, signal),
  ],
  [
    'grants a membership',
    11,
    { ...team.DEFAULT_ANSWERS, [team.READ_MEMBERSHIP]: team.active('member') },
    (github, signal) => github.ensurePresent(asMember, signal),
  ],
  ['revokes a membership', 7, team.DEFAULT_ANSWERS, (github, signal) => github.ensureAbsent(nothing, signal)],
  [
    'revokes a membership of no team',
    3,
    { ...team.DEFAULT_ANSWERS, ...noTeam },
    (github, signal) => github.ensureAbsent(nothing, signal),
  ],
  [
    'reads access to a repository',
    6,
    repository.DEFAULT_ANSWERS,
    (github, signal) => github.observe({ account: 'ana', ...asWriter }, signal),
  ],
  [
    'grants access to a repository',
    10,
    { ...repository.DEFAULT_ANSWERS, ...repository.entry('write') },
    (github, signal) => github.ensurePresent(asWriter, signal),
  ],
  [
    'revokes access to a repository',
    8,
    repository.DEFAULT_ANSWERS,
    (github, signal) => github.ensureAbsent(noAccess, signal),
  ],
  [
    'revokes access to no repository',
    4,
    { ...repository.DEFAULT_ANSWERS, ...repository.NO_REPOSITORY },
    (github, signal) => github.ensureAbsent(noAccess, signal),
  ],
  ['checks its permissions', 1, {}, (github, signal) => github.preflight(signal)],
])(
  'an activity that %s sends %i calls, and each ends when it is cancelled',
  async (_what, calls, answers, act) => {
    const activity = new AbortController();
    const { provider, sent } = scripted(answers);
    await act(provider, activity.signal);
    activity.abort();
    expect(sent.map(({ init }) => init.signal?.aborted)).toEqual(Array.from({ length: calls }, () => true));
  },
);

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
