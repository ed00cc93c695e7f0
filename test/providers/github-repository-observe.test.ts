import { describe, expect, test } from '@jest/globals';
import { missing, outcome, scripted, type Answers } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import {
  NO_REPOSITORY,
  DEFAULT_ANSWERS,
  entry,
  invitation,
  owner,
  secondTeam,
  target,
  team,
} from './github-repository.fixture.ts';

const CUSTOM =
  'provider-refused: github: ana has the custom role "security-lead". Curfew does not change custom roles';
const NO_REPO = 'target-missing: github: no repository lantern/orders';

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
  const hidden = (role: string) =>
    `provider-refused: github: ana is a collaborator of lantern/orders and also has ${role} through the team ops. GitHub hides the role of their own entry, so Curfew could not restore it. Remove the entry, or request access to a team`;

  test.each<[string, Answers, object]>([
    ['nothing', {}, { level: 'none' }],
    [
      'an invitation',
      invitation('write'),
      { level: 'none', note: 'The person is invited and has not accepted yet.' },
    ],
    ...['read', 'triage', 'write', 'maintain', 'admin'].map((role): [string, Answers, object] => [
      `an entry of ${role}`,
      entry(role),
      { level: role },
    ]),
    [
      'an entry of their own beside an invitation',
      { ...entry('read'), ...invitation('write') },
      { level: 'read' },
    ],
    [
      'everything, as an owner',
      { ...owner, ...entry('read') },
      {
        level: 'admin',
        refusal:
          'github: ana is an owner of lantern and already has access to everything, so there is nothing to grant',
      },
    ],
    ['nothing of their own, in a team', team('push'), { level: 'none' }],
    ['read, which no team can hide', { ...entry('read'), ...team('pull') }, { level: 'read' }],
    ['more than their team has', { ...entry('write'), ...team('triage') }, { level: 'write' }],
  ])('is %s', async (_what, answers, seen) => expect(await observe(answers)).toEqual({ ...found, ...seen }));

  test.each<[string, Answers, string]>([
    ['a team has the same role', { ...entry('triage'), ...team('triage') }, hidden('triage')],
    ['a team has the same role under another name', { ...entry('write'), ...team('push') }, hidden('write')],
    [
      'the second of two teams has the same role',
      { ...entry('write'), ...secondTeam('push') },
      hidden('write'),
    ],
    ['the role is a custom one', entry('security-lead'), CUSTOM],
    [
      'the account does not exist',
      { 'GET /users/ana': missing },
      'subject-missing: github: no account "ana"',
    ],
    ['the repository does not exist', NO_REPOSITORY, NO_REPO],
  ])('is unknown when %s', async (_when, answers, fault) => expect(await observe(answers)).toBe(fault));
});
