import { dropInvitation, invite, setDirect } from './changes.ts';
import { bodyOf, noContent, page, repoIn, userIn, stateOf, type Api, type Call } from './http.ts';
import { coversRepo, isPublicElsewhere } from './auth.ts';
import { DAY_MS, INVITATIONS_PER_DAY } from './limits.ts';
import { invalid, notFound, Problem } from './problem.ts';
import { team } from './render-org.ts';
import { abilities, collaborator } from './render.ts';
import { fullRepository, invitation } from './render-repo.ts';
import { effectiveRole, legacyPermission, permissionFrom, rank, roleFrom, roleOfTeam } from './rules.ts';
import { ROLES, type GithubState, type Invitation, type Owner, type Repo, type User } from './state.ts';

/** Routes for repositories, their collaborators and their invitations. */
export function repoRoutes(api: Api): void {
  api.get('/repos/:owner/:repo', (c) =>
    c.json(fullRepository(c.get('links'), stateOf(c), repoIn(c, 'metadata', 'read'))),
  );
  api.get('/repositories/:id', (c) => {
    const state = stateOf(c);
    const isIt = ({ id }: Repo) => String(id) === c.req.param('id');
    const elsewhere = state.transferred?.find(isIt);
    if (elsewhere && isPublicElsewhere(elsewhere))
      return c.json(fullRepository(c.get('links'), atOwner(state, elsewhere.owner), elsewhere));
    const repo = state.repos.find(isIt);
    if (!repo || !coversRepo(c.get('caller'), repo)) throw notFound();
    return c.json(fullRepository(c.get('links'), state, repo));
  });
  api.get('/repos/:owner/:repo/events', listEvents);
  api.get('/repos/:owner/:repo/teams', listTeams);
  api.get('/repos/:owner/:repo/collaborators', listCollaborators);
  api.get('/repos/:owner/:repo/collaborators/:username', (c) => {
    const repo = repoIn(c, 'metadata', 'read');
    if (effectiveRole(stateOf(c), userIn(c), repo) === 'none') throw notFound();
    return noContent(c);
  });
  api.get('/repos/:owner/:repo/collaborators/:username/permission', (c) => {
    const repo = repoIn(c, 'metadata', 'read');
    const user = userIn(c);
    const role = effectiveRole(stateOf(c), user, repo);
    return c.json({
      permission: legacyPermission(role),
      role_name: role,
      user: collaborator(c.get('links'), user, role),
    });
  });
  api.put('/repos/:owner/:repo/collaborators/:username', addCollaborator);
  api.delete('/repos/:owner/:repo/collaborators/:username', (c) => {
    const repo = repoIn(c, 'administration', 'write');
    setDirect(c.get('context'), repo, userIn(c), 'none');
    return noContent(c);
  });
  invitationRoutes(api);
}

/** "Only events created within the past 30 days will be included", and at most 300 of them. */
const EVENT_DAYS = 30;
const MOST_EVENTS = 300;

/** The events of a repository, the newest first. */
function listEvents(c: Call) {
  const repo = repoIn(c, 'metadata', 'read');
  const [size, number] = [Number(c.req.query('per_page') ?? 30), Number(c.req.query('page') ?? 1)];
  if (size * (number - 1) >= MOST_EVENTS)
    throw invalid('In order to keep the API fast for everyone, pagination is limited for this resource.');
  const since = c.get('context').now() - EVENT_DAYS * DAY_MS;
  const shown = (repo.events ?? []).filter(({ createdAt }) => createdAt >= since).toReversed();
  return c.json(
    page(c, shown.slice(0, MOST_EVENTS)).map(({ id, type, actor, createdAt }) => ({
      ...{ id: String(id), type, public: false, payload: {}, created_at: new Date(createdAt).toISOString() },
      actor: { id: actor, login: stateOf(c).users.find((user) => user.id === actor)?.login ?? 'ghost' },
      repo: { id: repo.id, name: `${stateOf(c).org.login}/${repo.name}` },
    })),
  );
}

/** The state as the other owner has it, to show a repository there. */
const atOwner = (state: GithubState, { id, login }: Owner): GithubState => ({
  ...state,
  org: { ...state.org, id, login },
});

/**
 * `affiliation=direct` lists the people who were added by name. Even then `role_name` is the highest role
 * from all sources, as at GitHub.
 */
function listCollaborators(c: Call) {
  const repo = repoIn(c, 'metadata', 'read');
  const state = stateOf(c);
  const affiliation = c.req.query('affiliation') ?? 'all';
  const outside = (user: User) => state.org.members[user.id] === undefined;
  const filters: Record<string, (user: User) => boolean> = {
    all: () => true,
    direct: (user) => repo.direct[user.id] !== undefined,
    outside: (user) => repo.direct[user.id] !== undefined && outside(user),
  };
  const matches = filters[affiliation];
  if (!matches) throw invalid(`Invalid request.\n\n${affiliation} is not a valid affiliation.`);
  const least = rank(roleFrom(c.req.query('permission') ?? 'pull') ?? 'none');
  const found = state.users
    .map((user) => ({ user, role: effectiveRole(state, user, repo) }))
    .filter(({ user, role }) => role !== 'none' && rank(role) >= least && matches(user));
  return c.json(page(c, found).map(({ user, role }) => collaborator(c.get('links'), user, role)));
}

async function addCollaborator(c: Call): Promise<Response> {
  const repo = repoIn(c, 'administration', 'write');
  const { permission = 'push' } = await bodyOf(c, { permission: 'string' });
  const [user, state, context] = [userIn(c), stateOf(c), c.get('context')];
  const role = roleFrom(String(permission));
  if (!role)
    throw invalid('Validation Failed', [
      { resource: 'Repository', field: 'permission', code: 'invalid', value: String(permission) },
    ]);
  const isMember = state.org.members[user.id] !== undefined;
  if (isMember && rank(role) < rank(state.org.baseRole))
    throw invalid(`Cannot assign ${user.login} permission of ${role}`);
  if (isMember || repo.direct[user.id] !== undefined) {
    setDirect(context, repo, user, role);
    return noContent(c);
  }
  checkInvitationLimit(c, repo, user);
  const sent = invite(context, repo, user, role);
  return c.json(renderInvitation(c, repo, sent), 201);
}

/** "You are limited to sending 50 invitations to a repository per 24 hour period." */
function checkInvitationLimit(c: Call, repo: Repo, user: User): void {
  repo.invitedAt = repo.invitedAt.filter((at) => at > c.get('context').now() - DAY_MS);
  const open = repo.invitations.some(({ invitee }) => invitee === user.id);
  if (!open && repo.invitedAt.length >= INVITATIONS_PER_DAY)
    throw new Problem(403, 'You have exceeded the rate limit of 50 invitations to a repository in 24 hours.');
}

const renderInvitation = (c: Call, repo: Repo, sent: Invitation) =>
  invitation(c.get('links'), stateOf(c), repo, sent);

function invitationRoutes(api: Api): void {
  const found = (repo: Repo, c: Call): Invitation => {
    const sent = repo.invitations.find(({ id }) => String(id) === c.req.param('invitation_id'));
    if (!sent) throw notFound();
    return sent;
  };
  api.get('/repos/:owner/:repo/invitations', (c) => {
    const repo = repoIn(c, 'administration', 'read');
    return c.json(page(c, repo.invitations).map((sent) => renderInvitation(c, repo, sent)));
  });
  api.patch('/repos/:owner/:repo/invitations/:invitation_id', async (c) => {
    const repo = repoIn(c, 'administration', 'write');
    const { permissions } = await bodyOf(c, { permissions: 'string' });
    const sent = found(repo, c);
    const role = ROLES.find((each): each is Invitation['role'] => each === permissions && each !== 'none');
    if (permissions !== undefined && !role)
      throw invalid('Validation Failed', [
        { resource: 'RepositoryInvitation', field: 'permissions', code: 'invalid' },
      ]);
    const invitee = stateOf(c).users.find(({ id }) => id === sent.invitee);
    if (role && invitee) invite(c.get('context'), repo, invitee, role);
    return c.json(renderInvitation(c, repo, sent));
  });
  api.delete('/repos/:owner/:repo/invitations/:invitation_id', (c) => {
    const repo = repoIn(c, 'administration', 'write');
    dropInvitation(c.get('context'), repo, found(repo, c));
    return noContent(c);
  });
}

/** The teams that have a role on a repository. A child team has at least the role of its parent. */
function listTeams(c: Call) {
  const repo = repoIn(c, 'administration', 'read');
  const state = stateOf(c);
  const roles = state.teams.flatMap((each) => {
    const role = roleOfTeam(state, each, repo);
    return role === 'none' ? [] : [{ each, role }];
  });
  return c.json(
    page(c, roles).map(({ each, role }) => ({
      ...team(c.get('links'), state, each),
      permission: permissionFrom(role),
      permissions: abilities(role),
      parent: null,
    })),
  );
}
