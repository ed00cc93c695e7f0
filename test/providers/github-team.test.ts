import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, MAINTAINERS, ONCALL, openGitHub, ZOE } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const EVERYONE = { ...ONCALL, team: 'everyone' } as GitHubTarget;
const PLATFORM = { ...ONCALL, team: 'platform' } as GitHubTarget;

async function intentOf(account: string, target: GitHubTarget = ONCALL): Promise<Intent<GitHubTarget>> {
  const { subject } = await fixture.provider.observe({ account, target }, neverAborts);
  return { lease: newLease(), subject, target, level: fixture.provider.level(target), endsAt };
}
const ensureAbsent = (from: Intent<GitHubTarget>, level = 'none') =>
  fixture.provider.ensureAbsent({ ...from, level }, neverAborts);
const writes = () =>
  fixture.requests.filter(
    ({ method, path }) => method !== 'GET' && path !== '/graphql' && !path.endsWith('/access_tokens'),
  );

test('a membership grants the team’s access, and its end revokes it', async () => {
  const intent = await intentOf(ANA);
  await fixture.provider.ensurePresent(intent, neverAborts);
  expect(fixture.github.role(ANA, 'orders')).toBe('maintain');
  await ensureAbsent(intent);
  expect(fixture.github.role(ANA, 'orders')).toBe('read');
});

test('the end revokes a membership in an organisation that was renamed meanwhile', async () => {
  const { subject, target } = await fixture.provider.observe({ account: ANA, target: ONCALL }, neverAborts);
  const intent = { ...(await intentOf(ANA)), subject, target };
  await fixture.provider.ensurePresent(intent, neverAborts);
  fixture.github.renameOrg('lantern-inc');
  expect(await ensureAbsent(intent)).toMatchObject({ level: 'none', lowered: true });
  expect(fixture.github.membership(ANA, 'orders-oncall')).toBeUndefined();
});

describe('a person outside the organisation', () => {
  test('is refused before any write, because a team membership would make them a permanent member', async () => {
    const fault = await faultOf(fixture.provider.ensurePresent(await intentOf(ZOE), neverAborts));
    expect([fault.code, fault.retry]).toEqual(['provider-refused', false]);
    expect(writes()).toEqual([]);
  });

  test('with a pending invitation: the membership is not verified, and a revoke deletes it', async () => {
    const invited = await fixture.provider.ensurePresent(await intentOf(ANA), neverAborts);
    expect(invited.level).toBe('member');
    fixture.github.inviteToOrg(ZOE);
    const intent = await intentOf(ZOE);
    const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect([fault.code, fault.message]).toEqual([
      'awaiting-person',
      expect.stringContaining('accept the invitation'),
    ]);
    expect(fixture.github.members('orders-oncall')).toContainEqual({
      login: ZOE,
      role: 'member',
      state: 'pending',
    });
    expect((await fixture.provider.observe({ account: ZOE, target: ONCALL }, neverAborts)).level).toBe(
      'none',
    );
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    fixture.github.acceptOrgInvitation(ZOE);
    expect(fixture.github.membership(ZOE, 'orders-oncall')).toBeUndefined();
  });

  test('does not accept more than what other leases give: the end of a lease lowers the invitation (I1, I6)', async () => {
    fixture.github.inviteToOrg(ZOE);
    const high = await intentOf(ZOE, MAINTAINERS);
    const low = await intentOf(ZOE);
    for (const intent of [high, low])
      expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe(
        'awaiting-person',
      );
    expect(await ensureAbsent(high, 'member')).toMatchObject({ level: 'none', lowered: true });
    fixture.github.acceptOrgInvitation(ZOE);
    expect(await fixture.provider.ensurePresent(low, neverAborts)).toMatchObject({ level: 'member' });
    expect(fixture.github.membership(ZOE, 'orders-oncall')).toMatchObject({ role: 'member' });
  });

  test('who is invited as an owner is no owner yet, and their access is granted as that of others', async () => {
    fixture.github.inviteToOrg(ZOE, 'admin');
    const intent = await intentOf(ZOE);
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe('awaiting-person');
    expect(await ensureAbsent(intent)).not.toHaveProperty('note');
  });

  test('is granted access after they accepted the invitation', async () => {
    fixture.github.inviteToOrg(ZOE);
    const intent = await intentOf(ZOE);
    await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    fixture.github.acceptOrgInvitation(ZOE);
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'member' });
  });
});

describe('a team that the identity provider manages (target-managed)', () => {
  test('a grant is refused, and the revoke after it succeeds', async () => {
    const intent = await intentOf('sam-rao', EVERYONE);
    fixture.github.setOrgMember('cy-okafor', 'admin');
    fixture.github.setOrgMember('sam-rao', 'member');
    const fault = await faultOf(fixture.provider.ensurePresent({ ...intent, level: 'member' }, neverAborts));
    expect([fault.code, fault.retry]).toEqual(['target-managed', false]);
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
  });

  test('a person who is already a member stays a member', async () => {
    const intent = await intentOf(ANA, EVERYONE);
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'member' });
    expect(await ensureAbsent(intent, 'member')).toMatchObject({ level: 'member' });
  });

  test('a membership from the identity provider is not reported as revoked', async () => {
    const intent = await intentOf(ANA, EVERYONE);
    expect((await faultOf(ensureAbsent(intent))).code).toBe('target-managed');
  });
});

describe('owners and child teams', () => {
  test('GitHub shows an owner as maintainer, and nothing is written', async () => {
    const seen = await fixture.provider.observe({ account: 'sam-rao', target: ONCALL }, neverAborts);
    expect(seen).toMatchObject({
      level: 'none',
      sources: [{ level: 'maintainer', through: 'as an owner of the organisation' }],
      refusal: expect.stringContaining('is an owner'),
    });
    const intent = { ...(await intentOf('sam-rao')), level: 'maintainer' };
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'maintainer' });
    expect((await ensureAbsent(intent, 'maintainer')).note).toContain('owner');
    expect(writes().filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('an owner whose membership still shows after the revoke is not-verified (F15)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setOrgMember(ANA, 'admin');
    fixture.faults.stale();
    expect((await faultOf(ensureAbsent(intent))).code).toBe('not-verified');
  });

  test('a person who became an owner meanwhile is still removed from the team (F25)', async () => {
    const intent = await intentOf(ANA);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.setOrgMember(ANA, 'admin');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.members('orders-oncall').map(({ login }) => login)).not.toContain(ANA);
  });

  test('membership through a child team is not the person’s own, and remains as standing access', async () => {
    fixture.github.setTeamMember(ANA, 'platform-storage', 'member');
    const seen = await fixture.provider.observe({ account: ANA, target: PLATFORM }, neverAborts);
    expect(seen).toMatchObject({
      level: 'none',
      sources: [{ level: 'member', through: 'through a child team' }],
    });
    const intent = await intentOf(ANA, PLATFORM);
    await fixture.provider.ensurePresent(intent, neverAborts);
    expect(fixture.github.members('platform').map(({ login }) => login)).toContain(ANA);
    expect(await ensureAbsent(intent)).toMatchObject({
      level: 'none',
      note: expect.stringContaining('child team'),
    });
    expect(fixture.github.members('platform').map(({ login }) => login)).not.toContain(ANA);
  });
});

describe('which team is used', () => {
  test('a member of a child team does not make the membership of somebody else inherited', async () => {
    fixture.github.setTeamMember('cy-okafor', 'platform-storage', 'member');
    fixture.github.setTeamMember(ANA, 'platform', 'member');
    const seen = await fixture.provider.observe({ account: ANA, target: PLATFORM }, neverAborts);
    expect(seen.level).toBe('member');
    expect(await ensureAbsent(await intentOf(ANA, PLATFORM))).toMatchObject({ level: 'none' });
    expect(fixture.github.members('platform').map(({ login }) => login)).not.toContain(ANA);
  });

  test('with an id in the target, a renamed team is found, and another team with its old name is not changed (F24)', async () => {
    const target = { ...MAINTAINERS, id: 5001 } as GitHubTarget;
    const intent = await intentOf(ANA, target);
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.renameTeam('orders-oncall', 'orders-pager');
    fixture.github.renameTeam('platform', 'orders-oncall');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await ensureAbsent(intent)).toMatchObject({ level: 'none' });
    expect(fixture.github.members('orders-pager').map(({ login }) => login)).not.toContain(ANA);
    expect(fixture.github.members('orders-oncall').map(({ login }) => login)).toContain(ANA);
  });

  test('“not found” does not verify a revoke in an organisation without the App (I1)', async () => {
    const intent = { ...(await intentOf(ANA)), target: { ...ONCALL, org: 'elsewhere' } as GitHubTarget };
    expect((await faultOf(ensureAbsent(intent))).code).toBe('provider-forbidden');
  });
});
