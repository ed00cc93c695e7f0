import { describe, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import { assertAllowed } from '../../providers/github/allow-list.ts';
import { QUERY_TEXTS } from '../../providers/github/queries.ts';

const isAllowed = (method: string, path: string, body?: unknown): boolean => {
  try {
    assertAllowed(method, path, body === undefined ? undefined : JSON.stringify(body));
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'provider-forbidden') return false;
    throw error;
  }
};

/** A right body for each call that has one. */
const BODIES: readonly unknown[] = [
  undefined,
  { permissions: { members: 'read' } },
  { role: 'member' },
  { permission: 'pull' },
  { permissions: 'read' },
  { query: QUERY_TEXTS[0], variables: {} },
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every path that GitHub documents, as Octokit lists them, such as `/repos/{owner}/{repo}`. */
const DOCUMENTED: readonly string[] = [
  ...new Set(
    Object.values(
      new Octokit().rest as unknown as Record<
        string,
        Record<string, { endpoint?: { DEFAULTS?: { url: string } } }>
      >,
    )
      .flatMap((group) => Object.values(group))
      .flatMap((call) => call.endpoint?.DEFAULTS?.url ?? []),
  ),
  '/repositories/{repository_id}', // only redirects name it
  '/organizations/{org_id}/team/{team_id}', // the documentation of other calls names them
  '/organizations/{org_id}/team/{team_id}/memberships/{username}',
  '/orgs/{org}/audit-log', // these are of GitHub Enterprise Cloud
  '/orgs/{org}/teams/{team_slug}/external-groups',
  '/orgs/{org}/teams/{team_slug}/team-sync/group-mappings',
  '/graphql',
];
/** A path with a value for each parameter. A number is right for every one of them. */
const filled = (template: string): string => template.replaceAll(/\{[^}]+\}/g, '7');

test('of everything that GitHub can do, exactly these calls can be sent (I24)', () => {
  expect(DOCUMENTED.length).toBeGreaterThan(600);
  const allowed = DOCUMENTED.flatMap((template) =>
    METHODS.filter((method) => BODIES.some((body) => isAllowed(method, filled(template), body))).map(
      (method) => `${method} ${template}`,
    ),
  );
  expect([...new Set(allowed.map((call) => call.replaceAll(/\{[^}]+\}/g, '{}')))].sort()).toEqual([
    'DELETE /organizations/{}/team/{}/memberships/{}',
    'DELETE /repos/{}/{}/collaborators/{}',
    'DELETE /repos/{}/{}/invitations/{}',
    'GET /app/installations/{}',
    'GET /organizations/{}/team/{}',
    'GET /organizations/{}/team/{}/memberships/{}',
    'GET /orgs/{}/audit-log',
    'GET /orgs/{}/memberships/{}',
    'GET /orgs/{}/teams/{}',
    'GET /orgs/{}/teams/{}/external-groups',
    'GET /orgs/{}/teams/{}/invitations',
    'GET /orgs/{}/teams/{}/members',
    'GET /orgs/{}/teams/{}/repos',
    'GET /orgs/{}/teams/{}/team-sync/group-mappings',
    'GET /repos/{}/{}',
    'GET /repos/{}/{}/collaborators',
    'GET /repos/{}/{}/collaborators/{}/permission',
    'GET /repos/{}/{}/events',
    'GET /repos/{}/{}/invitations',
    'GET /repositories/{}',
    'GET /user/{}',
    'GET /users/{}',
    'PATCH /repos/{}/{}/invitations/{}',
    'POST /app/installations/{}/access_tokens',
    'POST /graphql',
    'PUT /organizations/{}/team/{}/memberships/{}',
    'PUT /repos/{}/{}/collaborators/{}',
  ]);
});

describe('a path is read as a whole', () => {
  test.each([
    ['more behind it', 'GET', '/users/ana/keys'],
    ['more before it', 'GET', '/enterprises/users/ana'],
    ['another API before it', 'GET', '/x/repos/lantern/orders'],
    ['a slash at its end', 'GET', '/repos/lantern/orders/'],
    ['no value', 'GET', '/users/'],
    ['an empty part', 'GET', '/repos//orders'],
    ['a line end behind it', 'GET', '/users/ana\n'],
    ['a second line', 'GET', '/users/ana\n/orgs/lantern'],
    ['a slash that is written as %2F', 'GET', '/users/ana%2Fkeys'],
    ['a space', 'GET', '/users/ana ferreira'],
    ['a query', 'GET', '/users/ana?x=1'],
    ['a name where a number belongs', 'GET', '/user/ana'],
    ['a name where the number of an installation belongs', 'GET', '/app/installations/all'],
    ['letters behind a number', 'GET', '/repositories/7a'],
    ['the account of the caller', 'GET', '/user'],
    ['the App itself', 'GET', '/app'],
    ['a method in lower case', 'get', '/users/ana'],
    ['nothing', 'GET', ''],
    ['the root', 'GET', '/'],
  ])('%s is refused', (_what, method, path) => {
    expect(BODIES.some((body) => isAllowed(method, path, body))).toBe(false);
  });

  test.each(['ana-ferreira', 'Ana.F', 'a_b', '7'])('the name %s is accepted', (name) => {
    expect(isAllowed('GET', `/users/${name}`)).toBe(true);
  });
});

describe('a query in GraphQL', () => {
  const text = QUERY_TEXTS[0] ?? '';
  test.each<[string, unknown]>([
    ...QUERY_TEXTS.map((query, n): [string, unknown] => [
      `text ${n} of this provider`,
      { query, variables: { team: 'T_1' } },
    ]),
    ['one for the first page', { query: text, variables: { after: null } }],
  ])('may be %s', (_what, body) => expect(isAllowed('POST', '/graphql', body)).toBe(true));

  test.each<[string, unknown]>([
    ['a mutation', { query: 'mutation { deleteRepository(input: {}) { clientMutationId } }', variables: {} }],
    ['another query', { query: 'query { viewer { login } }', variables: {} }],
    ['a text with a space behind it', { query: `${text} `, variables: {} }],
    ['a text with a mutation behind it', { query: `${text}\nmutation { x }`, variables: {} }],
    ['no text', { variables: {} }],
    ['a further field, such as the name of an operation', { query: text, variables: {}, operationName: 'x' }],
    ['a variable that is an object', { query: text, variables: { team: { input: 1 } } }],
    ['variables that are a list', { query: text, variables: ['x'] }],
    ['a list of queries', [{ query: text, variables: {} }]],
    ['nothing', undefined],
  ])('may not be %s', (_what, body) => expect(isAllowed('POST', '/graphql', body)).toBe(false));

  test('is no mutation, in any of the texts', () =>
    expect(QUERY_TEXTS.filter((each) => /mutation|subscription/i.test(each))).toEqual([]));
});

type Row = [what: string, method: string, path: string, body: unknown];

describe('the body of a call that writes', () => {
  const TEAM = '/organizations/3001/team/51/memberships/ana';
  const COLLABORATOR = '/repos/lantern/orders/collaborators/ana';
  const INVITATION = '/repos/lantern/orders/invitations/7';
  const TOKEN = '/app/installations/8001/access_tokens';
  const members = { members: 'read' };

  test.each<Row>([
    ['a member of a team', 'PUT', TEAM, { role: 'member' }],
    ['a maintainer of a team', 'PUT', TEAM, { role: 'maintainer' }],
    ...['pull', 'triage', 'push', 'maintain', 'admin'].map((permission): Row => [
      `a collaborator with ${permission}`,
      'PUT',
      COLLABORATOR,
      { permission },
    ]),
    ...['read', 'triage', 'write', 'maintain', 'admin'].map((permissions): Row => [
      `an invitation to ${permissions}`,
      'PATCH',
      INVITATION,
      { permissions },
    ]),
    ['a token for memberships', 'POST', TOKEN, { permissions: { members: 'write' } }],
    ['a token for one repository', 'POST', TOKEN, { permissions: members, repositories: ['orders'] }],
    [
      'a token for one repository by its number',
      'POST',
      TOKEN,
      { permissions: members, repository_ids: [1] },
    ],
    [
      'a token with all that the App needs',
      'POST',
      TOKEN,
      { permissions: { administration: 'write', members: 'write', metadata: 'read' } },
    ],
    [
      'a token that only reads',
      'POST',
      TOKEN,
      { permissions: { administration: 'read', members: 'read', metadata: 'read' } },
    ],
    ['a token with nothing', 'POST', TOKEN, { permissions: {} }],
    ['an end of a membership', 'DELETE', TEAM, undefined],
    ['an end of a collaborator', 'DELETE', COLLABORATOR, undefined],
    ['an end of an invitation', 'DELETE', INVITATION, undefined],
  ])('may be %s', (_what, method, path, body) => expect(isAllowed(method, path, body)).toBe(true));

  test.each<Row>([
    ['no role in a team', 'PUT', TEAM, {}],
    ['no body for a team', 'PUT', TEAM, undefined],
    ['an owner of a team', 'PUT', TEAM, { role: 'admin' }],
    ['the level none in a team', 'PUT', TEAM, { role: 'none' }],
    ['a list of roles', 'PUT', TEAM, { role: ['member'] }],
    ['a further field', 'PUT', TEAM, { role: 'member', privacy: 'secret' }],
    ['no role of a collaborator, which GitHub reads as push', 'PUT', COLLABORATOR, {}],
    ['the level none of a collaborator', 'PUT', COLLABORATOR, { permission: 'none' }],
    ['a custom role', 'PUT', COLLABORATOR, { permission: 'god' }],
    ['the name of a role instead of a permission', 'PUT', COLLABORATOR, { permission: 'write' }],
    ['no role of an invitation', 'PATCH', INVITATION, {}],
    ['a permission instead of the name of a role', 'PATCH', INVITATION, { permissions: 'push' }],
    ['a token for everything', 'POST', TOKEN, {}],
    ['a token without a body', 'POST', TOKEN, undefined],
    ['a token for one repository and everything in it', 'POST', TOKEN, { repositories: ['orders'] }],
    ['a token that reads code', 'POST', TOKEN, { permissions: { contents: 'read' } }],
    [
      'a token that reads code besides memberships',
      'POST',
      TOKEN,
      { permissions: { ...members, contents: 'read' } },
    ],
    ['a token that administers memberships', 'POST', TOKEN, { permissions: { members: 'admin' } }],
    ['a token that writes metadata', 'POST', TOKEN, { permissions: { metadata: 'write' } }],
    ['a token that administers', 'POST', TOKEN, { permissions: { administration: 'admin' } }],
    ['a token for two repositories', 'POST', TOKEN, { permissions: members, repositories: ['a', 'b'] }],
    ['a token for no repository', 'POST', TOKEN, { permissions: members, repositories: [] }],
    [
      'a token for a repository by name among the numbers',
      'POST',
      TOKEN,
      { permissions: members, repository_ids: ['1'] },
    ],
    ['permissions that are a list', 'POST', TOKEN, { permissions: [] }],
    ['permissions that are a number', 'POST', TOKEN, { permissions: 7 }],
    ['permissions that are null', 'POST', TOKEN, { permissions: null }],
    ['a body that is a number', 'PUT', TEAM, 7],
    ['a field of every object', 'POST', TOKEN, { permissions: { constructor: 'read' } }],
    ['a further field that every object has', 'PUT', TEAM, { role: 'member', constructor: 'x' }],
    ['a body that is a list', 'PUT', TEAM, ['member']],
    ['a body that is null', 'PUT', TEAM, null],
    ['a body with a call that has none', 'DELETE', TEAM, { role: 'member' }],
    ['a body with a call that reads', 'GET', TEAM, { role: 'member' }],
  ])('may not be %s', (_what, method, path, body) => expect(isAllowed(method, path, body)).toBe(false));

  test.each<[string, string, unknown]>([
    ['PUT', TEAM, { role: 'member' }],
    ['PUT', TEAM, Buffer.from('{"role":"member"}')],
    ['DELETE', TEAM, Buffer.from('x')],
  ])('is text: %s %s', (method, path, body) =>
    expect(() => assertAllowed(method, path, body)).toThrow(
      `provider-forbidden: github: ${method} ${path} is not in the list of calls that Curfew may send`,
    ),
  );
});
