import { expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import { inTurn, missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  REMOVE_MEMBERSHIP,
  READ_MEMBERSHIP,
  MANAGED_TEAM_FAULT,
  MEMBERS,
  READ_ORG_MEMBERSHIP,
  OWNER_NOTE,
  SET_MEMBERSHIP,
  TEAM,
  CHILD_TEAMS,
  INSTALLATION,
  LIST_ORG_TEAMS,
  DEFAULT_ANSWERS,
  active,
  inherited,
  intentOf,
  MANAGED_TEAM_ANSWER,
  owner,
  pending,
} from './github-team.fixture.ts';

const installed = (login: string, id = 3001) => ({
  account: { login, id },
  repository_selection: 'selected',
});
const STILL = 'not-verified: github: ana is still in the team lantern/oncall';
const asMember = `${SET_MEMBERSHIP} {"role":"member"}`;
const receipt = (level: string, note?: string) => ({
  level,
  seen: `team lantern/oncall: the role of ana is ${level}`,
  ...(note ? { note } : {}),
});
/** The receipt when GitHub showed more before. */
const lowered = (...args: Parameters<typeof receipt>) => ({ ...receipt(...args), lowered: true });
const becomes = (before: unknown, after: unknown) => ({ [READ_MEMBERSHIP]: inTurn(before, after) });

/** The receipt of a revoke down to `level`, and what was changed for it. */
async function revoke(level: string, answers: Answers, over: Partial<TeamTarget> = {}) {
  const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
  const result = await outcome(provider.ensureAbsent(intentOf(level, over), neverAborts));
  expect(scopes()).toEqual([{ permissions: { members: 'write' } }]);
  return [result, writes()];
}
type Row = [what: string, answers: Answers, result: unknown, sent: string[]];

test.each<Row>([
  ['removes a member', becomes(active('member'), missing), lowered('none'), [REMOVE_MEMBERSHIP]],
  ['removes a maintainer', becomes(active('maintainer'), missing), lowered('none'), [REMOVE_MEMBERSHIP]],
  ['removes an invited person', becomes(pending, missing), lowered('none'), [REMOVE_MEMBERSHIP]],
  ['is sent when no membership shows, because a read may be old', {}, receipt('none'), [REMOVE_MEMBERSHIP]],
  [
    'is done when GitHub does not know the person there',
    { [REMOVE_MEMBERSHIP]: missing },
    receipt('none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified while the membership shows',
    { [READ_MEMBERSHIP]: active('member') },
    STILL,
    [REMOVE_MEMBERSHIP],
  ],
  ['is not verified while the invitation shows', { [READ_MEMBERSHIP]: pending }, STILL, [REMOVE_MEMBERSHIP]],
  [
    'removes a member who stays one through a child team',
    {
      [READ_MEMBERSHIP]: inTurn(active('member'), active('member')),
      [MEMBERS]: inTurn([], inherited[MEMBERS]),
    },
    lowered('none', 'The person is still a member through a child team.'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'removes a member whose account GitHub does not show',
    {
      'GET /user/7': missing,
      ...becomes(active('member'), missing),
      [MEMBERS]: [
        { id: 8, login: 'bo' },
        { id: 7, login: 'ana' },
      ],
    },
    lowered('none'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'removes a member whom a child team still shows, where GitHub does not say so',
    {
      [READ_MEMBERSHIP]: active('member'),
      [MEMBERS]: [{ id: 7 }],
      [CHILD_TEAMS]: [{ id: 52, slug: 'night' }],
      'GET /orgs/lantern/teams/night/memberships/ana': active('member'),
    },
    lowered('none', 'The person is still a member through a child team.'),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'removes the membership of an owner',
    { ...owner, ...becomes(active('maintainer'), missing) },
    lowered('none', OWNER_NOTE),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'says that an owner in a child team has access to everything',
    { ...owner, ...inherited },
    receipt('none', OWNER_NOTE),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is not verified while the membership of an owner shows',
    { ...owner, [READ_MEMBERSHIP]: active('maintainer') },
    STILL,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is sent for a person who left the organisation, and names where access may be left',
    { [READ_ORG_MEMBERSHIP]: missing },
    receipt(
      'none',
      'The person is not a member of the organisation any more. If they were made an outside collaborator, GitHub gave them the repositories of their teams by name. Look at the collaborators of those repositories.',
    ),
    [REMOVE_MEMBERSHIP],
  ],
  [
    'fails for a member of a team that the identity provider manages',
    { [READ_MEMBERSHIP]: active('member'), [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'fails for an invited person of such a team',
    { [READ_MEMBERSHIP]: pending, [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [REMOVE_MEMBERSHIP],
  ],
  [
    'is done for a person outside such a team',
    { [REMOVE_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    receipt('none'),
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
  ['lowers a maintainer', becomes(active('maintainer'), active('member')), lowered('member'), [asMember]],
  [
    'sends the role again to a member',
    { [READ_MEMBERSHIP]: active('member') },
    receipt('member'),
    [asMember],
  ],
  ['adds nobody who is outside the team', {}, receipt('none'), []],
  ['adds nobody who is invited', { [READ_MEMBERSHIP]: pending }, receipt('none'), []],
  [
    'adds nobody who is a member through a child team',
    inherited,
    receipt('none', 'The person is still a member through a child team.'),
    [],
  ],
  [
    'is not verified while a maintainer shows',
    { [READ_MEMBERSHIP]: active('maintainer') },
    STILL,
    [asMember],
  ],
  [
    'is verified for an owner, whom GitHub shows as a maintainer',
    { ...owner, [READ_MEMBERSHIP]: active('maintainer') },
    receipt('maintainer', OWNER_NOTE),
    [asMember],
  ],
  [
    'is refused for a maintainer of a team that an identity provider manages',
    { [READ_MEMBERSHIP]: active('maintainer'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    MANAGED_TEAM_FAULT,
    [asMember],
  ],
  [
    'is verified for a member of such a team, although GitHub refuses the change',
    { [READ_MEMBERSHIP]: active('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
    receipt('member'),
    [asMember],
  ],
])('a revoke down to a member %s', async (_what, answers, result, sent) =>
  expect(await revoke('member', answers)).toEqual([result, sent]),
);

test.each<[string, unknown]>([
  ['a maintainer', active('maintainer')],
  ['an invited maintainer', { ...pending, role: 'maintainer' }],
  ['a member', active('member')],
])('a revoke down to a maintainer changes nothing for %s', async (_who, membership) =>
  expect((await revoke('maintainer', { [READ_MEMBERSHIP]: membership }))[1]).toEqual([]),
);

test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
  [
    'the account does not exist',
    { 'GET /user/7': missing },
    {},
    {
      level: 'none',
      seen: 'GitHub answers 404 for the account 7, and it is not in the team lantern/oncall',
      note: 'The account does not exist any more, and GitHub removed its access with it.',
    },
  ],
  [
    'the team does not exist, and the App is in its organisation',
    { [`GET ${TEAM}`]: missing, [INSTALLATION]: installed('lantern') },
    {},
    {
      level: 'none',
      seen: 'GitHub answers 404 for the team lantern/oncall',
      note: 'The team does not exist any more.',
    },
  ],
  [
    'the name belongs to another team',
    { [LIST_ORG_TEAMS]: [{ id: 51, slug: 'oncall' }], [INSTALLATION]: installed('lantern') },
    { id: 52 },
    {
      level: 'none',
      seen: 'GitHub answers 404 for the team lantern/oncall',
      note: 'The team does not exist any more.',
    },
  ],
  [
    'nobody knows whether the team exists, because the App is in another organisation',
    { [`GET ${TEAM}`]: missing, [INSTALLATION]: installed('other') },
    {},
    'provider-forbidden: github: the App is not installed in the organisation lantern',
  ],
])('a revoke changes nothing when %s', async (_what, answers, over, result) =>
  expect(await revoke('none', answers, over)).toEqual([result, []]),
);

test.each<[string, Answers]>([
  ['whose name nobody has', { [`GET ${TEAM}`]: missing, [LIST_ORG_TEAMS]: missing }],
  ['whose name another one has', { [`GET ${TEAM}`]: { id: 99, slug: 'oncall' }, [LIST_ORG_TEAMS]: [] }],
])('a revoke follows an organisation that was renamed, %s', async (_whose, answers) => {
  const there = TEAM.replace('lantern', 'lantern-inc');
  const renamed = {
    [INSTALLATION]: installed('lantern-inc'),
    [`GET ${there}`]: { id: 51, slug: 'oncall' },
    [`GET ${there}/memberships/ana`]: inTurn(active('member'), missing),
    [`GET ${there}/members`]: [],
    [`GET ${there}/teams`]: [],
    'GET /orgs/lantern-inc/memberships/ana': active('member'),
  };
  expect(await revoke('none', { ...answers, ...renamed }, { id: 51, orgId: 3001 })).toEqual([
    { level: 'none', seen: 'team lantern-inc/oncall: the role of ana is none', lowered: true },
    [`DELETE ${there}/memberships/ana`],
  ]);
});
