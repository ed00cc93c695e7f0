import { describe, expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import {
  answered,
  GRAPHQL,
  inTurn,
  missing,
  outcome,
  scripted,
  type Answers,
} from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  DEFAULT_ANSWERS,
  INSTALLATION,
  member,
  oncall,
  owner,
  READ_ORG_MEMBERSHIP,
  READ_TEAM,
  READ_TEAM_BY_NUMBER,
  target,
} from './github-team.fixture.ts';

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
  const own = (level: string) => ({ level, sources: [] });
  const CHILD = [{ level: 'member', through: 'through a child team' }];

  test.each<[string, Answers, object]>([
    ['nothing', {}, own('none')],
    ['the role member', member('member'), own('member')],
    ['the role maintainer', member('maintainer'), own('maintainer')],
    [
      'an invitation',
      member('pending'),
      { ...own('none'), note: 'The person is invited and has not accepted yet.' },
    ],
    ['a membership through a child team', member('none', { child: true }), { level: 'none', sources: CHILD }],
    [
      'a membership of their own, and another one through a child team',
      member('member', { child: true }),
      { level: 'member', sources: CHILD },
    ],
    [
      'a membership of their own, which GitHub’s search does not find by name',
      member('maintainer', { unfound: true }),
      own('maintainer'),
    ],
    [
      'a membership through a child team, which GitHub’s search does not find by name',
      member('none', { child: true, unfound: true }),
      { level: 'none', sources: CHILD },
    ],
    [
      'refused where GitHub does not say whose membership it is',
      member('member', { notShown: true }),
      {
        ...own('member'),
        refusal:
          'github: ana is in the team lantern/oncall or in a child team of it, and GitHub does not say which. Recorded as their own, a membership through a child team would stay with them for ever',
      },
    ],
    [
      'nothing where GitHub does not say whose, because there is no membership',
      member('none', { notShown: true }),
      own('none'),
    ],
    [
      'everything, as an owner',
      { ...owner, ...member('maintainer') },
      {
        level: 'none',
        sources: [{ level: 'maintainer', through: 'as an owner of the organisation' }],
        refusal:
          'github: ana is an owner of lantern and already has access to everything, so there is nothing to grant',
      },
    ],
    [
      'nothing yet, as an invited owner',
      { [READ_ORG_MEMBERSHIP]: { state: 'pending', role: 'admin' } },
      own('none'),
    ],
  ])('is %s', async (_what, answers, seen) => expect(await observe(answers)).toEqual({ ...found, ...seen }));

  test('is read on every page of the members, when GitHub’s search does not find the person', async () => {
    const page = (id: number, endCursor: string | null) => ({
      members: {
        edges: [null, { role: 'MEMBER', node: { databaseId: id } }],
        pageInfo: { hasNextPage: endCursor !== null, endCursor },
      },
    });
    const { provider, sent } = scripted({
      ...DEFAULT_ANSWERS,
      ...member('member'),
      [GRAPHQL]: inTurn(
        answered({ node: { own: { edges: [] }, child: { edges: [] } } }),
        answered({ node: page(8, 'next') }),
        answered({ node: page(7, null) }),
      ),
    });
    expect(await provider.observe({ account: 'ana', target }, neverAborts)).toMatchObject(own('member'));
    const variables = sent.flatMap(({ call, body }) =>
      call === GRAPHQL ? [(body as { variables: object }).variables] : [],
    );
    expect(variables).toEqual([
      { team: 'T_51', login: 'ana' },
      { team: 'T_51', after: null },
      { team: 'T_51', after: 'next' },
    ]);
  });

  const other = { ...oncall, id: 52, node_id: 'T_52' };
  const pager = { ...oncall, slug: 'pager' };
  const renamed = {
    [READ_TEAM_BY_NUMBER]: pager,
    ...member('member', { at: '/orgs/lantern/teams/pager' }),
  };
  test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
    ['is known by its number', {}, { id: 51 }, { ...found, ...own('none') }],
    [
      'has another name now',
      { [READ_TEAM]: missing, ...renamed },
      { id: 51 },
      { ...found, ...own('member') },
    ],
    [
      'has another name now, and another team has the old one',
      { [READ_TEAM]: other, ...renamed },
      { id: 51 },
      { ...found, ...own('member') },
    ],
    [
      'is in an organisation of this name that is not the one of the number',
      { [READ_TEAM]: { ...oncall, organization: { id: 9, login: 'lantern' } } },
      { id: 51, orgId: 3001 },
      'target-missing: github: no team lantern/oncall',
    ],
    ['does not exist', { [READ_TEAM]: missing }, {}, 'target-missing: github: no team lantern/oncall'],
    ['does not exist with this number', {}, { id: 52 }, 'target-missing: github: no team lantern/oncall'],
    [
      'is in an organisation without the App',
      { [READ_TEAM]: missing, [INSTALLATION]: { account: { login: 'other', id: 9 } } },
      {},
      'provider-forbidden: github: the App is not installed in the organisation lantern',
    ],
  ])('when the team %s', async (_what, answers, over, seen) =>
    expect(await observe(answers, over)).toEqual(seen),
  );
});
