/** The repository roles, lowest first. GitHub calls `read` "pull" and `write` "push" in request bodies. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type TeamRole = 'member' | 'maintainer';
export type Access = 'read' | 'write';

export type User = { id: number; login: string; name: string; type: 'User' | 'Bot'; createdAt: number };

export type Invitation = { id: number; invitee: number; role: Exclude<Role, 'none'>; createdAt: number };

/** `direct` is what an administrator gave to the person by name; teams and the organisation come on top. */
export type Repo = {
  id: number;
  name: string;
  formerNames: string[];
  private: boolean;
  archived?: boolean;
  description: string;
  direct: Record<number, Role>;
  invitations: Invitation[];
  /** When invitations were sent, for the limit of 50 in 24 hours. */
  invitedAt: number[];
};

export type Team = {
  id: number;
  slug: string;
  name: string;
  /** Membership comes from the identity provider; the API refuses to change it. */
  synchronised: boolean;
  parent: number | null;
  members: Record<number, { role: TeamRole; state: 'active' | 'pending' }>;
  repos: Record<number, Role>;
};

export type Org = {
  id: number;
  login: string;
  baseRole: 'none' | 'read' | 'write' | 'admin';
  members: Record<number, 'admin' | 'member'>;
  invitations: { id: number; invitee: number; role: 'admin' | 'member'; createdAt: number }[];
};

/** `repositories` is what the organisation's owner chose when installing: all, or these ids. */
export type App = {
  id: number;
  slug: string;
  publicKey: string;
  /** GitHub shows it once and forgets it. Kept here only so that a demo on one machine can start again. */
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
  expiresAt: number;
  permissions: Record<string, Access>;
  repositories: 'all' | number[];
};

/** One change of who may do what, as it happened: the ground truth that tests judge by. */
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

/** Everything this GitHub knows: one organisation, one App, and the accounts of the world. Plain JSON. */
export type World = {
  nextId: number;
  users: User[];
  org: Org;
  teams: Team[];
  repos: Repo[];
  app: App;
  tokens: Token[];
  effects: Effect[];
};

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export const newId = (world: World): number => {
  world.nextId += 1;
  return world.nextId;
};
export const userNamed = (world: World, login: string) => world.users.find((user) => same(user.login, login));
export const userOf = (world: World, id: number) => world.users.find((user) => user.id === id);
export const repoNamed = (world: World, name: string) => world.repos.find((repo) => same(repo.name, name));
export const teamNamed = (world: World, slug: string) => world.teams.find((team) => same(team.slug, slug));
/** A repository that was renamed answers under its old name with a redirect, until the name is taken again. */
export const repoOnceNamed = (world: World, name: string) =>
  repoNamed(world, name)
    ? undefined
    : world.repos.find((repo) => repo.formerNames.some((old) => same(old, name)));
