import { describe, expect, test } from '@jest/globals';
import { GRAPHQL, missing, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  DEFAULT_ANSWERS,
  intentOf,
  INVITATION,
  invitation,
  NO_REPOSITORY,
  ops,
  owner,
  OWNER_NOTE,
  READ_EFFECTIVE_ROLE,
  SET_COLLABORATOR,
  shows,
  waitingFor,
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
  const receipt = (role: string, found?: string) => ({
    level: role,
    ...(found === undefined ? {} : { found }),
    seen: `ana is a collaborator of lantern/orders with the role ${role}`,
  });
  const notYet = (role: string) => `not-verified: github: ana has ${role} in lantern/orders, not write`;
  const INVITED = waitingFor('lantern/orders');
  const push = `${SET_COLLABORATOR} {"permission":"push"}`;

  test.each<[string, Answers, unknown, string[]]>([
    ['adds a person', shows(['none', 'write']), receipt('write', 'none'), [push]],
    ['raises a lower role', shows(['triage', 'write']), receipt('write', 'triage'), [push]],
    ['is sent again when the role shows already', shows('write'), receipt('write', 'write'), [push]],
    [
      'raises an entry that the role of a team hides, and finds the entry’s own role',
      shows(['triage', 'write'], [ops('admin')]),
      receipt('write', 'triage'),
      [push],
    ],
    ['never lowers a role', shows('maintain'), receipt('maintain', 'maintain'), []],
    [
      'is sent when a team has the role and the person no entry',
      shows(['none', 'write'], [ops('write')]),
      receipt('write', 'none'),
      [push],
    ],
    ['is not verified by the role of a team', shows('none', [ops('admin')]), notYet('none'), [push]],
    [
      'is sent and verified where GitHub does not say the sources of an entry that it lists',
      shows(['none', 'write'], [], { notShown: true }),
      receipt('write', 'none'),
      [push],
    ],
    [
      'does not change an entry that shows with a higher role where GitHub does not say its own',
      shows('maintain', [], { notShown: true }),
      receipt('maintain'),
      [],
    ],
    ['is not verified while nothing shows', {}, notYet('none'), [push]],
    ['is not verified while a lower role shows', shows('triage'), notYet('triage'), [push]],
    ['is not verified by a custom role', shows(['none', 'security-lead']), notYet('security-lead'), [push]],
    ['changes no custom role', shows('security-lead'), CUSTOM, []],
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
      'counts when the person accepts meanwhile',
      { ...invitation('write'), ...shows('write'), [READ_EFFECTIVE_ROLE]: { role_name: 'none' } },
      receipt('write', 'none'),
      [],
    ],
    [
      'gives nothing to an owner',
      owner('read'),
      { level: 'admin', seen: 'ana is an owner of the organisation', note: OWNER_NOTE },
      [],
    ],
    [
      'fails when GitHub refuses it',
      { [SET_COLLABORATOR]: status(403, 'Repository was archived so is read-only.') },
      'provider-refused: github: the repository is archived. Until somebody unarchives it, GitHub refuses every change of access (Repository was archived so is read-only.)',
      [push],
    ],
    [
      'fails while GitHub cannot execute the query for the sources',
      {
        ...shows('read'),
        [GRAPHQL]: { errors: [{ message: 'Something went wrong while executing your query.' }] },
      },
      'provider-unavailable: github: Something went wrong while executing your query. (request ABC1)',
      [],
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

  test('that waits for a person is tried again after 15 seconds', async () => {
    const { provider } = scripted({ ...DEFAULT_ANSWERS, ...invitation('write') });
    const waiting = provider.ensurePresent(intentOf('write'), neverAborts);
    await expect(waiting).rejects.toMatchObject({
      code: 'awaiting-person',
      retryAfterMs: 60_000,
      retry: true,
    });
  });
});
