import { describe, expect, test } from '@jest/globals';
import {
  describeSources,
  isAbove,
  isRole,
  rank,
  readAccess,
  readEntry,
} from '../../providers/github/access.ts';
import { repositoryFrom } from '../../providers/github/repository-answer.ts';
import { base, ops, READ_EFFECTIVE_ROLE, repository, shows, target } from './github-repository.fixture.ts';
import { answered, GRAPHQL, outcome, scripted, status, type Answers } from './github-script.fixture.ts';

const ANA = { id: 7, login: 'ana', hidden: false };
const LEVELS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

test('the roles of a repository are ordered, and a custom role is not in the order', () => {
  expect(LEVELS.map(rank)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(LEVELS.map(isRole)).toEqual([false, true, true, true, true, true]);
  expect([rank('security-lead'), isRole('security-lead')]).toEqual([-1, false]);
});

test('a role is above the lower ones only, and a custom role is above every other role', () => {
  const above = (shown: string) => LEVELS.filter((level) => isAbove(shown, level));
  expect(above('none')).toEqual([]);
  expect(above('write')).toEqual(['none', 'read', 'triage']);
  expect(above('admin')).toEqual(['none', 'read', 'triage', 'write', 'maintain']);
  expect(above('security-lead')).toEqual(LEVELS);
  expect(isAbove('security-lead', 'security-lead')).toBe(false);
});

/** The repository `lantern/orders` at a GitHub with these answers. */
async function atOrders(answers: Answers, more: object = {}) {
  const github = scripted(answers);
  const at = { octokit: await github.octokit(), ...repositoryFrom({ ...repository, ...more }, target) };
  return { at, calls: () => github.sent.slice(1).map(({ call }) => call) };
}

describe('the role from all sources', () => {
  test.each<[string, unknown, unknown]>([
    [
      'is the name of the role, not the permission',
      { permission: 'write', role_name: 'maintain' },
      'maintain',
    ],
    ['is none when GitHub names no role', { permission: 'none', role_name: '' }, 'none'],
    ['is none for a person whom GitHub does not know there', status(404, 'Not Found'), 'none'],
  ])('%s', async (_what, answer, role) => {
    const { at } = await atOrders({
      [READ_EFFECTIVE_ROLE]: answer,
      'GET /repos/lantern/orders/collaborators': [],
    });
    const { sources } = await readAccess(at, ANA);
    expect(sources.map(({ level }) => level)).toEqual(role === 'none' ? [] : [role]);
  });

  test('is unknown while GitHub fails', async () => {
    const { at } = await atOrders({ [READ_EFFECTIVE_ROLE]: status(500, 'Server Error') });
    expect(await outcome(readAccess(at, ANA))).toBe(
      'provider-unavailable: github: 500 Server Error (request ABC1)',
    );
  });

  test('is not none when GitHub knows no repository by this name any more (F24)', async () => {
    const { at } = await atOrders({
      [READ_EFFECTIVE_ROLE]: status(404, 'Not Found'),
      [GRAPHQL]: answered({ node: null }),
    });
    expect(await outcome(readAccess(at, ANA))).toBe('target-missing: github: 404 Not Found (request ABC1)');
  });

  test('is read first, and who has none costs no other request', async () => {
    const { at, calls } = await atOrders({ [READ_EFFECTIVE_ROLE]: { role_name: 'none' } });
    expect(await readAccess(at, ANA)).toEqual({ own: 'none', certain: true, isOwner: false, sources: [] });
    expect(calls()).toEqual([READ_EFFECTIVE_ROLE]);
  });

  test('is not read where the query says the sources', async () => {
    const { at, calls } = await atOrders(shows('write', [ops('read')]));
    expect(await readEntry(at, ANA)).toMatchObject({ own: 'write', certain: true });
    expect(calls()).toEqual([GRAPHQL]);
  });
});

describe('the sources', () => {
  const BASE = 'through the organisation’s base role or a role of the organisation';
  const edges = (...list: readonly unknown[]) => answered({ node: { collaborators: { edges: list } } });
  const source = (roleName: string | null, __typename: string, slug?: string) => ({
    roleName,
    source: { __typename, slug },
  });
  const ana = (...permissionSources: readonly unknown[]) => ({ node: { databaseId: 7 }, permissionSources });

  test.each<[string, unknown, object]>([
    [
      'that give nothing are left out',
      edges(ana(source('none', 'Organization'), source('write', 'Repository'))),
      { own: 'write', sources: [] },
    ],
    [
      'have their names in lower case',
      edges(ana(source('Maintain', 'Repository'), source('Read', 'Organization'))),
      { own: 'maintain', sources: [{ level: 'read', through: BASE }] },
    ],
    [
      'of another person are not theirs',
      edges(
        null,
        { node: { databaseId: 8 }, permissionSources: [source('admin', 'Repository')] },
        ana(source('read', 'Repository')),
      ),
      { own: 'read' },
    ],
    [
      'whose role GitHub does not name count as more than every role',
      edges(ana(source(null, 'Team', 'ops'), source('read', 'Repository'))),
      { own: 'read', sources: [{ level: 'an unnamed role', through: 'through the team ops' }] },
    ],
  ])('%s', async (_what, answer, access) => {
    const { at } = await atOrders({ [READ_EFFECTIVE_ROLE]: { role_name: 'read' }, [GRAPHQL]: answer });
    expect(await readAccess(at, ANA)).toMatchObject({ certain: true, ...access });
  });

  test('whose role GitHub does not name explain the role from all sources', async () => {
    const { at } = await atOrders({
      [READ_EFFECTIVE_ROLE]: { role_name: 'maintain' },
      [GRAPHQL]: edges(ana(source(null, 'Team', 'ops'))),
    });
    expect(await readAccess(at, ANA)).toEqual({
      own: 'none',
      certain: true,
      isOwner: false,
      sources: [{ level: 'an unnamed role', through: 'through the team ops' }],
    });
  });

  test.each(['read', 'maintain', 'security-lead'])(
    'do not say the own role when GitHub does not name it: the entry has at most the role %s that shows',
    async (shown) => {
      const { at } = await atOrders({
        [READ_EFFECTIVE_ROLE]: { role_name: shown },
        [GRAPHQL]: edges(ana(source(null, 'Repository'))),
        'GET /repos/lantern/orders/collaborators': [{ id: 7, login: 'ana', role_name: shown }],
      });
      expect(await readAccess(at, ANA)).toMatchObject({ own: shown, certain: shown === 'read' });
    },
  );

  test.each(['internal', 'public'])('name the visibility of a repository that is %s', async (visibility) => {
    const { at } = await atOrders(
      {
        [READ_EFFECTIVE_ROLE]: { role_name: 'read' },
        [GRAPHQL]: edges(),
        'GET /repos/lantern/orders/collaborators': [],
      },
      { visibility },
    );
    expect(await readAccess(at, ANA)).toMatchObject({
      own: 'none',
      certain: true,
      sources: [{ level: 'read', through: `because the repository is ${visibility}` }],
    });
  });

  test('of a person with admin by a role are no ownership', async () => {
    const { at } = await atOrders({
      ...shows('none', [base('admin')]),
      'GET /orgs/lantern/memberships/ana': { state: 'active', role: 'member' },
    });
    expect(await readAccess(at, ANA)).toMatchObject({
      isOwner: false,
      sources: [{ level: 'admin', through: BASE }],
    });
  });

  test('in words are those of the highest role', () => {
    const sources = [
      { level: 'write', through: 'through the team ops' },
      { level: 'read', through: 'through the team all' },
      { level: 'write', through: 'through the team dev' },
    ];
    expect(describeSources(sources)).toBe('write through the team ops and through the team dev');
  });
});
