/**
 * The part of GitHub's GraphQL schema that the sandbox has. Each type, field and argument is as in GitHub's own schema
 * (`@octokit/graphql-schema`), and a test compares them.
 */
export const SCHEMA = /* GraphQL */ `
  type Query {
    node(id: ID!): Node
    organization(login: String!): Organization
    user(login: String!): User
  }

  interface Node {
    id: ID!
  }

  type Organization implements Node {
    databaseId: Int
    id: ID!
    login: String!
    team(slug: String!): Team
  }

  type User implements Node {
    databaseId: Int
    id: ID!
    login: String!
  }

  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
  }

  enum TeamMembershipType {
    ALL
    CHILD_TEAM
    IMMEDIATE
  }

  enum TeamMemberRole {
    MAINTAINER
    MEMBER
  }

  type TeamMemberEdge {
    cursor: String!
    node: User!
    role: TeamMemberRole!
  }

  type TeamMemberConnection {
    edges: [TeamMemberEdge]
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type Team implements Node {
    databaseId: Int
    id: ID!
    members(
      after: String
      first: Int
      membership: TeamMembershipType = ALL
      query: String
    ): TeamMemberConnection!
    slug: String!
  }

  enum CollaboratorAffiliation {
    ALL
    DIRECT
    OUTSIDE
  }

  enum DefaultRepositoryPermissionField {
    ADMIN
    NONE
    READ
    WRITE
  }

  enum RepositoryPermission {
    ADMIN
    MAINTAIN
    READ
    TRIAGE
    WRITE
  }

  union PermissionGranter = Organization | Repository | Team

  type PermissionSource {
    organization: Organization!
    permission: DefaultRepositoryPermissionField!
    roleName: String
    source: PermissionGranter!
  }

  type RepositoryCollaboratorEdge {
    cursor: String!
    node: User!
    permission: RepositoryPermission!
    permissionSources: [PermissionSource!]
  }

  type RepositoryCollaboratorConnection {
    edges: [RepositoryCollaboratorEdge]
    pageInfo: PageInfo!
    totalCount: Int!
  }

  type Repository implements Node {
    collaborators(
      affiliation: CollaboratorAffiliation
      after: String
      first: Int
      login: String
      query: String
    ): RepositoryCollaboratorConnection
    databaseId: Int
    id: ID!
    name: String!
  }
`;
