import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { assertRemoves } from '../../providers/github/removal-calls.ts';
import { githubRemover, type GitHubTarget } from '../../providers/github/index.ts';
import type { Intent, Remover } from '../../providers/provider.ts';
import { isComplete } from '../../reaper/report.ts';
import { reap } from '../../reaper/reap.ts';
import { openThrottles } from '../../reaper/throttles.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { intentFor, newLease, revoking } from './conformance.fixture.ts';
import { ANA, MAINTAINERS, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function open(target: GitHubTarget) {
  const running = await openGitHub();
  stops.push(running.stop);
  const remover = githubRemover(running.deps);
  const intent = await intentFor({ provider: running.provider, account: ANA, target } as never);
  return { ...running, remover, intent: intent as Parameters<typeof remover.ensureAbsent>[0] };
}

/** The entry of the manifest for a membership that ended a minute ago. */
const entryOf = ({ lease, subject, target }: Intent<GitHubTarget>, serial = 1): ManifestEntry => ({
  ...{ serial, lease, state: 'live', provider: 'github', spec: target },
  ...{ targetKey: 'team:5001', subject, prior: 'none' },
  ...{ level: 'member', endsAt: (Date.now() - 60_000) as Instant },
});

const paths = (requests: readonly Readonly<{ method: string; path: string }>[]) =>
  requests.map(({ method, path }) => `${method} ${path.replaceAll(/\d+/g, 'N')}`);

describe('the calls of the reaper', () => {
  test('a membership of a team ends with 6 points, besides one token and two queries', async () => {
    const { provider, remover, intent, requests } = await open(ONCALL);
    await provider.ensurePresent(intent, neverAborts);
    const from = requests.length;
    expect(await remover.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ lowered: true });
    expect(paths(requests.slice(from))).toEqual([
      'POST /app/installations/N/access_tokens',
      'POST /graphql',
      `DELETE /organizations/N/team/N/memberships/${ANA}`,
      `GET /organizations/N/team/N/memberships/${ANA}`,
      'POST /graphql',
    ]);
    const again = requests.length;
    expect(await remover.ensureAbsent(revoking(intent), neverAborts)).toMatchObject({ level: 'none' });
    expect(paths(requests.slice(again))).toEqual([
      'POST /graphql',
      `GET /organizations/N/team/N/memberships/${ANA}`,
    ]);
  });

  test('100 memberships end in one pass with 700 of the 900 points of a minute (I3)', async () => {
    const { github, remover, intent, requests } = await open(ONCALL);
    const entries = Array.from({ length: 100 }, (_, index): ManifestEntry => {
      const login = `engineer-${index}`;
      github.createAccount(login);
      github.setOrgMember(login, 'member');
      github.setTeamMember(login, 'orders-oncall', 'member');
      const { id = 0 } = github.state().users.find((each) => each.login === login) ?? {};
      return entryOf({ ...intent, lease: newLease(), subject: { id: String(id), name: login } }, index + 1);
    });
    const from = requests.length;
    const report = await reap(
      {
        removers: new Map([['github', remover as Remover]]),
        readManifest: () => Promise.resolve({ entries, serial: 100, problems: [], replaced: [] }),
      },
      { now: () => Date.now() as Instant, signal: neverAborts },
    );
    expect([isComplete(report), report.outcomes.length]).toEqual([true, 100]);
    expect(github.members('orders-oncall').filter(({ login }) => login.startsWith('engineer-'))).toEqual([]);
    const sent = requests.slice(from).filter(({ path }) => path !== '/graphql');
    const points = sent.reduce((sum, { method }) => sum + (method === 'GET' ? 1 : 5), 0);
    expect(points).toBeLessThan(700);
  }, 60_000);

  test.each<[string, GitHubTarget, string]>([
    ['a maintainer to a member', MAINTAINERS, 'member'],
    ['an entry in a repository to read', ORDERS, 'read'],
  ])('lower %s, because that is what remains (I5)', async (_what, target, prior) => {
    const { github, provider, remover, intent } = await open(target);
    await provider.ensurePresent(intent, neverAborts);
    expect(await remover.ensureAbsent(revoking(intent, prior), neverAborts)).toMatchObject({ level: prior });
    const now =
      target.kind === 'team'
        ? github.members('orders-oncall').find(({ login }) => login === ANA)?.role
        : github.directRole(ANA, 'orders');
    expect(now).toBe(prior);
  });

  test('have their clock from GitHub itself (I23)', async () => {
    const { remover } = await open(ONCALL);
    expect(await remover.clocks?.(neverAborts)).toMatchObject([{ where: 'GitHub', stepMs: 1_000 }]);
  });
});

describe('a call that could give more than the person has is not sent (I24)', () => {
  const TEAM = '/organizations/1/team/2/memberships/ana';
  const REPO = '/repos/lantern/orders/collaborators/ana';
  const INVITATION = '/repos/lantern/orders/invitations/7';
  const answering =
    (body: unknown, status = 200) =>
    () =>
      Promise.resolve(Response.json(body as object, { status }));
  const missing = answering({}, 404);
  test.each<[string, string, string, object | undefined, () => Promise<Response>, boolean]>([
    ['a read', 'GET', TEAM, undefined, missing, true],
    ['a removal', 'DELETE', TEAM, undefined, missing, true],
    ['a query', 'POST', '/graphql', {}, missing, true],
    ['the role that a member has', 'PUT', TEAM, { role: 'member' }, answering({ role: 'member' }), true],
    ['a lower role', 'PUT', TEAM, { role: 'member' }, answering({ role: 'maintainer' }), true],
    ['a higher role', 'PUT', TEAM, { role: 'maintainer' }, answering({ role: 'member' }), false],
    ['a role for who is no member', 'PUT', TEAM, { role: 'member' }, missing, false],
    ['a lower permission', 'PUT', REPO, { permission: 'pull' }, answering({ role_name: 'admin' }), true],
    [
      'a permission that the base of a custom role has',
      ...(['PUT', REPO, { permission: 'push' }] as const),
      answering({ role_name: 'deployer', permission: 'write' }),
      true,
    ],
    [
      'a permission above the base of a custom role',
      ...(['PUT', REPO, { permission: 'push' }] as const),
      answering({ role_name: 'deployer', permission: 'read' }),
      false,
    ],
    [
      'the highest permission, for a custom role',
      ...(['PUT', REPO, { permission: 'admin' }] as const),
      answering({ role_name: 'deployer', permission: 'write' }),
      false,
    ],
    [
      'a custom role, for a custom role',
      ...(['PUT', REPO, { permission: 'deployer' }] as const),
      answering({ role_name: 'deployer', permission: 'write' }),
      false,
    ],
    [
      'a permission for a custom role without a known base',
      ...(['PUT', REPO, { permission: 'pull' }] as const),
      answering({ role_name: 'deployer' }),
      false,
    ],
    ['a higher permission', 'PUT', REPO, { permission: 'push' }, answering({ role_name: 'read' }), false],
    [
      'a permission for who has none',
      'PUT',
      REPO,
      { permission: 'pull' },
      answering({ role_name: '' }),
      false,
    ],
    ['a permission when the read fails', 'PUT', REPO, { permission: 'pull' }, answering({}, 500), false],
    [
      'a lower invitation',
      ...(['PATCH', INVITATION, { permissions: 'read' }] as const),
      answering([{ id: 7, permissions: 'write' }]),
      true,
    ],
    [
      'a higher invitation',
      ...(['PATCH', INVITATION, { permissions: 'admin' }] as const),
      answering([{ id: 7, permissions: 'write' }]),
      false,
    ],
    [
      'an invitation to a role that the ladder does not have',
      ...(['PATCH', INVITATION, { permissions: 'read' }] as const),
      answering([{ id: 7, permissions: 'deployer' }]),
      false,
    ],
    ['an invitation that is gone', 'PATCH', INVITATION, { permissions: 'read' }, answering([]), false],
    ['another change', 'PATCH', '/repos/lantern/orders', { private: false }, missing, false],
  ])('%s', async (_what, method, path, body, read, isSent) => {
    const call = assertRemoves({ method, path, body: body && JSON.stringify(body) }, read);
    if (isSent) await expect(call).resolves.toBeUndefined();
    else await expect(call).rejects.toThrow('is not in the list of calls that the reaper may send');
  });
});

test('an invitation is found on any page of the list (I24)', async () => {
  const asked: string[] = [];
  const many = Array.from({ length: 100 }, (_, index) => ({ id: 1_000 + index, permissions: 'read' }));
  const read = (path: string) => {
    asked.push(path);
    return Promise.resolve(
      Response.json(path.endsWith('&page=1') ? many : [{ id: 7, permissions: 'write' }]),
    );
  };
  const lower = {
    method: 'PATCH',
    path: '/repos/lantern/orders/invitations/7',
    body: '{"permissions":"read"}',
  };
  await expect(assertRemoves(lower, read)).resolves.toBeUndefined();
  expect(asked).toEqual([1, 2].map((page) => `/repos/lantern/orders/invitations?per_page=100&page=${page}`));
});

test('a rate limit of the read before a change is one of GitHub, with the wait that it states (F11)', async () => {
  const limited = () =>
    Promise.resolve(
      Response.json({ message: 'slow down' }, { status: 403, headers: { 'retry-after': '90' } }),
    );
  const call = {
    method: 'PUT',
    path: '/repos/lantern/orders/collaborators/ana',
    body: '{"permission":"pull"}',
  };
  await expect(assertRemoves(call, limited)).rejects.toMatchObject({
    code: 'provider-throttled',
    retryAfterMs: 90_000,
  });
});

test('after GitHub stated a wait, the client of the reaper sends nothing before its end, and then goes on (F11)', async () => {
  const running = await openGitHub();
  stops.push(running.stop);
  let now = 0;
  const throttles = openThrottles(() => now);
  const remover = githubRemover(running.deps, throttles.turnsOf('github'));
  const intent = (await intentFor({
    ...{ provider: running.provider, account: ANA, target: ONCALL },
  } as never)) as Parameters<typeof remover.ensureAbsent>[0];
  await running.provider.ensurePresent(intent, neverAborts);
  running.faults.next({ kind: 'secondary', status: 429, retryAfter: 1_800 }, { on: 'read' });
  const pass = () =>
    reap(
      {
        removers: new Map([['github', remover as Remover]]),
        throttles,
        readManifest: () =>
          Promise.resolve({ entries: [entryOf(intent)], serial: 1, problems: [], replaced: [] }),
      },
      { now: () => Date.now() as Instant, signal: neverAborts },
    );
  expect(isComplete(await pass())).toBe(false);
  const from = running.requests.length;
  now = 1_740_000; // A pass is shorter than the minute that is left, so it does not wait.
  const { outcomes, warnings } = await pass();
  expect([running.requests.length - from, outcomes, warnings]).toEqual([
    0,
    [expect.objectContaining({ kind: 'left', why: expect.stringContaining('accepts no calls now') })],
    [expect.stringContaining('it accepts no calls now')],
  ]);
  now = 1_801_000;
  expect(isComplete(await pass())).toBe(true);
});

describe('the permissions of the reaper’s App', () => {
  test('are compared with what removes access of every kind', async () => {
    const { github, remover } = await open(ONCALL);
    const check = async () =>
      (await remover.preflight({ targets: [], duty: 'reap' }, neverAborts)).permissions;
    expect(await check()).toEqual([]);
    github.setInstallation({ permissions: { metadata: 'read', members: 'read' } });
    expect(await check()).toEqual([{ severity: 'missing', what: 'members: write' }]);
  });
});
