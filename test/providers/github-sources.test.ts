import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => {
  fixture = await openGitHub();
  fixture.github.setBaseRole('none');
});
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const PLATFORM = { ...ONCALL, team: 'platform' } as GitHubTarget;
const observe = (target: GitHubTarget) => fixture.provider.observe({ account: ANA, target }, neverAborts);
const ORGANISATION = 'through the organisation’s base role or a role of the organisation';
const UNNAMED = 'through a role of the enterprise, or in another way that GitHub does not name';

/** Grants the target's level, and revokes everything that the lease gave. */
async function grantAndRevoke(target: GitHubTarget) {
  const { subject, level: prior, target: found } = await observe(target);
  const intent = { lease: newLease(), subject, target: found, level: fixture.provider.level(target), endsAt };
  await fixture.provider.ensurePresent(intent, neverAborts);
  return fixture.provider.ensureAbsent({ ...intent, level: prior }, neverAborts);
}

type Way = [way: string, give: () => void, level: string, through: string];

describe('a way to have access to a repository is a source, is never recorded as the person’s own, and does not stop the receipt', () => {
  test.each<Way>([
    [
      'a team that has the repository',
      () => fixture.github.setTeamMember(ANA, 'orders-oncall', 'member'),
      'maintain',
      'through the team orders-oncall',
    ],
    [
      'a child team of a team that has it',
      () => fixture.github.setTeamMember(ANA, 'platform-storage', 'member'),
      'triage',
      'through the team platform',
    ],
    ['the base role', () => fixture.github.setBaseRole('write'), 'write', ORGANISATION],
    [
      'a role of the organisation',
      () => fixture.github.setOrganisationRole(ANA, 'admin'),
      'admin',
      ORGANISATION,
    ],
    ['a security manager', () => fixture.github.setOrganisationRole(ANA, 'read'), 'read', ORGANISATION],
    ['a role of the enterprise', () => fixture.github.setEnterpriseRole(ANA, 'admin'), 'admin', UNNAMED],
    [
      'a team of the enterprise (ent:)',
      () => {
        fixture.github.createTeam('ent:auditors');
        fixture.github.setTeamRepo('ent:auditors', 'orders', 'admin');
        fixture.github.setTeamMember(ANA, 'ent:auditors', 'member');
      },
      'admin',
      UNNAMED,
    ],
    [
      'an internal repository',
      () => fixture.github.setInternal('orders', true),
      'read',
      'because the repository is internal',
    ],
  ])('%s', async (_way, give, level, through) => {
    give();
    expect(await observe(ORDERS)).toMatchObject({ level: 'none', sources: [{ level, through }] });
    const receipt = await grantAndRevoke(ORDERS);
    expect(receipt).toMatchObject({ level: 'none', lowered: true });
    expect(receipt.note).toBe(
      `The person still has ${level} ${through}. That is standing access, which Curfew does not revoke.`,
    );
    expect([fixture.github.directRole(ANA, 'orders'), fixture.github.role(ANA, 'orders')]).toEqual([
      'none',
      level,
    ]);
  });
});

test('an own entry that a team of the enterprise hides is refused for a grant, and restored exactly by a revoke, also twice (I4, I5)', async () => {
  const { subject, target } = await observe(ORDERS);
  const intent = { lease: newLease(), subject, target, level: 'maintain', endsAt };
  fixture.github.setCollaborator(ANA, 'orders', 'triage');
  await fixture.provider.ensurePresent(intent, neverAborts);
  fixture.github.createTeam('ent:auditors');
  fixture.github.setTeamRepo('ent:auditors', 'orders', 'admin');
  fixture.github.setTeamMember(ANA, 'ent:auditors', 'member');
  expect((await observe(ORDERS)).refusal).toContain('GitHub does not say');
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    expect(await fixture.provider.ensureAbsent({ ...intent, level: 'triage' }, neverAborts)).toMatchObject({
      level: 'triage',
      note: expect.stringContaining('removed the entry and added it again as triage'),
    });
    expect(fixture.github.directRole(ANA, 'orders')).toBe('triage');
  }
});

describe('a way to be in a team is a source, and never becomes the person’s own', () => {
  const CHILD = { level: 'member', through: 'through a child team' };

  test('a child team', async () => {
    fixture.github.setTeamMember(ANA, 'platform-storage', 'member');
    expect(await observe(PLATFORM)).toMatchObject({ level: 'none', sources: [CHILD] });
    expect(await grantAndRevoke(PLATFORM)).toMatchObject({ level: 'none', found: 'member', lowered: true });
    expect(fixture.github.members('platform').map(({ login }) => login)).not.toContain(ANA);
    expect(fixture.github.members('platform-storage').map(({ login }) => login)).toContain(ANA);
  });

  test('a child team of a child team', async () => {
    fixture.github.createTeam('storage-night', 'platform-storage');
    fixture.github.setTeamMember(ANA, 'storage-night', 'member');
    expect(await observe(PLATFORM)).toMatchObject({ level: 'none', sources: [CHILD] });
  });

  test('an own membership beside one through a child team is restored exactly (I5)', async () => {
    fixture.github.setTeamMember(ANA, 'platform-storage', 'member');
    fixture.github.setTeamMember(ANA, 'platform', 'member');
    expect(await observe(PLATFORM)).toMatchObject({ level: 'member', sources: [CHILD] });
    const receipt = await grantAndRevoke({ ...PLATFORM, role: 'maintainer' } as GitHubTarget);
    expect(receipt).toMatchObject({ level: 'member', found: 'maintainer', lowered: true });
    expect(fixture.github.members('platform')).toContainEqual({
      login: ANA,
      role: 'member',
      state: 'active',
    });
  });
});
