import { effectiveRole } from './rules.ts';
import {
  newId,
  type Effect,
  type Invitation,
  type Repo,
  type Role,
  type Team,
  type TeamRole,
  type User,
  type World,
} from './world.ts';

/** Where every change goes through: the world, the clock, and the record of what happened. */
export type ChangeContext = Readonly<{
  world: World;
  now(): number;
  record(effect: Omit<Effect, 'at' | 'login'>): void;
}>;
type By = Effect['by'];

const nameOf = (hub: ChangeContext, thing: Repo | Team): string =>
  `${hub.world.org.login}/${'slug' in thing ? thing.slug : thing.name}`;

/** Writes down who may do what after `act`, when it differs from before. */
function recordRepoChange(hub: ChangeContext, by: By, repo: Repo, user: User, act: () => void): void {
  const seen = () => `${repo.direct[user.id] ?? 'none'} (in effect ${effectiveRole(hub.world, user, repo)})`;
  const before = seen();
  act();
  const after = seen();
  if (before !== after)
    hub.record({ by, what: 'collaborator', user: user.id, target: nameOf(hub, repo), before, after });
}

export const setDirect = (hub: ChangeContext, by: By, repo: Repo, user: User, role: Role): void =>
  recordRepoChange(hub, by, repo, user, () => {
    if (role === 'none') delete repo.direct[user.id];
    else repo.direct[user.id] = role;
  });

export function invite(
  hub: ChangeContext,
  by: By,
  repo: Repo,
  user: User,
  role: Invitation['role'],
): Invitation {
  const open = repo.invitations.find(({ invitee }) => invitee === user.id);
  const before = open?.role ?? 'none';
  const invitation = open ?? { id: newId(hub.world), invitee: user.id, role, createdAt: hub.now() };
  invitation.role = role;
  if (!open) repo.invitations.push(invitation);
  if (!open) repo.invitedAt.push(hub.now());
  const target = nameOf(hub, repo);
  if (before !== role) hub.record({ by, what: 'invitation', user: user.id, target, before, after: role });
  return invitation;
}

export function dropInvitation(
  hub: ChangeContext,
  by: By,
  repo: Repo,
  { id, invitee, role }: Invitation,
): void {
  repo.invitations = repo.invitations.filter((each) => each.id !== id);
  const target = nameOf(hub, repo);
  hub.record({ by, what: 'invitation', user: invitee, target, before: role, after: 'none' });
}

export function setTeamMember(
  hub: ChangeContext,
  by: By,
  team: Team,
  user: User,
  now: { role: TeamRole; state: 'active' | 'pending' } | undefined,
): void {
  const spelled = () => {
    const own = team.members[user.id];
    return own ? `${own.role} (${own.state})` : 'none';
  };
  const before = spelled();
  if (now) team.members[user.id] = now;
  else delete team.members[user.id];
  const after = spelled();
  const target = nameOf(hub, team);
  if (before !== after) hub.record({ by, what: 'team-membership', user: user.id, target, before, after });
}

/** Leaving the organisation takes every team and every repository with it. */
export function setOrgMember(
  hub: ChangeContext,
  by: By,
  user: User,
  role: 'admin' | 'member' | 'none',
): void {
  const { org, teams, repos } = hub.world;
  const before = org.members[user.id] ?? 'none';
  org.invitations = org.invitations.filter(({ invitee }) => invitee !== user.id);
  if (role !== 'none') org.members[user.id] = role;
  else {
    for (const team of teams) setTeamMember(hub, by, team, user, undefined);
    for (const repo of repos) setDirect(hub, by, repo, user, 'none');
    delete org.members[user.id];
  }
  const what = 'organisation-membership';
  if (before !== role) hub.record({ by, what, user: user.id, target: org.login, before, after: role });
}

/** An organisation invitation, accepted: the pending team memberships that came with it become active. */
export function joinOrg(hub: ChangeContext, user: User): void {
  const invitation = hub.world.org.invitations.find(({ invitee }) => invitee === user.id);
  if (!invitation) throw new Error(`${user.login} is not invited to ${hub.world.org.login}`);
  setOrgMember(hub, 'person', user, invitation.role);
  for (const team of hub.world.teams) {
    const own = team.members[user.id];
    if (own?.state === 'pending') setTeamMember(hub, 'person', team, user, { ...own, state: 'active' });
  }
}

export function inviteToOrg(hub: ChangeContext, by: By, user: User, role: 'admin' | 'member') {
  const { org } = hub.world;
  const open = org.invitations.find(({ invitee }) => invitee === user.id);
  const invitation = open ?? { id: newId(hub.world), invitee: user.id, role, createdAt: hub.now() };
  invitation.role = role;
  if (!open) org.invitations.push(invitation);
  const after = `invited as ${role}`;
  const what = 'organisation-membership';
  if (!open) hub.record({ by, what, user: user.id, target: org.login, before: 'none', after });
  return invitation;
}

export function deleteAccount(hub: ChangeContext, user: User): void {
  setOrgMember(hub, 'person', user, 'none');
  for (const repo of hub.world.repos)
    for (const invitation of repo.invitations.filter(({ invitee }) => invitee === user.id))
      dropInvitation(hub, 'person', repo, invitation);
  hub.record({
    by: 'person',
    what: 'account',
    user: user.id,
    target: user.login,
    before: 'exists',
    after: 'none',
  });
  hub.world.users = hub.world.users.filter(({ id }) => id !== user.id);
}
