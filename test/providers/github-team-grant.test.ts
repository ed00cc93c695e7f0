import { describe, expect, test } from '@jest/globals';
import { missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  DEFAULT_ANSWERS,
  intentOf,
  invitedToOrg,
  MANAGED_TEAM_ANSWER,
  MANAGED_TEAM_FAULT,
  member,
  owner,
  OWNER_NOTE,
  READ_ORG_MEMBERSHIP,
  READ_TEAM,
  SET_MEMBERSHIP,
} from './github-team.fixture.ts';

describe('a grant of a membership', () => {
  const grant = async (answers: Answers, level = 'member') => {
    const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
    const receipt = await outcome(provider.ensurePresent(intentOf(level), neverAborts));
    expect(scopes()).toEqual([{ permissions: { members: 'write' } }]);
    return [receipt, writes()];
  };
  const receipt = (found: string | undefined, level: string) => ({
    level,
    ...(found === undefined ? {} : { found }),
    seen: `team lantern/oncall: the active role of ana is ${level}`,
  });
  const notYet = (role: string, level: string) =>
    `not-verified: github: the role of ana in the team lantern/oncall is ${role}, not ${level}`;
  const INVITED =
    'awaiting-person: github: ana must first accept the invitation to lantern. If they have not accepted when the access would end, the invitation is deleted';
  const asMember = `${SET_MEMBERSHIP} {"role":"member"}`;
  const asMaintainer = `${SET_MEMBERSHIP} {"role":"maintainer"}`;

  test.each<[string, string, Answers, unknown, string[]]>([
    [
      'adds a person as a member',
      'member',
      member(['none', 'member']),
      receipt('none', 'member'),
      [asMember],
    ],
    [
      'adds a person as a maintainer',
      'maintainer',
      member(['none', 'maintainer']),
      receipt('none', 'maintainer'),
      [asMaintainer],
    ],
    [
      'makes a member a maintainer',
      'maintainer',
      member(['member', 'maintainer']),
      receipt('member', 'maintainer'),
      [asMaintainer],
    ],
    [
      'is sent again when the role member shows already',
      'member',
      member('member'),
      receipt('member', 'member'),
      [asMember],
    ],
    [
      'is sent again when the role maintainer shows already',
      'maintainer',
      member('maintainer'),
      receipt('maintainer', 'maintainer'),
      [asMaintainer],
    ],
    ['never lowers the role', 'member', member('maintainer'), receipt('maintainer', 'maintainer'), []],
    ['is not sent again to an invited person, and is not verified', 'member', member('pending'), INVITED, []],
    ['never lowers an invitation', 'member', member('pending maintainer'), INVITED, []],
    [
      'invites a person from outside the team, and is not verified',
      'member',
      member(['none', 'pending']),
      INVITED,
      [asMember],
    ],
    [
      'is sent for a person whose invitation to the organisation is open, and is not verified',
      'member',
      { ...invitedToOrg, ...member(['none', 'pending']) },
      INVITED,
      [asMember],
    ],
    [
      'is not verified while no membership shows',
      'member',
      member('none'),
      notYet('none', 'member'),
      [asMember],
    ],
    [
      'is not verified while a lower role shows',
      'maintainer',
      member('member'),
      notYet('member', 'maintainer'),
      [asMaintainer],
    ],
    [
      'is not verified by a membership through a child team',
      'member',
      member('none', { child: true }),
      notYet('none', 'member'),
      [asMember],
    ],
    [
      'adds a person who is in a child team, as a member of the team itself',
      'member',
      member(['none', 'member'], { child: true }),
      receipt('none', 'member'),
      [asMember],
    ],
    [
      'is verified where GitHub does not say whose membership shows',
      'member',
      member(['none', 'member'], { notShown: true }),
      receipt('none', 'member'),
      [asMember],
    ],
    [
      'is sent again, and what there was is left open, where GitHub does not say whose membership shows',
      'member',
      member('member', { notShown: true }),
      receipt(undefined, 'member'),
      [asMember],
    ],
    [
      'changes nothing for an owner of the organisation',
      'member',
      { ...owner, ...member('member') },
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
      { ...member('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
      MANAGED_TEAM_FAULT,
      [asMaintainer],
    ],
    [
      'is verified in such a team when the person is a member already',
      'member',
      { ...member('member'), [SET_MEMBERSHIP]: MANAGED_TEAM_ANSWER },
      receipt('member', 'member'),
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
      { [READ_TEAM]: missing },
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
