import { describe, expect, test } from '@jest/globals';
import { missing, outcome, scripted, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  base,
  DEFAULT_ANSWERS,
  invitation,
  NO_REPOSITORY,
  ops,
  owner,
  shows,
  target,
  unnamed,
} from './github-repository.fixture.ts';

const CUSTOM =
  'provider-refused: github: ana has the custom role "security-lead". Curfew does not change custom roles';
const NO_REPO = 'target-missing: github: no repository lantern/orders';
const OPS = 'through the team ops';
const BASE = 'through the organisation’s base role or a role of the organisation';
const UNNAMED = 'through a role of the enterprise, or in another way that GitHub does not name';

describe('what a person has in a repository', () => {
  const observe = async (answers: Answers) => {
    const { provider, scopes, writes } = scripted({ ...DEFAULT_ANSWERS, ...answers });
    const seen = await outcome(provider.observe({ account: 'ana', target }, neverAborts));
    expect(writes()).toEqual([]);
    expect(scopes()[0]).toEqual({
      permissions: { administration: 'read', members: 'read', metadata: 'read' },
      repositories: ['orders'],
    });
    return seen;
  };
  const found = { subject: { id: '7', name: 'ana' }, target: { ...target, id: 6001, orgId: 3001 } };
  const hidden = (role: string) => ({
    refusal: `github: ana is a collaborator of lantern/orders and shows as ${role}, and GitHub does not say whether that is the role of their own entry, so Curfew could not restore it. Remove the entry, or request access to a team`,
  });
  const from = (level: string, through: string) => ({ level, through });

  test.each<[string, Answers, object]>([
    ['nothing', {}, { level: 'none', sources: [] }],
    [
      'an invitation',
      invitation('write'),
      { level: 'none', sources: [], note: 'The person is invited and has not accepted yet.' },
    ],
    ...['read', 'triage', 'write', 'maintain', 'admin'].map((role): [string, Answers, object] => [
      `an entry of ${role}`,
      shows(role),
      { level: role, sources: [] },
    ]),
    [
      'an entry of their own beside an invitation',
      { ...shows('read'), ...invitation('write') },
      { level: 'read', sources: [] },
    ],
    [
      'everything, as an owner with an entry',
      owner('read'),
      {
        level: 'read',
        sources: [from('admin', 'as an owner of the organisation')],
        refusal:
          'github: ana is an owner of lantern and already has access to everything, so there is nothing to grant',
      },
    ],
    [
      'nothing of their own, in a team',
      shows('none', [ops('write')]),
      { level: 'none', sources: [from('write', OPS)] },
    ],
    [
      'an entry that the role of a team hides in REST',
      shows('triage', [ops('maintain')]),
      { level: 'triage', sources: [from('maintain', OPS)] },
    ],
    [
      'an entry beside the same role of a team',
      shows('write', [ops('write')]),
      { level: 'write', sources: [from('write', OPS)] },
    ],
    [
      'nothing of their own, beside a base role',
      shows('none', [base('write')]),
      { level: 'none', sources: [from('write', BASE)] },
    ],
    [
      'admin of every repository by a role of the organisation, without being an owner',
      shows('none', [base('admin')]),
      { level: 'none', sources: [from('admin', BASE)] },
    ],
    [
      'an entry that a role of the enterprise hides in REST',
      shows('read', [ops('triage'), unnamed('maintain')]),
      { level: 'read', sources: [from('triage', OPS), from('maintain', UNNAMED)] },
    ],
    [
      'a custom role of a team, and an entry of their own',
      shows('read', [ops('security-lead')]),
      { level: 'read', sources: [from('security-lead', OPS)] },
    ],
    [
      'nothing of their own where GitHub does not say the sources',
      shows('none', [ops('write')], { notShown: true }),
      { level: 'none', sources: [from('write', UNNAMED)] },
    ],
    [
      'an entry of read where GitHub does not say the sources, because no role is lower',
      shows('read', [], { notShown: true }),
      { level: 'read', sources: [] },
    ],
    [
      'refused where GitHub does not say whether a higher role is that of the entry',
      shows('write', [], { notShown: true }),
      { level: 'write', sources: [], ...hidden('write') },
    ],
    [
      'refused where a team that GitHub does not show hides the entry',
      shows('triage', [ops('maintain')], { notShown: true }),
      { level: 'maintain', sources: [], ...hidden('maintain') },
    ],
  ])('is %s', async (_what, answers, seen) => expect(await observe(answers)).toEqual({ ...found, ...seen }));

  test.each<[string, Answers, string]>([
    ['the role is a custom one', shows('security-lead'), CUSTOM],
    [
      'the account does not exist',
      { 'GET /users/ana': missing },
      'subject-missing: github: no account "ana"',
    ],
    ['the repository does not exist', NO_REPOSITORY, NO_REPO],
    [
      'somebody renamed the account during the call, and nothing shows',
      { 'GET /user/7': { id: 7, login: 'ana-f', type: 'User' } },
      'not-verified: github: somebody renamed or deleted the account ana during the call',
    ],
  ])('is unknown when %s', async (_when, answers, fault) => expect(await observe(answers)).toBe(fault));
});
