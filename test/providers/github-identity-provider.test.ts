import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import { faultOf, newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub } from './github.fixture.ts';
import { outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { DEFAULT_ANSWERS, intentOf, member, SET_MEMBERSHIP, TEAM } from './github-team.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const teams = (...slugs: readonly string[]) => slugs.map((team) => ({ ...ONCALL, team }) as GitHubTarget);
const MANAGED = 'the identity provider manages the team, so Curfew cannot change its members';
const permissions = async (targets: readonly GitHubTarget[]) =>
  (await fixture.provider.preflight({ targets, duty: 'grant' }, neverAborts)).permissions.filter(
    ({ severity }) => severity !== 'excess',
  );

describe('the preflight finds the teams that an identity provider manages', () => {
  test('also after a team without a group, in an enterprise with managed users', async () => {
    fixture.github.manageUsers();
    fixture.github.connectExternalGroup('platform');
    expect(await permissions(teams('orders-oncall', 'platform'))).toEqual([
      { severity: 'missing', what: `lantern/platform: ${MANAGED}` },
    ]);
  });

  test('also after a team without a group, in an organisation with team synchronization', async () => {
    expect(await permissions(teams('orders-oncall', 'everyone'))).toEqual([
      { severity: 'missing', what: `lantern/everyone: ${MANAGED}` },
    ]);
  });
});

describe('a team that is managed from now on', () => {
  test('refuses a grant with target-managed, in an enterprise with managed users', async () => {
    const { subject, target } = await fixture.provider.observe({ account: ANA, target: ONCALL }, neverAborts);
    fixture.github.manageUsers();
    fixture.github.connectExternalGroup('orders-oncall');
    const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
    const intent = { lease: newLease(), subject, target, level: 'member', endsAt };
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe('target-managed');
  });
});

describe('a 403 to a change of a membership', () => {
  const BLOCKED =
    'Although you appear to have the correct authorization credentials, the `lantern` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.';
  const groups = (route: string, answer: unknown): Answers => ({ [`GET ${TEAM}/${route}`]: answer });
  const grant = async (answers: Answers) =>
    outcome(
      scripted({ ...DEFAULT_ANSWERS, ...answers }).provider.ensurePresent(intentOf('member'), neverAborts),
    );
  const managed =
    'target-managed: github: the identity provider manages the team lantern/oncall, so its members can only be changed there';

  test.each<[string, Answers, string]>([
    [
      'of a blocked address is a missing permission',
      { [SET_MEMBERSHIP]: status(403, BLOCKED) },
      `provider-forbidden: github: 403 ${BLOCKED} (request ABC1)`,
    ],
    [
      'of a blocked address is no success, although the person is a member already',
      { ...member('member'), [SET_MEMBERSHIP]: status(403, BLOCKED) },
      `provider-forbidden: github: 403 ${BLOCKED} (request ABC1)`,
    ],
    [
      'without words is that of the identity provider, when the team has an external group',
      { [SET_MEMBERSHIP]: status(403), ...groups('external-groups', { groups: [{ group_id: 1 }] }) },
      managed,
    ],
    [
      'without words is that of the identity provider, when the team is synchronised',
      { [SET_MEMBERSHIP]: status(403), ...groups('team-sync/group-mappings', { groups: [{}] }) },
      managed,
    ],
    [
      'without words is a missing permission, when the team has no group',
      { [SET_MEMBERSHIP]: status(403), ...groups('external-groups', { groups: [] }) },
      'provider-forbidden: github: 403  (request ABC1)',
    ],
  ])('%s', async (_what, answers, expected) => expect(await grant(answers)).toBe(expected));
});
