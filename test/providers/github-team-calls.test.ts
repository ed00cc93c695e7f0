import { describe, expect, test } from '@jest/globals';
import type { TeamTarget } from '../../providers/github/target.ts';
import {
  inTurn,
  missing,
  neverAborts,
  outcome,
  scripted,
  status,
  type Answers,
} from './github-script.fixture.ts';
import {
  GET,
  MANAGED,
  MEMBERS,
  ORG,
  OWNER_NOTE,
  PUT,
  TEAM,
  TEAMS,
  WORLD,
  active,
  inherited,
  intentOf,
  managed,
  oncall,
  owner,
  pending,
  target,
} from './github-team.fixture.ts';

describe('what a person has in a team', () => {
  const observe = async (answers: Answers, over: Partial<TeamTarget> = {}) => {
    const { provider, scopes } = scripted({ ...WORLD, ...answers });
    const seen = await outcome(
      provider.observe({ account: 'ana', target: { ...target, ...over } }, neverAborts),
    );
    expect(scopes()).toEqual([{ permissions: { members: 'read' } }]);
    return seen;
  };
  const found = { subject: { id: '7', name: 'ana' }, target: { ...target, id: 51 } };
  const CHILD = 'The person is a member through a child team.';

  test.each<[string, Answers, object]>([
    ['nothing', {}, { level: 'none' }],
    ['the role member', { [GET]: active('member') }, { level: 'member' }],
    ['the role maintainer', { [GET]: active('maintainer') }, { level: 'maintainer' }],
    [
      'an invitation',
      { [GET]: { ...pending, role: 'maintainer' } },
      { level: 'none', note: 'The person is invited and has not accepted yet.' },
    ],
    ['a membership through a child team', inherited, { level: 'none', note: CHILD }],
    [
      'a membership of their own, beside somebody who has one through a child team',
      {
        [GET]: active('member'),
        [MEMBERS]: [
          { id: 8, inherited: true },
          { id: 7, inherited: false },
        ],
      },
      { level: 'member' },
    ],
    [
      'a membership where GitHub does not say how',
      { [GET]: active('member'), [MEMBERS]: [{ id: 7 }] },
      { level: 'member' },
    ],
    [
      'everything, as an owner',
      { ...owner, [GET]: active('member') },
      { level: 'maintainer', note: OWNER_NOTE },
    ],
    ['nothing yet, as an invited owner', { [ORG]: { ...pending, role: 'admin' } }, { level: 'none' }],
  ])('is %s', async (_what, answers, seen) => expect(await observe(answers)).toEqual({ ...found, ...seen }));

  test('is read on every page of the members', async () => {
    const page = Array.from({ length: 100 }, (_, n) => ({ id: 1_000 + n, inherited: true }));
    const { provider, sent } = scripted({
      ...WORLD,
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

  test.each<[string, Answers, Partial<TeamTarget>, unknown]>([
    ['is known by its number', {}, { id: 51 }, { ...found, level: 'none' }],
    [
      'has another name now',
      {
        [`GET ${TEAM}`]: { id: 52, slug: 'oncall' },
        [TEAMS]: [
          { id: 52, slug: 'oncall' },
          { id: 51, slug: 'pager' },
        ],
        'GET /orgs/lantern/teams/pager/memberships/ana': active('member'),
        'GET /orgs/lantern/teams/pager/members': [],
      },
      { id: 51 },
      { ...found, level: 'member' },
    ],
    ['does not exist', { [`GET ${TEAM}`]: missing }, {}, 'target-missing: github: no team lantern/oncall'],
    [
      'does not exist with this number',
      { [TEAMS]: [oncall] },
      { id: 52 },
      'target-missing: github: no team lantern/oncall',
    ],
  ])('when the team %s', async (_what, answers, over, seen) =>
    expect(await observe(answers, over)).toEqual(seen),
  );
});

describe('a grant of a membership', () => {
  const grant = async (answers: Answers, level = 'member') => {
    const { provider, writes, scopes } = scripted({ ...WORLD, ...answers });
    const receipt = await outcome(provider.ensurePresent(intentOf(level), neverAborts));
    expect(scopes()).toEqual([{ permissions: { members: 'write' } }]);
    return [receipt, writes()];
  };
  const receipt = (level: string) => ({
    level,
    seen: `team lantern/oncall: the active role of ana is ${level}`,
  });
  const notYet = (role: string, level: string) =>
    `not-verified: github: the role of ana in the team lantern/oncall is ${role}, not ${level}`;
  const INVITED = 'not-verified: github: ana must first accept the invitation to lantern';
  const asMember = `${PUT} {"role":"member"}`;
  const asMaintainer = `${PUT} {"role":"maintainer"}`;
  const changes = (before: unknown, after: unknown) => ({ [GET]: inTurn(before, after) });

  test.each<[string, string, Answers, unknown, string[]]>([
    ['to nobody', 'member', changes(missing, active('member')), receipt('member'), [asMember]],
    [
      'as a maintainer',
      'maintainer',
      changes(missing, active('maintainer')),
      receipt('maintainer'),
      [asMaintainer],
    ],
    [
      'of more than before',
      'maintainer',
      changes(active('member'), active('maintainer')),
      receipt('maintainer'),
      [asMaintainer],
    ],
    [
      'that shows already is sent again',
      'member',
      { [GET]: active('member') },
      receipt('member'),
      [asMember],
    ],
    [
      'of the most that shows already is sent again',
      'maintainer',
      { [GET]: active('maintainer') },
      receipt('maintainer'),
      [asMaintainer],
    ],
    ['never lowers the role', 'member', { [GET]: active('maintainer') }, receipt('maintainer'), []],
    ['waits for an invited person, and is not sent again', 'member', { [GET]: pending }, INVITED, []],
    ['invites a person whose invitation is open', 'member', changes(missing, pending), INVITED, [asMember]],
    ['that does not show', 'member', { [GET]: missing }, notYet('none', 'member'), [asMember]],
    [
      'that shows in part',
      'maintainer',
      { [GET]: active('member') },
      notYet('member', 'maintainer'),
      [asMaintainer],
    ],
    ['is not what a child team gives', 'member', inherited, notYet('none', 'member'), [asMember]],
    [
      'to an owner',
      'member',
      { ...owner, [GET]: active('member') },
      { level: 'maintainer', seen: 'ana is an owner of the organisation', note: OWNER_NOTE },
      [],
    ],
    [
      'to somebody outside',
      'member',
      { [ORG]: missing },
      'provider-refused: github: ana is not a member of lantern, and a team membership would make them one permanently. Add them to the organisation first',
      [],
    ],
    ['in a managed team', 'member', { [PUT]: managed }, MANAGED, [asMember]],
    [
      'in a managed team, in which the person is already',
      'member',
      { [GET]: active('member'), [PUT]: managed },
      receipt('member'),
      [asMember],
    ],
    [
      'that GitHub refuses',
      'member',
      { [PUT]: status(422, 'Validation Failed') },
      'provider-refused: github: 422 Validation Failed (request ABC1)',
      [asMember],
    ],
    [
      'in a team that does not exist',
      'member',
      { [`GET ${TEAM}`]: missing },
      'target-missing: github: no team lantern/oncall',
      [],
    ],
    [
      'to an account that does not exist',
      'member',
      { 'GET /user/7': missing, 'GET /users/ana': missing },
      'subject-missing: github: the account "ana" does not exist any more',
      [],
    ],
  ])('%s', async (_what, level, answers, result, sent) =>
    expect(await grant(answers, level)).toEqual([result, sent]),
  );
});
