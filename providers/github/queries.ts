// The types are written by hand, because production has no package for them. Tests compare them and the texts with GitHub's own
// schema.

/** What GitHub's schema says that may be missing is missing for what the App may not see. */
type Maybe<T> = T | null | undefined;
type Edges<E> = Readonly<{ edges?: Maybe<readonly Maybe<E>[]> }>;
export type MemberEdge = Readonly<{ node: Readonly<{ databaseId?: Maybe<number> }> }>;
export type RoledEdge = MemberEdge & Readonly<{ role: 'MAINTAINER' | 'MEMBER' }>;
export type SourceNode = Readonly<{
  roleName?: Maybe<string>;
  source: Readonly<{ __typename?: 'Organization' | 'Repository' | 'Team'; slug?: string }>;
}>;
export type CollaboratorEdge = MemberEdge & Readonly<{ permissionSources?: Maybe<readonly SourceNode[]> }>;
export type PageInfo = Readonly<{ hasNextPage: boolean; endCursor?: Maybe<string> }>;

/** A query of this provider and the type of its answer. */
export type Query<Answer> = Readonly<{ text: string; answer?: Answer }>;

/**
 * Searches one person among the team's own members and among those of its child teams. REST shows both as active.
 * (`Team.members(membership:)` in GitHub's GraphQL schema: "Filter by membership type".)
 */
export const FIND_MEMBER: Query<{ node?: Maybe<{ own: Edges<RoledEdge>; child: Edges<MemberEdge> }> }> = {
  text: `query ($team: ID!, $login: String!) {
  node(id: $team) {
    ... on Team {
      own: members(membership: IMMEDIATE, query: $login, first: 100) { edges { role node { databaseId } } }
      child: members(membership: CHILD_TEAM, query: $login, first: 100) { edges { node { databaseId } } }
    }
  }
}`,
};

type Numbered = Readonly<{ databaseId?: Maybe<number> }>;

/** The account, the team and its organisation with these names, and the account among the team's own members. */
export const FIND_TEAM_MEMBER: Query<{
  user?: Maybe<Numbered>;
  organization?: Maybe<Numbered & { team?: Maybe<Numbered & { members: Edges<MemberEdge> }> }>;
}> = {
  text: `query ($org: String!, $team: String!, $login: String!) {
  user(login: $login) { databaseId }
  organization(login: $org) {
    databaseId
    team(slug: $team) {
      databaseId
      members(membership: IMMEDIATE, query: $login, first: 100) { edges { node { databaseId } } }
    }
  }
}`,
};

/** One page of the team's own members. */
export const LIST_MEMBERS: Query<{
  node?: Maybe<{ members: Edges<RoledEdge> & { pageInfo: PageInfo } }>;
}> = {
  text: `query ($team: ID!, $after: String) {
  node(id: $team) {
    ... on Team {
      members(membership: IMMEDIATE, first: 100, after: $after) {
        edges { role node { databaseId } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
};

/**
 * Where one person's role in the repository comes from. REST shows only the highest role ("There is presently not a way to
 * differentiate between an organization level grant and a repository level grant from this endpoint response").
 * (`RepositoryCollaboratorEdge.permissionSources`: "A list of sources for the user's access to the repository".)
 */
export const FIND_COLLABORATOR: Query<{ node?: Maybe<{ collaborators?: Maybe<Edges<CollaboratorEdge>> }> }> =
  {
    text: `query ($repository: ID!, $login: String!) {
  node(id: $repository) {
    ... on Repository {
      collaborators(login: $login, first: 100) {
        edges {
          node { databaseId }
          permissionSources { roleName source { __typename ... on Team { slug } } }
        }
      }
    }
  }
}`,
  };

type NamedEdge = Readonly<{ node: Readonly<{ databaseId?: Maybe<number>; login: string }> }>;
export type NamedMemberEdge = NamedEdge & Readonly<{ role: 'MAINTAINER' | 'MEMBER' }>;
export type NamedCollaboratorEdge = NamedEdge & Pick<CollaboratorEdge, 'permissionSources'>;
type Paged<E> = Edges<E> & Readonly<{ pageInfo: PageInfo }>;

/** One page of the team's own members, with their names. */
export const DISCOVER_MEMBERS: Query<{ node?: Maybe<{ members: Paged<NamedMemberEdge> }> }> = {
  text: `query ($team: ID!, $after: String) {
  node(id: $team) {
    ... on Team {
      members(membership: IMMEDIATE, first: 100, after: $after) {
        edges { role node { databaseId login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
};

/** One page of the members of the team's child teams, with their names. */
export const DISCOVER_CHILD_MEMBERS: Query<{ node?: Maybe<{ members: Paged<NamedMemberEdge> }> }> = {
  text: `query ($team: ID!, $after: String) {
  node(id: $team) {
    ... on Team {
      members(membership: CHILD_TEAM, first: 100, after: $after) {
        edges { role node { databaseId login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
};

/** One page of everybody who has access to the repository, and where their roles come from. */
export const DISCOVER_COLLABORATORS: Query<{
  node?: Maybe<{ collaborators?: Maybe<Paged<NamedCollaboratorEdge>> }>;
}> = {
  text: `query ($repository: ID!, $after: String) {
  node(id: $repository) {
    ... on Repository {
      collaborators(affiliation: ALL, first: 100, after: $after) {
        edges {
          node { databaseId login }
          permissionSources { roleName source { __typename ... on Team { slug } } }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`,
};

/** The texts of all queries that can be sent. None of them is a mutation. */
export const QUERY_TEXTS: readonly string[] = [
  FIND_MEMBER.text,
  FIND_TEAM_MEMBER.text,
  LIST_MEMBERS.text,
  FIND_COLLABORATOR.text,
  DISCOVER_MEMBERS.text,
  DISCOVER_CHILD_MEMBERS.text,
  DISCOVER_COLLABORATORS.text,
];
