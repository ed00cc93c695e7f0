import { describe, expect, test } from '@jest/globals';
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
  ORG,
  OWNER_NOTE,
  PUT,
  TEAM,
  WORLD,
  active,
  inherited,
  intentOf,
  managed,
  owner,
  pending,
} from './github-team.fixture.ts';

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
