import { expect, test } from '@jest/globals';
import {
  validate,
  type PageInfo as GitHubPageInfo,
  type PermissionSource,
  type RepositoryCollaboratorEdge,
  type TeamMemberEdge,
} from '@octokit/graphql-schema';
import {
  QUERY_TEXTS,
  type CollaboratorEdge,
  type NamedMemberEdge,
  type PageInfo,
  type RoledEdge,
  type SourceNode,
} from '../../providers/github/queries.ts';

test.each(QUERY_TEXTS.map((text): [string, string] => [text.split('\n')[0] ?? '', text]))(
  'GitHub’s own schema accepts the query %s',
  (_first, text) => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    const misspelt = text.replace('databaseId', 'databaseNumber');
    expect(validate(misspelt).map(({ message }) => message)).toEqual([
      expect.stringContaining('databaseNumber'),
    ]);
  },
);

test('the types of the answers fit those of GitHub’s own schema', () => {
  // The compiler checks this: each function takes GitHub's type and returns the one of this provider.
  const fits = [
    (edge: TeamMemberEdge): RoledEdge => edge,
    (edge: TeamMemberEdge): NamedMemberEdge => edge,
    (edge: Omit<RepositoryCollaboratorEdge, 'permissionSources'>): CollaboratorEdge => edge,
    ({ roleName = null, source }: PermissionSource): SourceNode => ({ roleName, source }),
    ({ hasNextPage, endCursor = null }: GitHubPageInfo): PageInfo => ({ hasNextPage, endCursor }),
  ];
  expect(fits).toHaveLength(5);
});
