import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import type { Instant } from '../../core/ids.ts';
import { connect } from '../../providers/github/client.ts';
import { toFault } from '../../providers/github/failures.ts';
import { githubProvider, type GitHubTarget } from '../../providers/github/index.ts';
import type { TakeTurn } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const org = 'lantern';
const owner = { org, username: ANA, role: 'admin' as const };
const orders = { owner: org, repo: 'orders', username: ANA };

async function grantOf(target: GitHubTarget) {
  const { subject } = await fixture.provider.observe({ account: ANA, target }, neverAborts);
  return { lease: newLease(), subject, target, level: fixture.provider.level(target), endsAt };
}

describe('the list of calls that may be sent to GitHub (I24)', () => {
  test.each<[string, (octokit: Octokit) => Promise<unknown>]>([
    ['make a person an owner', ({ rest }) => rest.orgs.setMembershipForUser(owner)],
    [
      'invite a person as an owner',
      ({ rest }) => rest.orgs.createInvitation({ org, invitee_id: 1, role: 'admin' }),
    ],
    [
      'remove a person from the organisation',
      ({ rest }) => rest.orgs.removeMembershipForUser({ org, username: ANA }),
    ],
    [
      'give a team access to a repository',
      ({ rest }) =>
        rest.teams.addOrUpdateRepoPermissionsInOrg({
          ...orders,
          org,
          team_slug: 'platform',
          permission: 'admin',
        }),
    ],
    ['delete a repository', ({ rest }) => rest.repos.delete(orders)],
    ['change a repository', ({ rest }) => rest.repos.update({ ...orders, private: false })],
    ['delete a team', ({ rest }) => rest.teams.deleteInOrg({ org, team_slug: 'platform' })],
    ['read code', ({ rest }) => rest.repos.getContent({ ...orders, path: 'README.md' })],
    [
      'add a collaborator without a role, which means write for GitHub',
      ({ rest }) => rest.repos.addCollaborator(orders),
    ],
    [
      'add a collaborator with a custom role',
      ({ rest }) => rest.repos.addCollaborator({ ...orders, permission: 'god' }),
    ],
    [
      'send an additional field',
      ({ rest }) =>
        rest.repos.addCollaborator({ ...orders, permission: 'pull', admin: true } as typeof orders),
    ],
    [
      'leave the path with ..',
      (octokit) => octokit.request('PUT /repos/lantern/../orgs/lantern/memberships/ana-ferreira'),
    ],
    ['hide a slash in a name', ({ rest }) => rest.users.getByUsername({ username: 'a/../../orgs/lantern' })],
    [
      'create a token for everything',
      ({ rest }) => rest.apps.createInstallationAccessToken({ installation_id: 8001 }),
    ],
    [
      'create a token that reads code',
      ({ rest }) =>
        rest.apps.createInstallationAccessToken({ installation_id: 8001, permissions: { contents: 'read' } }),
    ],
    ['call another host', (octokit) => octokit.request('GET https://example.com/user/1')],
  ])('does not let the provider %s', async (_what, act) => {
    const octokit = await connect(fixture.deps).withToken({ permissions: { members: 'write' } }, neverAborts);
    const before = fixture.requests.length;
    const fault = await act(octokit).then(
      () => undefined,
      (error: unknown) => toFault(error),
    );
    expect(fault?.code).toBe('provider-forbidden');
    expect(fixture.requests).toHaveLength(before);
  });
});

describe('tokens', () => {
  const issuedTokens = () =>
    fixture.github.state().tokens.map(({ permissions, repositories }) => [permissions, repositories]);

  test('a team’s token may write memberships and nothing else, and each change uses the same one', async () => {
    const intent = await grantOf(ONCALL);
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
    expect(issuedTokens()).toEqual([
      [{ members: 'read' }, 'all'],
      [{ members: 'write' }, 'all'],
    ]);
  });

  test('a repository’s token is valid for that repository only, and each activity has its own', async () => {
    const intent = await grantOf(ORDERS);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(issuedTokens()).toEqual([
      [{ administration: 'read', members: 'read', metadata: 'read' }, [6001]],
      [{ administration: 'write', members: 'read', metadata: 'read' }, [6001]],
    ]);
  });

  test('a token for a repository with a number is valid for that number only', async () => {
    const intent = await grantOf(ORDERS);
    await fixture.provider.ensurePresent(
      { ...intent, target: { ...ORDERS, id: 6001 } as GitHubTarget },
      neverAborts,
    );
    expect(issuedTokens().map(([, repositories]) => repositories)).toEqual([[6001], [6001]]);
  });

  test('no token is in a fault or in a receipt (B73)', async () => {
    const intent = await grantOf(ORDERS);
    const receipt = await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.faults.next({ kind: 'server-error' }, { on: 'read' });
    const fault = await faultOf(fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts));
    const text = JSON.stringify(receipt) + fault.message + fault.stack + JSON.stringify(fault);
    for (const { token } of fixture.github.state().tokens) expect(text).not.toContain(token);
    expect(fault.cause).toBeUndefined();
    expect(fault.message).toMatch(/request [0-9A-F]+/);
  });
});

describe('faults', () => {
  const attempt = async () => faultOf(fixture.provider.ensurePresent(await intent, neverAborts));
  let intent: ReturnType<typeof grantOf>;
  beforeEach(async () => void (await (intent = grantOf(ORDERS))));

  test('a secondary rate limit without a wait waits one minute', async () => {
    fixture.faults.next({ kind: 'secondary', status: 429 });
    expect(await attempt()).toMatchObject({ code: 'provider-throttled', retryAfterMs: 60_000 });
  });

  test('an exhausted hourly limit waits for the reset, by GitHub’s clock', async () => {
    fixture.faults.next({ kind: 'exhausted' }, { on: 'read' });
    const fault = await attempt();
    expect(fault.code).toBe('provider-throttled');
    expect(fault.retryAfterMs).toBeGreaterThan(3_500_000);
    expect(fault.retryAfterMs).toBeLessThanOrEqual(3_602_000);
  });

  test('each answer says whether what is left of the hour is kept for removals, and whether nothing is left (F11, I25)', async () => {
    const kept: number[] = [];
    const takeTurn: TakeTurn = (_points, closedMs) =>
      Promise.resolve(void kept.push(Math.min(closedMs?.other ?? 0, closedMs?.removal ?? 0)));
    const provider = githubProvider(fixture.deps, takeTurn);
    const look = () => provider.observe({ account: ANA, target: ONCALL }, neverAborts);
    await look();
    expect(Math.max(...kept)).toBe(0);
    fixture.faults.next({ kind: 'exhausted' }, { on: 'read' });
    await faultOf(look()); // The read is refused.
    await faultOf(look()); // The token is refused: its limit is counted by itself.
    kept.length = 0;
    await faultOf(look());
    expect(Math.max(...kept)).toBeGreaterThan(3_500_000);
  });

  test.each(['mint', 'read', 'write'] as const)('a failed %s is not retried by the client', async (on) => {
    fixture.faults.next({ kind: 'server-error' }, { on });
    const before = fixture.requests.length;
    expect((await attempt()).code).toBe('provider-unavailable');
    const made = fixture.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(made.at(-1)).not.toBe(made.at(-2));
  });

  test('a call that takes too long has an unknown result, and the next attempt succeeds', async () => {
    const shortTimeout = githubProvider({ ...fixture.deps, timeoutMs: 1_000 });
    fixture.faults.next({ kind: 'hang' }, { on: 'write' });
    expect((await faultOf(shortTimeout.ensurePresent(await intent, neverAborts))).code).toBe(
      'provider-unavailable',
    );
    expect(await fixture.provider.ensurePresent(await intent, neverAborts)).toMatchObject({
      level: 'maintain',
    });
  });

  test('without a server at the address: provider-unavailable', async () => {
    const unreachable = githubProvider({ ...fixture.deps, baseUrl: 'http://127.0.0.1:9' });
    expect((await faultOf(unreachable.ensurePresent(await intent, neverAborts))).code).toBe(
      'provider-unavailable',
    );
  });

  test.each<[string, () => Parameters<typeof fixture.github.setInstallation>[0]]>([
    ['permissions were removed', () => ({ permissions: { metadata: 'read' } })],
    [
      'only read permissions remain',
      () => ({ permissions: { administration: 'read', members: 'read', metadata: 'read' } }),
    ],
    ['the installation was suspended', () => ({ suspended: true })],
  ])('%s: provider-forbidden, and no revoke is confirmed (F33)', async (_what, change) => {
    await fixture.provider.ensurePresent(await intent, neverAborts);
    fixture.github.setInstallation(change());
    expect((await attempt()).code).toBe('provider-forbidden');
    const removal = fixture.provider.ensureAbsent({ ...(await intent), level: 'none' }, neverAborts);
    expect((await faultOf(removal)).code).toBe('provider-forbidden');
  });

  test('an invalid key, installation id or App id is provider-forbidden', async () => {
    for (const wrong of [{ privateKey: 'not a key' }, { installationId: 1 }, { appId: 1 }]) {
      const provider = githubProvider({ ...fixture.deps, ...wrong });
      expect((await faultOf(provider.ensurePresent(await intent, neverAborts))).code).toBe(
        'provider-forbidden',
      );
      const { permissions } = await provider.preflight({ targets: [ORDERS], duty: 'revoke' }, neverAborts);
      expect(permissions).toMatchObject([
        { severity: 'missing', what: expect.stringContaining('private key') },
      ]);
    }
  });
});
