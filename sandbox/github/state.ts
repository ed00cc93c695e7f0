/** The repository roles, lowest first. GitHub calls `read` "pull" and `write` "push" in request bodies. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type TeamRole = 'member' | 'maintainer';
export type Access = 'read' | 'write';

export type User = {
  id: number;
  login: string;
  name: string;
  type: 'User' | 'Bot';
  createdAt: number;
  /** An enterprise manages the account and hides it: GitHub answers 404 for the account itself ("Get a user"). */
  hidden?: boolean;
};

export type Invitation = { id: number; invitee: number; role: Exclude<Role, 'none'>; createdAt: number };

/** Something that a person did in a repository, such as a push. */
export type RepoEvent = { id: number; type: string; actor: number; createdAt: number };

/** One entry of an organisation's audit log about a repository, such as the clone of it by an account. */
export type AuditEntry = {
  id: number;
  kind: 'git' | 'web';
  action: string;
  actor: number;
  /** The name of the account when it did that. Another account can have it now. */
  login: string;
  repo: string;
  at: number;
};

/**
 * `direct` holds the roles that were set for single users. Roles from teams and from the organisation are
 * additional.
 */
export type Repo = {
  id: number;
  name: string;
  formerNames: string[];
  private: boolean;
  /** All members of the organisation can read it. */
  internal?: boolean;
  archived?: boolean;
  description: string;
  direct: Record<number, Role>;
  invitations: Invitation[];
  /** What people did in it, the newest last. */
  events?: RepoEvent[];
  /** The times of sent invitations, for the limit of 50 in 24 hours. */
  invitedAt: number[];
};

/** Another organisation or account, to which a repository was transferred. This App is not installed there. */
export type Owner = { id: number; login: string };
/** "Other collaborators to the transferred repository remain intact" (Transferring a repository). */
export type TransferredRepo = Repo & { owner: Owner };

export type Team = {
  id: number;
  slug: string;
  name: string;
  /** Team synchronization: the members come from the identity provider, and the API refuses to change them. */
  synchronised: boolean;
  /** The same for an enterprise with managed users: the team is connected with an external group. */
  externalGroup?: boolean;
  parent: number | null;
  members: Record<number, { role: TeamRole; state: 'active' | 'pending' }>;
  repos: Record<number, Role>;
};

export type Org = {
  id: number;
  login: string;
  baseRole: 'none' | 'read' | 'write' | 'admin';
  /** The organisation belongs to an enterprise with managed users. Then it has no team synchronization. */
  managedUsers?: boolean;
  /** The audit log, the newest entry last. Only organisations of GitHub Enterprise Cloud have one. */
  auditLog?: AuditEntry[];
  /** Roles of the organisation or of the enterprise that give people a role in every repository. */
  organisationRoles?: Record<number, Role>;
  enterpriseRoles?: Record<number, Role>;
  members: Record<number, 'admin' | 'member'>;
  invitations: { id: number; invitee: number; role: 'admin' | 'member'; createdAt: number }[];
};

/**
 * `repositories` is what the organisation's owner chose at installation: all repositories, or those with
 * these ids.
 */
export type App = {
  id: number;
  slug: string;
  publicKey: string;
  /**
   * GitHub shows the key once and does not store it. The sandbox stores it so that the demo can restart with
   * the same App.
   */
  privateKey: string;
  installation: {
    id: number;
    permissions: Record<string, Access>;
    repositories: 'all' | number[];
    suspended: boolean;
  };
};

export type Token = {
  token: string;
  /** The number of the App that it was made for. Left out, it is that of the first one. */
  app?: number;
  expiresAt: number;
  permissions: Record<string, Access>;
  repositories: 'all' | number[];
};

/**
 * One change of somebody's access, with the values before and after. Tests compare Curfew's results with
 * these effects.
 */
export type Effect = Readonly<{
  at: number;
  by: 'app' | 'person' | 'owner';
  what:
    | 'collaborator'
    | 'invitation'
    | 'team-membership'
    | 'organisation-membership'
    | 'account'
    | 'team-repository';
  user: number;
  login: string;
  /** `lantern/orders`, `lantern/orders-oncall` or `lantern`. */
  target: string;
  before: string;
  after: string;
}>;

/** The whole state of the simulated GitHub: one organisation, one App and all accounts. It is plain JSON. */
export type GithubState = {
  nextId: number;
  users: User[];
  org: Org;
  teams: Team[];
  repos: Repo[];
  /** What was transferred to other owners. */
  transferred?: TransferredRepo[];
  app: App;
  /** A second App, whose installation only removes access. */
  reaperApp?: App;
  tokens: Token[];
  effects: Effect[];
};

/** Every App of the organisation. */
export const appsOf = ({ app, reaperApp }: GithubState): readonly App[] =>
  reaperApp ? [app, reaperApp] : [app];

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export const newId = (state: GithubState): number => {
  state.nextId += 1;
  return state.nextId;
};
export const userNamed = (state: GithubState, login: string) =>
  state.users.find((user) => same(user.login, login));
export const userOf = (state: GithubState, id: number) => state.users.find((user) => user.id === id);
export const repoNamed = (state: GithubState, name: string) =>
  state.repos.find((repo) => same(repo.name, name));
export const teamNamed = (state: GithubState, slug: string) =>
  state.teams.find((team) => same(team.slug, slug));
/** The transferred repository that had this name here. Undefined when another repository has the name now. */
export const transferredAs = (state: GithubState, name: string) =>
  repoNamed(state, name)
    ? undefined
    : state.transferred?.find((repo) => [repo.name, ...repo.formerNames].some((old) => same(old, name)));
/**
 * The repository that had this name before it was renamed. Undefined when another repository has the name
 * now.
 */
export const repoFormerlyNamed = (state: GithubState, name: string) =>
  repoNamed(state, name)
    ? undefined
    : state.repos.find((repo) => repo.formerNames.some((old) => same(old, name)));
