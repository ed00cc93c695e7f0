import { describe, expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import { inTurn, missing, outcome, scripted, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  READ_MEMBERSHIP,
  MEMBERS,
  READ_ORG_MEMBERSHIP,
  CHILD_TEAMS,
  TEAM,
  LIST_ORG_TEAMS,
  DEFAULT_ANSWERS,
  active,
  inherited,
  oncall,
  owner,
  pending,
  target,
} from './github-team.fixture.ts';

const CHILD_MEMBERSHIP = 'GET /orgs/lantern/teams/night/memberships/ana';

describe('what a person has in a team', () => {
  const observe = async (answers: Answers, over: Partial<TeamTarget> = {}) => {
    const { provider, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
    const seen = await outcome(
      provider.observe({ account: 'ana', target: { ...target, ...over } }, neverAborts),
    );
    expect(scopes()).toEqual([{ permissions: { members: 'read' } }]);
    return seen;
  };
  const found = { subject: { id: '7', name: 'ana' }, target: { ...target, id: 51, orgId: 3001 } };
  const CHILD = 'The person is a member through a child team.';

  test.each<[string, Answers, object]>([
    ['nothing', {}, { level: 'none' }],
    ['the role member', { [READ_MEMBERSHIP]: active('member') }, { level: 'member' }],
    ['the role maintainer', { [READ_MEMBERSHIP]: active('maintainer') }, { level: 'maintainer' }],
    [
      'an invitation',
      { [READ_MEMBERSHIP]: { ...pending, role: 'maintainer' } },
      { level: 'none', note: 'The person is invited and has not accepted yet.' },
    ],
    ['a membership through a child team', inherited, { level: 'none', note: CHILD }],
    [
      'a membership of their own, beside somebody who has one through a child team',
      {
        [READ_MEMBERSHIP]: active('member'),
        [MEMBERS]: [
          { id: 8, inherited: true },
          { id: 7, inherited: false },
        ],
      },
      { level: 'member' },
    ],
    [
      'a membership where GitHub does not say how',
      { [READ_MEMBERSHIP]: active('member'), [MEMBERS]: [{ id: 7 }] },
      { level: 'member' },
    ],
    [
      'a membership where GitHub does not say how, beside a child team that the person is not in',
      {
        [READ_MEMBERSHIP]: active('member'),
        [MEMBERS]: [{ id: 7 }],
        [CHILD_TEAMS]: [{ id: 52, slug: 'night' }],
        [CHILD_MEMBERSHIP]: pending,
      },
      { level: 'member' },
    ],
    [
      'a membership where GitHub does not say how, of a person in the second child team',
      {
        [READ_MEMBERSHIP]: active('member'),
        [MEMBERS]: [{ id: 7 }],
        [CHILD_TEAMS]: [
          { id: 53, slug: 'day' },
          { id: 52, slug: 'night' },
        ],
        [CHILD_MEMBERSHIP]: active('member'),
      },
      {
        level: 'member',
        refusal:
          'github: ana is in a child team of lantern/oncall, and GitHub does not say whether they are also in oncall itself. Remove them from the child team, or request that team',
      },
    ],
    [
      'everything, as an owner',
      { ...owner, [READ_MEMBERSHIP]: active('member') },
      {
        level: 'maintainer',
        refusal:
          'github: ana is an owner of lantern and already has access to everything, so there is nothing to grant',
      },
    ],
    [
      'nothing yet, as an invited owner',
      { [READ_ORG_MEMBERSHIP]: { ...pending, role: 'admin' } },
      { level: 'none' },
    ],
  ])('is %s', async (_what, answers, seen) => expect(await observe(answers)).toEqual({ ...found, ...seen }));

  test('is read on every page of the members', async () => {
    const page = Array.from({ length: 100 }, (_, n) => ({ id: 1_000 + n, inherited: true }));
    const { provider, sent } = scripted({
      ...DEFAULT_ANSWERS,
      ...inherited,
      [MEMBERS]: inTurn(page, [{ id: 7, inherited: true }]),
    });
    const seen = await provider.observe({ account: 'ana', target }, neverAborts);
    expect(seen).toMatchObject({ level: 'none', note: CHILD });
    expect(sent.filter(({ call }) => call === MEMBERS).map(({ url }) => url.search)).toEqual([
      '?per_page=100&page=1',
      '?per_page=100&page=2',
    ]);
  });

  const other = { id: 52, slug: 'oncall' };
  const renamed = {
    [LIST_ORG_TEAMS]: [other, { id: 51, slug: 'pager' }],
    'GET /orgs/lantern/teams/pager/memberships/ana': active('member'),
    'GET /orgs/lantern/teams/pager/members': [],
    'GET /orgs/lantern/teams/pager/teams': [],
  };
  test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
    ['is known by its number', {}, { id: 51 }, { ...found, level: 'none' }],
    [
      'has another name now',
      { [`GET ${TEAM}`]: missing, ...renamed },
      { id: 51 },
      { ...found, level: 'member' },
    ],
    [
      'has another name now, and another team has the old one',
      { [`GET ${TEAM}`]: other, ...renamed },
      { id: 51 },
      { ...found, level: 'member' },
    ],
    ['does not exist', { [`GET ${TEAM}`]: missing }, {}, 'target-missing: github: no team lantern/oncall'],
    [
      'does not exist with this number',
      { [LIST_ORG_TEAMS]: [oncall] },
      { id: 52 },
      'target-missing: github: no team lantern/oncall',
    ],
  ])('when the team %s', async (_what, answers, over, seen) =>
    expect(await observe(answers, over)).toEqual(seen),
  );
});
