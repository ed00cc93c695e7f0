import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { GithubState } from '../../sandbox/github/state.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

/** An account that GitHub lists after every other one. */
const LAST = 'zz-last';
const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const state = () => fixture.github.state() as GithubState;

/** Makes a hundred accounts, and then the last one. All of them are members of the organisation. */
function crowd(act: (login: string) => void): void {
  for (let n = 0; n < 100; n += 1) {
    fixture.github.createAccount(`member-${n}`);
    fixture.github.setOrgMember(`member-${n}`, 'member');
    act(`member-${n}`);
  }
  fixture.github.createAccount(LAST);
  fixture.github.setOrgMember(LAST, 'member');
}
const observe = (account: string, target: GitHubTarget) =>
  fixture.provider.observe({ account, target }, neverAborts);
async function intentOf(account: string, target: GitHubTarget) {
  const { subject } = await observe(account, target);
  return { lease: newLease(), subject, target, level: fixture.provider.level(target), endsAt };
}

describe('what GitHub shows on its second page counts', () => {
  test('a collaborator: their prior role is found, and their access is revoked down to it', async () => {
    crowd((login) => fixture.github.setCollaborator(login, 'orders', 'write'));
    fixture.github.setCollaborator(LAST, 'orders', 'triage');
    expect(await observe(LAST, ORDERS)).toMatchObject({ level: 'triage' });
    const intent = await intentOf(LAST, ORDERS);
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'maintain' });
    const revoked = await fixture.provider.ensureAbsent({ ...intent, level: 'triage' }, neverAborts);
    expect([revoked.level, fixture.github.directRole(LAST, 'orders')]).toEqual(['triage', 'triage']);
  });

  test('an invitation: it is deleted by a revoke', async () => {
    const repo = state().repos.find(({ name }) => name === 'orders');
    for (let n = 0; n < 100; n += 1)
      repo?.invitations.push({
        id: 900_000 + n,
        invitee: fixture.github.createAccount(`guest-${n}`),
        role: 'read',
        createdAt: 0,
      });
    fixture.github.createAccount(LAST);
    const intent = await intentOf(LAST, ORDERS);
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe('awaiting-person');
    expect(fixture.github.invitations('orders').at(-1)).toMatchObject({ login: LAST });
    await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
    const invited = fixture.github.invitations('orders').map(({ login }) => login);
    expect([invited.length, invited.includes(LAST)]).toEqual([100, false]);
  });

  test('a renamed team: it is found by its number', async () => {
    const team = state().teams.find(({ slug }) => slug === 'orders-oncall');
    if (!team) throw new Error('there is no team');
    const others = Array.from({ length: 100 }, (_, n) => ({
      ...team,
      id: 90_000 + n,
      slug: `team-${n}`,
      members: {},
    }));
    state().teams = [...others, ...state().teams];
    const intent = await intentOf(ANA, { ...ONCALL, id: team.id } as GitHubTarget);
    fixture.github.renameTeam('orders-oncall', 'orders-pager');
    expect(await fixture.provider.ensurePresent(intent, neverAborts)).toMatchObject({ level: 'member' });
    expect(fixture.github.members('orders-pager').map(({ login }) => login)).toContain(ANA);
  });

  test('a member of a child team: their membership is not their own', async () => {
    crowd((login) => fixture.github.setTeamMember(login, 'platform', 'member'));
    fixture.github.setTeamMember(LAST, 'platform-storage', 'member');
    expect(await observe(LAST, { ...ONCALL, team: 'platform' } as GitHubTarget)).toMatchObject({
      level: 'none',
      sources: [{ level: 'member', through: 'through a child team' }],
    });
  });

  test('a team of a repository: its role is not the person’s own', async () => {
    const oncall = state().teams.find(({ slug }) => slug === 'orders-oncall');
    if (!oncall) throw new Error('there is no team');
    const others = Array.from({ length: 100 }, (_, n) => ({
      ...oncall,
      id: 90_000 + n,
      slug: `team-${n}`,
      members: {},
    }));
    state().teams = [...others, ...state().teams];
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    fixture.github.setCollaborator(ANA, 'orders', 'triage');
    expect(await observe(ANA, ORDERS)).toMatchObject({
      level: 'triage',
      sources: [{ level: 'maintain', through: 'through the team orders-oncall' }, { level: 'read' }],
    });
  });

  test('an account that GitHub hides: its membership, its entry and its invitation are revoked (F24)', async () => {
    crowd((login) => {
      fixture.github.setTeamMember(login, 'orders-oncall', 'member');
      fixture.github.setCollaborator(login, 'orders', 'write');
    });
    const [member, collaborator] = [await intentOf(LAST, ONCALL), await intentOf(LAST, ORDERS)];
    await fixture.provider.ensurePresent(member, neverAborts);
    await fixture.provider.ensurePresent(collaborator, neverAborts);
    fixture.github.hideAccount(LAST);
    for (const intent of [member, collaborator])
      expect(await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts)).toMatchObject({
        level: 'none',
        lowered: true,
      });
    expect(fixture.github.members('orders-oncall').map(({ login }) => login)).not.toContain(LAST);
    expect(fixture.github.directRole(LAST, 'orders')).toBe('none');
  });
});
