import { describe, expect, test } from '@jest/globals';
import { missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  INVITATION,
  NO_REPOSITORY,
  OWNER_NOTE,
  SET_COLLABORATOR,
  DEFAULT_ANSWERS,
  entry,
  intentOf,
  invitation,
  owner,
  secondTeam,
  team,
} from './github-repository.fixture.ts';

const CUSTOM =
  'provider-refused: github: ana has the custom role "security-lead". Curfew does not change custom roles';
const NO_REPO = 'target-missing: github: no repository lantern/orders';

describe('a grant of access to a repository', () => {
  const grant = async (level: string, answers: Answers) => {
    const { provider, writes, scopes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
    const receipt = await outcome(provider.ensurePresent(intentOf(level), neverAborts));
    expect(scopes()[0]).toEqual({
      permissions: { administration: 'write', members: 'read', metadata: 'read' },
      repositories: ['orders'],
    });
    return [receipt, writes()];
  };
  const receipt = (role: string) => ({
    level: role,
    seen: `ana is a collaborator of lantern/orders with the role ${role}`,
  });
  const notYet = (role: string) => `not-verified: github: ana has ${role} in lantern/orders, not write`;
  const INVITED = 'not-verified: github: ana must first accept the invitation to lantern/orders';
  const push = `${SET_COLLABORATOR} {"permission":"push"}`;

  test.each<[string, Answers, unknown, string[]]>([
    ['adds a person', entry('none', 'write'), receipt('write'), [push]],
    ['raises a lower role', entry('triage', 'write'), receipt('write'), [push]],
    ['is sent again when the role shows already', entry('write'), receipt('write'), [push]],
    [
      'is sent again when the role shows already and a team has a lower one',
      { ...entry('write'), ...team('triage') },
      receipt('write'),
      [push],
    ],
    [
      'is not sent when the role comes from a team',
      { ...entry('write'), ...team('push') },
      receipt('write'),
      [],
    ],
    [
      'is not sent when the role comes from the second of two teams',
      { ...entry('write'), ...secondTeam('push') },
      receipt('write'),
      [],
    ],
    ['never lowers a role', entry('maintain'), receipt('maintain'), []],
    [
      'is sent when a team has the role and the person no entry',
      { ...entry('none', 'write'), ...team('push') },
      receipt('write'),
      [push],
    ],
    ['is not verified while nothing shows', {}, notYet('none'), [push]],
    ['is not verified while a lower role shows', entry('triage'), notYet('triage'), [push]],
    ['is not verified by a custom role', entry('none', 'security-lead'), notYet('security-lead'), [push]],
    ['changes no custom role', entry('security-lead'), CUSTOM, []],
    ['invites a person from outside', invitation('none', 'write'), INVITED, [push]],
    ['waits for an invited person', invitation('write'), INVITED, []],
    [
      'raises an invitation to a lower role',
      invitation('triage'),
      INVITED,
      [`PATCH ${INVITATION} {"permissions":"write"}`],
    ],
    ['never lowers an invitation', invitation('admin'), INVITED, []],
    [
      'counts after the person has accepted',
      { ...invitation('write', 'none'), ...entry('none', 'write') },
      receipt('write'),
      [],
    ],
    [
      'gives nothing to an owner',
      { ...owner, ...entry('read') },
      { level: 'admin', seen: 'ana is an owner of the organisation', note: OWNER_NOTE },
      [],
    ],
    [
      'fails when GitHub refuses it',
      { [SET_COLLABORATOR]: status(403, 'Repository was archived so is read-only.') },
      'provider-refused: github: the repository is archived. Until somebody unarchives it, GitHub refuses every change of access (Repository was archived so is read-only.)',
      [push],
    ],
    ['needs the repository', NO_REPOSITORY, NO_REPO, []],
    [
      'needs the account',
      { 'GET /user/7': missing, 'GET /users/ana': missing },
      'subject-missing: github: the account "ana" does not exist any more',
      [],
    ],
  ])('%s', async (_what, answers, result, sent) =>
    expect(await grant('write', answers)).toEqual([result, sent]),
  );

  test.each(['none', 'security-lead'])('of the level %s is refused before any call', async (level) => {
    const { provider, sent } = scripted(DEFAULT_ANSWERS);
    expect(await outcome(provider.ensurePresent(intentOf(level), neverAborts))).toBe(
      `provider-refused: github: "${level}" is not a role that can be granted`,
    );
    expect(sent).toEqual([]);
  });
});
