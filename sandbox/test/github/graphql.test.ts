import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { schema } from '@octokit/graphql-schema';
import {
  buildClientSchema,
  buildSchema,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { SCHEMA } from '../../github/graphql-schema.ts';
import { nodeId } from '../../github/render.ts';
import { startTestGithub } from './github.fixture.ts';

/** Each field with its arguments and type, and each value, of the types that both schemas have. */
function described(of: GraphQLSchema, names: readonly string[]): Readonly<Record<string, unknown>> {
  const spelled = names.map((name) => {
    const type = of.getType(name);
    if (isEnumType(type))
      return [
        name,
        type
          .getValues()
          .map((each) => each.name)
          .sort(),
      ];
    if (isUnionType(type))
      return [
        name,
        type
          .getTypes()
          .map((each) => each.name)
          .sort(),
      ];
    if (!isObjectType(type) && !isInterfaceType(type)) return [name, 'missing'];
    const fields = Object.values(type.getFields()).map((field) => [
      field.name,
      {
        type: String(field.type),
        args: Object.fromEntries(
          field.args.map((arg) => [arg.name, `${String(arg.type)} = ${JSON.stringify(arg.defaultValue)}`]),
        ),
      },
    ]);
    return [name, Object.fromEntries(fields) as unknown];
  });
  return Object.fromEntries(spelled) as Readonly<Record<string, unknown>>;
}

test('every type, field, argument and value of the sandbox is in GitHub’s own schema', () => {
  const ours = buildSchema(SCHEMA);
  const names = Object.keys(ours.getTypeMap()).filter(
    (name) => !name.startsWith('__') && !['Boolean', 'ID', 'Int', 'String'].includes(name),
  );
  expect(names.length).toBeGreaterThan(10);
  const theirs = buildClientSchema(schema.json as unknown as IntrospectionQuery);
  expect(described(theirs, names)).toMatchObject(described(ours, names));
});

let github: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (github = await startTestGithub()));
afterEach(() => github.stop());

const [PLATFORM, ORDERS] = [nodeId('T', 5002), nodeId('R', 6001)];
const MEMBERS = `query ($team: ID!, $membership: TeamMembershipType, $query: String, $first: Int, $after: String) {
  node(id: $team) { ... on Team {
    members(membership: $membership, query: $query, first: $first, after: $after) {
      edges { role node { login } } pageInfo { hasNextPage endCursor }
    }
  } }
}`;
const SOURCES = `query ($repository: ID!, $login: String!) {
  node(id: $repository) { ... on Repository {
    collaborators(login: $login, first: 1) {
      edges { permission node { login } permissionSources {
        permission roleName source { __typename ... on Team { slug } }
      } }
    }
  } }
}`;
type Answer = Readonly<{ data?: unknown; errors?: readonly Readonly<{ type?: string; path?: unknown }>[] }>;

async function ask(query: string, variables: object, token = github.token) {
  const answer = await fetch(`${github.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `token ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { ...((await answer.json()) as Answer), status: answer.status, headers: answer.headers };
}
const errorTypes = ({ errors = [] }: Answer) => errors.map(({ type }) => type);

describe('the members of a team', () => {
  const asked = async (more: object = {}) => {
    const { data } = await ask(MEMBERS, { team: PLATFORM, first: 100, ...more });
    const { node } = data as { node: { members: { edges: { role: string; node: { login: string } }[] } } };
    return node.members.edges.map((edge) => `${edge.node.login}: ${edge.role}`);
  };

  test('are its own, those of its child teams, or both', async () => {
    github.github.setTeamMember('ana-ferreira', 'platform-storage', 'member');
    github.github.setTeamMember('bo-lindqvist', 'platform-storage', 'member');
    expect(await asked({ membership: 'IMMEDIATE' })).toEqual(['bo-lindqvist: MAINTAINER']);
    expect(await asked({ membership: 'CHILD_TEAM' })).toEqual([
      'ana-ferreira: MEMBER',
      'bo-lindqvist: MAINTAINER',
    ]);
    expect(await asked({ membership: 'ALL' })).toHaveLength(2);
    expect(await asked({ membership: 'ALL', query: 'ana-ferreira' })).toEqual(['ana-ferreira: MEMBER']);
  });

  test('who are invited are none', async () => {
    github.github.inviteToOrg('zoe-park');
    await github.send('PUT /orgs/lantern/teams/platform/memberships/zoe-park', { role: 'member' });
    expect(await asked({ membership: 'ALL' })).toEqual(['bo-lindqvist: MAINTAINER']);
  });

  test('come in pages, with a cursor', async () => {
    for (const login of ['ana-ferreira', 'cy-okafor'])
      github.github.setTeamMember(login, 'platform', 'member');
    const { data } = await ask(MEMBERS, { team: PLATFORM, first: 2 });
    const { pageInfo } = (
      data as { node: { members: { pageInfo: { endCursor: string; hasNextPage: boolean } } } }
    ).node.members;
    expect(pageInfo.hasNextPage).toBe(true);
    expect(await asked({ first: 2, after: pageInfo.endCursor })).toHaveLength(1);
  });

  test.each([
    ['without the size of a page', {}, 'MISSING_PAGINATION_BOUNDARIES'],
    ['with too large a page', { first: 101 }, 'EXCESSIVE_PAGINATION'],
  ])('are not shown %s', async (_what, page, type) =>
    expect(errorTypes(await ask(MEMBERS, { team: PLATFORM, ...page }))).toEqual([type]),
  );

  test('are not shown to a token without the permission Members', async () => {
    const token = await github.tokenFor({ permissions: { metadata: 'read' } });
    const answer = await ask(MEMBERS, { team: PLATFORM, first: 1 }, token);
    expect(answer).toMatchObject({ status: 200, data: { node: null } });
    expect(errorTypes(answer)).toEqual(['FORBIDDEN']);
  });
});

describe('the sources of a role', () => {
  const sourcesOf = async (login: string) => ask(SOURCES, { repository: ORDERS, login });

  test('are the own entry, each team, and the organisation', async () => {
    github.github.setCollaborator('ana-ferreira', 'orders', 'triage');
    github.github.setTeamMember('ana-ferreira', 'orders-oncall', 'member');
    const { data, errors } = await sourcesOf('ana-ferreira');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      node: {
        collaborators: {
          edges: [
            {
              permission: 'MAINTAIN',
              node: { login: 'ana-ferreira' },
              permissionSources: [
                { permission: 'READ', roleName: 'triage', source: { __typename: 'Repository' } },
                {
                  permission: 'WRITE',
                  roleName: 'maintain',
                  source: { __typename: 'Team', slug: 'orders-oncall' },
                },
                { permission: 'READ', roleName: 'read', source: { __typename: 'Organization' } },
              ],
            },
          ],
        },
      },
    });
  });

  test('do not name a role of the enterprise, which counts in REST', async () => {
    github.github.setEnterpriseRole('ana-ferreira', 'admin');
    const { data } = await sourcesOf('ana-ferreira');
    expect(JSON.stringify(data)).not.toContain('admin');
    expect(JSON.stringify(data)).toContain('"permission":"ADMIN"');
  });

  test('are null for a person in a team of the enterprise, which a token of the organisation does not see', async () => {
    github.github.createTeam('ent:auditors');
    github.github.setTeamRepo('ent:auditors', 'orders', 'write');
    github.github.setTeamMember('ana-ferreira', 'ent:auditors', 'member');
    const answer = await sourcesOf('ana-ferreira');
    expect(errorTypes(answer)).toEqual(['NOT_FOUND']);
    expect(answer.data).toMatchObject({ node: { collaborators: { edges: [{ permissionSources: null }] } } });
  });

  test('of a person without access are none', async () =>
    expect((await sourcesOf('zoe-park')).data).toEqual({ node: { collaborators: { edges: [] } } }));

  test('are not shown of a repository that the token does not cover', async () => {
    const token = await github.tokenFor({ repository_ids: [6002] });
    const answer = await ask(SOURCES, { repository: ORDERS, login: 'ana-ferreira' }, token);
    expect(answer).toMatchObject({ status: 200, data: { node: null } });
    expect(errorTypes(answer)).toEqual(['NOT_FOUND']);
  });
});

describe('a query', () => {
  test('of a field that does not exist is answered with an error and no data', async () => {
    const answer = await ask('{ node(id: "x") { createdAt } }', {});
    expect(answer.status).toBe(200);
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors).toHaveLength(1);
  });

  test('without a text is refused', async () =>
    expect(
      (
        await fetch(`${github.url}/graphql`, {
          method: 'POST',
          headers: { authorization: `token ${github.token}` },
          body: '{}',
        })
      ).status,
    ).toBe(400));

  test('without a token is refused', async () =>
    expect((await ask('{ __typename }', {}, 'x')).status).toBe(401));

  test('has limits of its own, and beyond them GitHub answers 200 with an error', async () => {
    await github.stop();
    github = await startTestGithub({ limits: { perHour: 2 } });
    await ask('{ __typename }', {});
    const last = await ask('{ __typename }', {});
    expect([last.headers.get('x-ratelimit-resource'), last.headers.get('x-ratelimit-remaining')]).toEqual([
      'graphql',
      '0',
    ]);
    const beyond = await ask('{ __typename }', {});
    expect([beyond.status, errorTypes(beyond)]).toEqual([200, ['RATE_LIMITED']]);
    expect((await github.send('GET /orgs/lantern/teams')).status).toBe(200);
  });
});
