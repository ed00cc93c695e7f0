import { describe, expect, test } from '@jest/globals';
import { inTurn, missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  READ_MEMBERSHIP,
  MANAGED_TEAM_FAULT,
  READ_ORG_MEMBERSHIP,
  OWNER_NOTE,
  SET_MEMBERSHIP,
  TEAM,
  DEFAULT_ANSWERS,
  active,
  inherited,
  intentOf,
  MANAGED_TEAM_ANSWER,
  owner,
  pending,
} from './github-team.fixture.ts';

describe('a grant of a membership', () => {
  const grant = async (answers: Answers, level = 'member') => {
    const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
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
  const asMember = `${SET_MEMBERSHIP} {"role":"member"}`;
  const asMaintainer = `${SET_MEMBERSHIP} {"role":"maintainer"}`;
  const changes = (before: unknown, after: unknown) => ({ [READ_MEMBERSHIP]: inTurn(before, after) });

  test.each<[string, string, Answers, unknown, string[]]>([
    [
      'adds a person as a member',
      'member',
      changes(missing, active('member')),
      receipt('member'),
      [asMember],
    ],
    [
      'adds a person as a maintainer',
      'maintainer',
      changes(missing, active('maintainer')),
      receipt('maintainer'),
      [asMaintainer],
    ],
    [
      'makes a member a maintainer',
      'maintainer',
      changes(active('member'), active('maintainer')),
      receipt('maintainer'),
      [asMaintainer],
    ],
    [
      'is sent again when the role member shows already',
      'member',
      { [READ_MEMBERSHIP]: active('member') },
      receipt('member'),
      [asMember],
    ],
    [
      'is sent again when the role maintainer shows already',
      'maintainer',
      { [READ_MEMBERSHIP]: active('maintainer') },
      receipt('maintainer'),
      [asMaintainer],
    ],
    [
      'never lowers the role',
      'member',
      { [READ_MEMBERSHIP]: active('maintainer') },
      receipt('maintainer'),
      [],
    ],
    [
      'is not sent again to an invited person, and is not verified',
      'member',
      { [READ_MEMBERSHIP]: pending },
      INVITED,
      [],
    ],
    [
      'invites a person from outside the team, and is not verified',
      'member',
      changes(missing, pending),
      INVITED,
      [asMember],
    ],
    [
      'is sent for a person whose invitation to the organisation is open, and is not verified',
      'member',
      { [READ_ORG_MEMBERSHIP]: pending, ...changes(missing, pending) },
      INVITED,
      [asMember],
    ],
    [
      'is not verified while no membership shows',
      'member',
      { [READ_MEMBERSHIP]: missing },
      notYet('none', 'member'),
      [asMember],
    ],
    [
      'is not verified while a lower role shows',
      'maintainer',
      { [READ_MEMBERSHIP]: active('member') },
      notYet('member', 'maintainer'),
      [asMaintainer],
    ],
    [
      'is not verified by a membership through a child team',
      'member',
      inherited,
      notYet('none', 'member'),
      [asMember],
    ],
    [
      'changes nothing for an owner of the organisation',
      'member',
      { ...owner, [READ_MEMBERSHIP]: active('member') },
      { level: 'maintainer', seen: 'ana is an owner of the organisation', note: OWNER_NOTE },
      [],
    ],
    [
      'is refused for a person outside the organisation',
      'member',
      { [READ_ORG_MEMBERSHIP]: missing },
      'provider-refused: github: ana is not a member of lantern, and a team membership would make them one permanently. Add them to the organisation first',
      [],
    ],
    [
      'fails for a team that the identity provider manages',
      'member',
      { [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
      MANAGED_TEAM_FAULT,
      [asMember],
    ],
    [
      'fails in such a team for a member who needs the role maintainer',
      'maintainer',
      { [READ_MEMBERSHIP]: active('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
      MANAGED_TEAM_FAULT,
      [asMaintainer],
    ],
    [
      'is verified in such a team when the person is a member already',
      'member',
      { [READ_MEMBERSHIP]: active('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
      receipt('member'),
      [asMember],
    ],
    [
      'fails when GitHub refuses it',
      'member',
      { [SET_MEMBERSHIP]: status(422, 'Validation Failed') },
      'provider-refused: github: 422 Validation Failed (request ABC1)',
      [asMember],
    ],
    [
      'fails when the team does not exist',
      'member',
      { [`GET ${TEAM}`]: missing },
      'target-missing: github: no team lantern/oncall',
      [],
    ],
    [
      'fails when the account does not exist',
      'member',
      { 'GET /user/7': missing, 'GET /users/ana': missing },
      'subject-missing: github: the account "ana" does not exist any more',
      [],
    ],
  ])('%s', async (_what, level, answers, result, sent) =>
    expect(await grant(answers, level)).toEqual([result, sent]),
  );
});
