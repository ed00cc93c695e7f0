import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Intent } from '../../providers/provider.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, MAINTAINERS, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;

/** Grants the target's level. The intent has the numbers that the observation found, as that of every revoke. */
async function granted(target: GitHubTarget): Promise<Intent<GitHubTarget>> {
  const { subject, target: found } = await fixture.provider.observe({ account: ANA, target }, neverAborts);
  const intent = { lease: newLease(), subject, target: found, level: fixture.provider.level(target), endsAt };
  await fixture.provider.ensurePresent(intent, neverAborts);
  return intent;
}
const revoke = (intent: Intent<GitHubTarget>, level = 'none') =>
  fixture.provider.ensureAbsent({ ...intent, level }, neverAborts);
const fault = async (intent: Intent<GitHubTarget>, level = 'none') =>
  (await faultOf(revoke(intent, level))).message;

describe('a private repository that the App does not see any more (F24)', () => {
  const GONE = { level: 'none', note: expect.stringContaining('It was deleted, or somebody transferred it') };

  test.each([
    ['deleted', () => fixture.github.deleteRepo('orders')],
    ['transferred', () => fixture.github.transferRepo('orders')],
  ])('was %s: the receipt says that it may be one or the other', async (_what, act) => {
    const intent = await granted(ORDERS);
    act();
    expect(await revoke(intent)).toMatchObject(GONE);
  });

  test.each([
    ['deleted', () => fixture.github.deleteRepo('orders')],
    ['transferred', () => fixture.github.transferRepo('orders')],
    ['none of the selected ones', () => fixture.github.setInstallation({ repositories: [6002] })],
  ])(
    'was %s, while the App sees selected repositories only: there is no receipt (I1)',
    async (_what, act) => {
      const intent = await granted(ORDERS);
      fixture.github.setInstallation({ repositories: [6001, 6002] });
      act();
      expect(await fault(intent)).toContain(
        'provider-forbidden: github: the App cannot see lantern/orders. The repository does not exist any more, or the App has lost access to it',
      );
    },
  );
});

describe('a member who was converted to an outside collaborator', () => {
  test('of a team: the receipt names where access may be left', async () => {
    const intent = await granted(ONCALL);
    fixture.github.convertToOutside(ANA);
    expect(fixture.github.directRole(ANA, 'orders')).toBe('maintain');
    expect(await revoke(intent)).toMatchObject({
      level: 'none',
      found: 'none',
      note: expect.stringContaining('Look at the collaborators of those repositories'),
    });
  });

  test('of a repository: the entry that GitHub kept is revoked', async () => {
    const intent = await granted(ORDERS);
    fixture.github.convertToOutside(ANA);
    expect(await revoke(intent)).toMatchObject({ level: 'none', found: 'maintain', lowered: true });
    expect(fixture.github.role(ANA, 'orders')).toBe('none');
  });
});

test('a team that an identity provider manages meanwhile: no receipt until somebody acts there, and then a true one', async () => {
  const intent = await granted(ONCALL);
  fixture.github.synchronise('orders-oncall', true);
  expect(await fault(intent)).toContain('target-managed: github: the identity provider manages the team');
  fixture.github.setTeamMember(ANA, 'orders-oncall', 'none');
  expect(await revoke(intent)).toMatchObject({ level: 'none', found: 'none' });
});

test('a repository that is archived meanwhile: no receipt until it is unarchived', async () => {
  const intent = await granted(ORDERS);
  fixture.github.archive('orders', true);
  expect(await fault(intent)).toContain('provider-refused: github: the repository is archived');
  fixture.github.archive('orders', false);
  expect(await revoke(intent)).toMatchObject({ level: 'none', found: 'maintain' });
});

describe('a level that somebody changes meanwhile shows in the receipt (F25, I22)', () => {
  test.each<[string, GitHubTarget, string, string]>([
    ['an entry raised to admin', ORDERS, 'admin', 'read'],
    ['an entry lowered to triage', ORDERS, 'triage', 'read'],
    ['an entry lowered to nothing', ORDERS, 'none', 'none'],
    ['a membership raised to maintainer', ONCALL, 'maintainer', 'member'],
    ['a membership lowered to member', MAINTAINERS, 'member', 'member'],
    ['a membership that was removed', MAINTAINERS, 'none', 'none'],
  ])('%s', async (_what, target, changed, left) => {
    const intent = await granted(target);
    if (target.kind === 'team')
      fixture.github.setTeamMember(ANA, target.team, changed as 'none' | 'member' | 'maintainer');
    else fixture.github.setCollaborator(ANA, target.repo, changed as 'none' | 'triage' | 'admin');
    const remains = target.kind === 'team' ? 'member' : 'read';
    expect(await revoke(intent, remains)).toMatchObject({ level: left, found: changed });
    expect(await revoke(intent)).toMatchObject({ level: 'none', found: left });
  });

  test('a team’s role is no change of the entry', async () => {
    const intent = await granted(ORDERS);
    fixture.github.setTeamRepo('orders-oncall', 'orders', 'admin');
    fixture.github.setTeamMember(ANA, 'orders-oncall', 'member');
    expect(await revoke(intent)).toMatchObject({ level: 'none', found: 'maintain' });
  });
});

describe('an installation that lost something meanwhile gives no receipt, and a true one when it is there again (F33)', () => {
  const ALL = { administration: 'write', members: 'write', metadata: 'read' } as const;
  test.each<[string, GitHubTarget, object]>([
    ['administration, for a repository', ORDERS, { permissions: { members: 'write', metadata: 'read' } }],
    ['members, for a repository', ORDERS, { permissions: { administration: 'write', metadata: 'read' } }],
    ['members, for a team', ONCALL, { permissions: { administration: 'write', metadata: 'read' } }],
    ['writing members, for a team', ONCALL, { permissions: { ...ALL, members: 'read' } }],
    ['everything, because it was suspended', ONCALL, { suspended: true }],
    ['the repository', ORDERS, { repositories: [6002] }],
  ])('%s', async (_what, target, lost) => {
    const intent = await granted(target);
    fixture.github.setInstallation(lost);
    expect(await fault(intent)).toMatch(/^provider-forbidden: /);
    fixture.github.setInstallation({ permissions: ALL, suspended: false, repositories: 'all' });
    expect(await revoke(intent)).toMatchObject({ level: 'none', lowered: true });
  });
});

describe('an account that GitHub hides from now on (F24)', () => {
  test.each<[string, GitHubTarget]>([
    ['a team', ONCALL],
    ['a repository', ORDERS],
  ])('loses the access to %s, and the receipt is the answer of the target', async (_what, target) => {
    const intent = await granted(target);
    fixture.github.hideAccount(ANA);
    expect(await revoke(intent)).toMatchObject({ level: 'none', lowered: true });
    fixture.faults.stale();
    expect(await revoke(intent)).toMatchObject({
      level: 'none',
      seen: expect.stringMatching(/is not in the team|is no collaborator/),
    });
  });

  test.each<[string, GitHubTarget]>([
    ['a team', ONCALL],
    ['a repository', ORDERS],
  ])('has no receipt while %s still shows it (F14)', async (_what, target) => {
    const intent = await granted(target);
    fixture.github.hideAccount(ANA);
    fixture.faults.next({ kind: 'swallow' }, { on: 'write' });
    expect(await fault(intent)).toMatch(/^not-verified: /);
  });
});

describe('a rename of the organisation (F24)', () => {
  test.each<[string, GitHubTarget]>([
    ['a team', ONCALL],
    ['a repository', ORDERS],
  ])(
    'delays no revoke of %s, and a lease from before it and one after it have one holding',
    async (_what, target) => {
      const before = await granted(target);
      fixture.github.renameOrg('lantern-inc');
      const after = await granted({ ...target, org: 'lantern-inc' });
      const { provider } = fixture;
      expect(provider.targetKey(after.target)).toBe(provider.targetKey(before.target));
      expect(await revoke(before)).toMatchObject({ level: 'none', lowered: true });
    },
  );
});
