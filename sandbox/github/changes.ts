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
  type GithubState,
} from './state.ts';

/**
 * What a change needs: the state to change, the clock, and the log of effects. `contextOf` in `server.ts`
 * sets who made the change.
 */
export type ChangeContext = Readonly<{
  state: GithubState;
  now(): number;
  record(effect: Omit<Effect, 'at' | 'by' | 'login'>): void;
}>;

const nameOf = (context: ChangeContext, thing: Repo | Team): string =>
  `${context.state.org.login}/${'slug' in thing ? thing.slug : thing.name}`;

/** Makes the change and records an effect if it changed the user's role on the repository. */
function recordRepoChange(context: ChangeContext, repo: Repo, user: User, act: () => void): void {
  const seen = () =>
    `${repo.direct[user.id] ?? 'none'} (in effect ${effectiveRole(context.state, user, repo)})`;
  const before = seen();
  act();
  const after = seen();
  if (before !== after)
    context.record({ what: 'collaborator', user: user.id, target: nameOf(context, repo), before, after });
}

export const setDirect = (context: ChangeContext, repo: Repo, user: User, role: Role): void =>
  recordRepoChange(context, repo, user, () => {
    if (role === 'none') delete repo.direct[user.id];
    else repo.direct[user.id] = role;
  });

export function invite(context: ChangeContext, repo: Repo, user: User, role: Invitation['role']): Invitation {
  const open = repo.invitations.find(({ invitee }) => invitee === user.id);
  const before = open?.role ?? 'none';
  const invitation = open ?? { id: newId(context.state), invitee: user.id, role, createdAt: context.now() };
  invitation.role = role;
  if (!open) repo.invitations.push(invitation);
  if (!open) repo.invitedAt.push(context.now());
  const target = nameOf(context, repo);
  if (before !== role) context.record({ what: 'invitation', user: user.id, target, before, after: role });
  return invitation;
}

export function dropInvitation(context: ChangeContext, repo: Repo, { id, invitee, role }: Invitation): void {
  repo.invitations = repo.invitations.filter((each) => each.id !== id);
  const target = nameOf(context, repo);
  context.record({ what: 'invitation', user: invitee, target, before: role, after: 'none' });
}

export function setTeamMember(
  context: ChangeContext,
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
  const target = nameOf(context, team);
  if (before !== after) context.record({ what: 'team-membership', user: user.id, target, before, after });
}

/**
 * A user who leaves the organisation also loses all team memberships and direct repository roles, as at
 * GitHub.
 */
export function setOrgMember(context: ChangeContext, user: User, role: 'admin' | 'member' | 'none'): void {
  const { org, teams, repos } = context.state;
  const before = org.members[user.id] ?? 'none';
  org.invitations = org.invitations.filter(({ invitee }) => invitee !== user.id);
  if (role !== 'none') org.members[user.id] = role;
  else {
    for (const team of teams) setTeamMember(context, team, user, undefined);
    for (const repo of repos) setDirect(context, repo, user, 'none');
    delete org.members[user.id];
  }
  const what = 'organisation-membership';
  if (before !== role) context.record({ what, user: user.id, target: org.login, before, after: role });
}

/** Accepts an organisation invitation. The pending team memberships of the invitation become active. */
export function joinOrg(context: ChangeContext, user: User): void {
  const invitation = context.state.org.invitations.find(({ invitee }) => invitee === user.id);
  if (!invitation) throw new Error(`${user.login} is not invited to ${context.state.org.login}`);
  setOrgMember(context, user, invitation.role);
  for (const team of context.state.teams) {
    const own = team.members[user.id];
    if (own?.state === 'pending') setTeamMember(context, team, user, { ...own, state: 'active' });
  }
}

export function inviteToOrg(context: ChangeContext, user: User, role: 'admin' | 'member') {
  const { org } = context.state;
  const open = org.invitations.find(({ invitee }) => invitee === user.id);
  const invitation = open ?? { id: newId(context.state), invitee: user.id, role, createdAt: context.now() };
  invitation.role = role;
  if (!open) org.invitations.push(invitation);
  const after = `invited as ${role}`;
  const what = 'organisation-membership';
  if (!open) context.record({ what, user: user.id, target: org.login, before: 'none', after });
  return invitation;
}

export function deleteAccount(context: ChangeContext, user: User): void {
  setOrgMember(context, user, 'none');
  for (const repo of context.state.repos)
    for (const invitation of repo.invitations.filter(({ invitee }) => invitee === user.id))
      dropInvitation(context, repo, invitation);
  context.record({
    what: 'account',
    user: user.id,
    target: user.login,
    before: 'exists',
    after: 'none',
  });
  context.state.users = context.state.users.filter(({ id }) => id !== user.id);
}
