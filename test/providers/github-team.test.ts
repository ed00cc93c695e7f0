import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, MAINTAINERS, never, ONCALL, openGitHub, ZOE } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (it = await openGitHub()));
afterEach(() => it.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const EVERYONE = { ...ONCALL, team: 'everyone' } as GitHubTarget;
const PLATFORM = { ...ONCALL, team: 'platform' } as GitHubTarget;

async function intent(account: string, target: GitHubTarget = ONCALL): Promise<Intent<GitHubTarget>> {
  const { subject } = await it.provider.observe({ account, target }, never);
  return { lease: newLease(), subject, target, level: it.provider.level(target), endsAt };
}
const down = (from: Intent<GitHubTarget>, level = 'none') =>
  it.provider.ensureAbsent({ ...from, level }, never);
const writes = () =>
  it.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens'));

test('a membership opens what the team opens, and closes it again', async () => {
  const asked = await intent(ANA);
  await it.provider.ensurePresent(asked, never);
  expect(it.github.role(ANA, 'orders')).toBe('maintain');
  await down(asked);
  expect(it.github.role(ANA, 'orders')).toBe('read');
});

describe('who is not in the organisation', () => {
  test('is refused before anything is sent: a team would make them a member for good', async () => {
    const fault = await faultOf(it.provider.ensurePresent(await intent(ZOE), never));
    expect([fault.code, fault.retry]).toEqual(['provider-refused', false]);
    expect(writes()).toEqual([]);
  });

  test('invited but not in yet: pending is no grant, and giving up takes it back', async () => {
    const invited = await it.provider.ensurePresent(await intent(ANA), never);
    expect(invited.level).toBe('member');
    it.github.inviteToOrg(ZOE);
    const asked = await intent(ZOE);
    const fault = await faultOf(it.provider.ensurePresent(asked, never));
    expect([fault.code, fault.message]).toEqual([
      'not-verified',
      expect.stringContaining('accept the invitation'),
    ]);
    expect(it.github.members('orders-oncall')).toContainEqual({
      login: ZOE,
      role: 'member',
      state: 'pending',
    });
    expect((await it.provider.observe({ account: ZOE, target: ONCALL }, never)).level).toBe('none');
    expect(await down(asked)).toMatchObject({ level: 'none' });
    it.github.acceptOrgInvitation(ZOE);
    expect(it.github.membership(ZOE, 'orders-oncall')).toBeUndefined();
  });

  test('invited, then accepted, then given', async () => {
    it.github.inviteToOrg(ZOE);
    const asked = await intent(ZOE);
    await faultOf(it.provider.ensurePresent(asked, never));
    it.github.acceptOrgInvitation(ZOE);
    expect(await it.provider.ensurePresent(asked, never)).toMatchObject({ level: 'member' });
  });
});

describe('a team that the identity provider fills (target-managed)', () => {
  test('cannot be given, and undoing the attempt succeeds', async () => {
    const asked = await intent('sam-rao', EVERYONE);
    it.github.setOrgMember('cy-okafor', 'admin');
    it.github.setOrgMember('sam-rao', 'member');
    const fault = await faultOf(it.provider.ensurePresent({ ...asked, level: 'member' }, never));
    expect([fault.code, fault.retry]).toEqual(['target-managed', false]);
    expect(await down(asked)).toMatchObject({ level: 'none' });
  });

  test('who is in it already needs nothing, and keeps it', async () => {
    const asked = await intent(ANA, EVERYONE);
    expect(await it.provider.ensurePresent(asked, never)).toMatchObject({ level: 'member' });
    expect(await down(asked, 'member')).toMatchObject({ level: 'member' });
  });

  test('what somebody else put there is not called removed', async () => {
    const asked = await intent(ANA, EVERYONE);
    expect((await faultOf(down(asked))).code).toBe('target-managed');
  });
});

describe('owners and child teams', () => {
  test('an owner reads as maintainer whatever was asked: nothing is written', async () => {
    const seen = await it.provider.observe({ account: 'sam-rao', target: ONCALL }, never);
    expect(seen).toMatchObject({ level: 'maintainer', note: expect.stringContaining('owner') });
    const asked = { ...(await intent('sam-rao')), level: seen.level };
    expect(await it.provider.ensurePresent(asked, never)).toMatchObject({ level: 'maintainer' });
    expect((await down(asked, seen.level)).note).toContain('owner');
    expect(writes().filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('somebody who became an owner meanwhile still leaves the team (F25)', async () => {
    const asked = await intent(ANA);
    await it.provider.ensurePresent(asked, never);
    it.github.setOrgMember(ANA, 'admin');
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.members('orders-oncall').map(({ login }) => login)).not.toContain(ANA);
  });

  test('membership through a child team is not the person’s own, and remains as standing access', async () => {
    it.github.setTeamMember(ANA, 'platform-storage', 'member');
    const seen = await it.provider.observe({ account: ANA, target: PLATFORM }, never);
    expect(seen).toMatchObject({ level: 'none', note: expect.stringContaining('child team') });
    const asked = await intent(ANA, PLATFORM);
    await it.provider.ensurePresent(asked, never);
    expect(it.github.members('platform').map(({ login }) => login)).toContain(ANA);
    expect(await down(asked)).toMatchObject({ level: 'none', note: expect.stringContaining('child team') });
    expect(it.github.members('platform').map(({ login }) => login)).not.toContain(ANA);
  });
});

describe('which team is meant', () => {
  test('bound by id, a renamed team is still found, and the one that took its name is left alone (F24)', async () => {
    const target = { ...MAINTAINERS, id: 5001 } as GitHubTarget;
    const asked = await intent(ANA, target);
    await it.provider.ensurePresent(asked, never);
    it.github.renameTeam('orders-oncall', 'orders-pager');
    it.github.renameTeam('platform', 'orders-oncall');
    it.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await down(asked)).toMatchObject({ level: 'none' });
    expect(it.github.members('orders-pager').map(({ login }) => login)).not.toContain(ANA);
    expect(it.github.members('orders-oncall').map(({ login }) => login)).toContain(ANA);
  });

  test('“not found” is no proof of removal in an organisation that is not ours (I1)', async () => {
    const asked = { ...(await intent(ANA)), target: { ...ONCALL, org: 'elsewhere' } as GitHubTarget };
    expect((await faultOf(down(asked))).code).toBe('provider-forbidden');
  });
});
