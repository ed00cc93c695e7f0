import { expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import { inTurn, missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  DEFAULT_ANSWERS,
  INSTALLATION,
  intentOf,
  MANAGED_TEAM_ANSWER,
  MANAGED_TEAM_FAULT,
  member,
  NOT_SHOWN_NOTE,
  oncall,
  owner,
  OWNER_NOTE,
  READ_MEMBERSHIP,
  READ_ORG_MEMBERSHIP,
  READ_TEAM,
  READ_TEAM_BY_NUMBER,
  REMOVE_MEMBERSHIP,
  SET_MEMBERSHIP,
  TEAM_INVITATIONS,
} from './github-team.fixture.ts';

const installed = (login: string, id = 3001) => ({
  account: { login, id },
  repository_selection: 'selected',
});
const STILL = 'not-verified: github: ana is still in the team lantern/oncall';
const stillInvited = (role: string) =>
  `not-verified: github: ana still has an invitation to the team lantern/oncall as ${role}`;
const asMember = `${SET_MEMBERSHIP} {"role":"member"}`;
const receipt = (found: string | undefined, level: string, note?: string) => ({
  level,
  ...(found === undefined ? {} : { found }),
  seen: `team lantern/oncall: the role of ana is ${level}`,
  ...(note ? { note } : {}),
});
/** The receipt when GitHub showed more before. */
const lowered = (...args: Parameters<typeof receipt>) => ({ ...receipt(...args), lowered: true });
/** The receipt for a person who is still invited as a member. */
const invited = (found: string) => ({
  ...receipt(found, 'none'),
  seen: 'team lantern/oncall: the role of ana is none, with an invitation as member',
});
const ACTIVE_MEMBER = { state: 'active', role: 'member' };
const CHILD = 'The person is still a member through a child team.';
const HIDDEN = { 'GET /user/7': missing };

/** The receipt of a revoke down to `level`, and what was changed for it. */
async function revoke(level: string, answers: Answers, over: Partial<TeamTarget> = {}) {
  const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
  const result = await outcome(provider.ensureAbsent(intentOf(level, over), neverAborts));
  expect(scopes()).toEqual([{ permissions: { members: 'write' } }]);
  return [result, writes()];
}
type Row = [what: string, answers: Answers, result: unknown, sent: string[]];

test.each<Row>([
  ['removes a member', member(['member', 'none']), lowered('member', 'none'), [REMOVE_MEMBERSHIP]],
  [
    'removes a maintainer',
    member(['maintainer', 'none']),
    lowered('maintainer', 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  ['removes an invited person', member(['pending', 'none']), lowered('none', 'none'), [REMOVE_MEMBERSHIP]],
  [
    'is sent when no membership shows, because a read may be old',
    {},
    receipt('none', 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is done when GitHub does not know the person there',
    { [REMOVE_MEMBERSHIP]: missing },
    receipt('none', 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  ['is not verified while the membership shows', member('member'), STILL, [REMOVE_MEMBERSHIP]],
  [
    'is not verified while the invitation shows',
    member('pending'),
    stillInvited('member'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'removes a member who stays one through a child team',
    member(['member', 'none'], { child: true }),
    lowered('member', 'none', CHILD),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified while the membership of a person in a child team shows as their own',
    member('member', { child: true }),
    STILL,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified where GitHub does not say whose membership still shows',
    member('member', { notShown: true }),
    `${STILL} or in a child team of it, and GitHub does not say which`,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is verified where GitHub does not say whose membership showed, when none shows any more',
    member(['member', 'none'], { notShown: true }),
    lowered(undefined, 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'removes a member whose account GitHub does not show',
    { ...HIDDEN, ...member(['member', 'none']) },
    lowered('member', 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified by a 404 for the account, while the team still shows the person',
    { ...HIDDEN, ...member('member'), [READ_MEMBERSHIP]: missing, [REMOVE_MEMBERSHIP]: missing },
    STILL,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified by a 404 for the account where GitHub does not say whose membership shows',
    {
      ...HIDDEN,
      ...member('member', { notShown: true }),
      [READ_MEMBERSHIP]: missing,
      [REMOVE_MEMBERSHIP]: missing,
    },
    `${STILL} or in a child team of it, and GitHub does not say which`,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified while the team has an open invitation to the name of such an account',
    { ...HIDDEN, [TEAM_INVITATIONS]: [{ login: null }, { login: 'Ana' }] },
    'not-verified: github: the team lantern/oncall has an open invitation to ana, and GitHub does not show whose account that is. Cancel the invitation',
    [],
  ],
  [
    'removes the membership of an owner',
    { ...owner, ...member(['maintainer', 'none']) },
    lowered(undefined, 'none', OWNER_NOTE),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'says that an owner in a child team has access to everything',
    { ...owner, ...member('none', { child: true }) },
    receipt(undefined, 'none', OWNER_NOTE),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified while the membership of an owner shows',
    { ...owner, ...member('maintainer') },
    STILL,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is sent for a person who left the organisation, and names where access may be left',
    { [READ_ORG_MEMBERSHIP]: missing },
    receipt(
      'none',
      'none',
      'The person is not a member of the organisation any more. If they were made an outside collaborator, GitHub gave them the repositories of their teams by name. Look at the collaborators of those repositories.',
    ),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'fails for a member of a team that the identity provider manages',
    { ...member('member'), [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'fails for an invited person of such a team',
    { ...member('pending'), [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is done for a person outside such a team',
    { [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    receipt('none', 'none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'fails when GitHub refuses it',
    { [REMOVE_MEMBERSHIP]: status(403, 'Resource not accessible by integration') },
    'provider-forbidden: github: 403 Resource not accessible by integration (request ABC1)',
    [REMOVE_MEMBERSHIP],
  ],
])('a revoke of everything %s', async (_what, answers, result, sent) =>
  expect(await revoke('none', answers)).toEqual([result, sent]),
);

test.each<Row>([
  ['lowers a maintainer', member(['maintainer', 'member']), lowered('maintainer', 'member'), [asMember]],
  ['sends the role again to a member', member('member'), receipt('member', 'member'), [asMember]],
  ['adds nobody who is outside the team', {}, receipt('none', 'none'), []],
  ['adds nobody who is invited', member('pending'), invited('none'), []],
  [
    'lowers an invitation as a maintainer',
    member(['pending maintainer', 'pending']),
    { ...invited('none'), lowered: true },
    [asMember],
  ],
  [
    'is not verified while the invitation as a maintainer shows',
    member('pending maintainer'),
    stillInvited('maintainer'),
    [asMember],
  ],
  [
    'lowers nothing when an invited person became a member meanwhile',
    { ...member('member'), [READ_MEMBERSHIP]: inTurn({ state: 'pending', role: 'member' }, ACTIVE_MEMBER) },
    receipt('none', 'member'),
    [],
  ],
  [
    'adds nobody who was removed by hand and is in a child team, where GitHub does not say whose the membership is',
    member('none', { child: true, notShown: true }),
    receipt(undefined, 'member'),
    [],
  ],
  [
    'lowers a maintainer where GitHub does not say whose the membership is',
    member(['maintainer', 'member'], { notShown: true }),
    lowered(undefined, 'member'),
    [asMember],
  ],
  [
    'adds nobody whose account and membership GitHub does not show, and who is in a child team',
    { ...HIDDEN, ...member('none', { child: true, notShown: true }), [READ_MEMBERSHIP]: missing },
    receipt(undefined, 'member'),
    [],
  ],
  [
    'is not verified while a maintainer is listed whose account and membership GitHub does not show',
    { ...HIDDEN, ...member('maintainer', { notShown: true }), [READ_MEMBERSHIP]: missing },
    `${STILL} or in a child team of it, and GitHub does not say which`,
    [asMember],
  ],
  [
    'adds nobody who is a member through a child team',
    member('none', { child: true }),
    receipt('none', 'none', CHILD),
    [],
  ],
  ['is not verified while a maintainer shows', member('maintainer'), STILL, [asMember]],
  [
    'is verified for an owner, whom GitHub shows as a maintainer',
    { ...owner, ...member('maintainer') },
    receipt(undefined, 'maintainer', OWNER_NOTE),
    [asMember],
  ],
  [
    'is refused for a maintainer of a team that an identity provider manages',
    { ...member('maintainer'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [asMember],
  ],
  [
    'is verified for a member of such a team, although GitHub refuses the change',
    { ...member('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    receipt('member', 'member'),
    [asMember],
  ],
])('a revoke down to a member %s', async (_what, answers, result, sent) =>
  expect(await revoke('member', answers)).toEqual([result, sent]),
);

test.each(['maintainer', 'pending', 'pending maintainer', 'member'] as const)(
  'a revoke down to a maintainer changes nothing for a person who is %s',
  async (shown) => expect((await revoke('maintainer', member(shown)))[1]).toEqual([]),
);

const GONE = {
  level: 'none',
  seen: 'GitHub answers 404 for the team lantern/oncall',
  note: 'The team does not exist any more.',
};
test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
  [
    'the account does not exist',
    HIDDEN,
    {},
    {
      level: 'none',
      seen: 'GitHub answers 404 for the account 7, and it is not in the team lantern/oncall',
      note: NOT_SHOWN_NOTE,
    },
  ],
  [
    'the team does not exist, and the App is in its organisation',
    { [READ_TEAM]: missing, [INSTALLATION]: installed('lantern') },
    {},
    GONE,
  ],
  ['the name belongs to another team', { [INSTALLATION]: installed('lantern') }, { id: 52 }, GONE],
  [
    'nobody knows whether the team exists, because the App is in another organisation',
    { [READ_TEAM]: missing, [INSTALLATION]: installed('other') },
    {},
    'provider-forbidden: github: the App is not installed in the organisation lantern',
  ],
])('a revoke changes nothing when %s', async (_what, answers, over, result) =>
  expect(await revoke('none', answers, over)).toEqual([result, []]),
);

test.each<[string, Answers]>([
  ['whose name nobody has', { [READ_TEAM]: missing }],
  [
    'whose name another one has',
    { [READ_TEAM]: { ...oncall, id: 99, organization: { id: 9, login: 'lantern' } } },
  ],
])('a revoke follows an organisation that was renamed, %s', async (_whose, answers) => {
  const there = '/orgs/lantern-inc/teams/oncall';
  const renamed = {
    [INSTALLATION]: installed('lantern-inc'),
    [READ_TEAM_BY_NUMBER]: { ...oncall, organization: { id: 3001, login: 'lantern-inc' } },
    ...member(['member', 'none'], { at: there }),
  };
  expect(await revoke('none', { ...answers, ...renamed }, { id: 51, orgId: 3001 })).toEqual([
    {
      level: 'none',
      found: 'member',
      seen: 'team lantern-inc/oncall: the role of ana is none',
      lowered: true,
    },
    [REMOVE_MEMBERSHIP],
  ]);
});
