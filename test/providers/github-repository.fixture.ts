import type { Instant } from '../../core/ids.ts';
import type { RepoTarget } from '../../providers/github/target.ts';
import { newLease } from './conformance.fixture.ts';
import { inTurn, status, type Answers } from './github-script.fixture.ts';

export const REPO = '/repos/lantern/orders';
export const COLLABORATORS = `GET ${REPO}/collaborators`;
export const INVITATIONS = `GET ${REPO}/invitations`;
export const LIST_REPOSITORY_TEAMS = `GET ${REPO}/teams`;
/** The role from all sources. */
export const READ_EFFECTIVE_ROLE = `GET ${REPO}/collaborators/ana/permission`;
export const SET_COLLABORATOR = `PUT ${REPO}/collaborators/ana`;
export const REMOVE_COLLABORATOR = `DELETE ${REPO}/collaborators/ana`;
export const INVITATION = `${REPO}/invitations/70`;
export const READ_ORG_MEMBERSHIP = 'GET /orgs/lantern/memberships/ana';

export const owner = { [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'admin' } };
const ANA = { id: 7, login: 'ana', type: 'User' };
/** Ana is a member of the organisation, and the repository has no collaborator, invitation or team. */
export const DEFAULT_ANSWERS: Answers = {
  'GET /users/ana': ANA,
  'GET /user/7': ANA,
  [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'member' },
  [`GET ${REPO}`]: { id: 6001, owner: { login: 'lantern', id: 3001 } },
  [COLLABORATORS]: [],
  [INVITATIONS]: [],
  [LIST_REPOSITORY_TEAMS]: [],
};
/** A repository that GitHub does not know, while the App can see all repositories. */
export const NO_REPOSITORY: Answers = {
  'POST /app/installations/8001/access_tokens': inTurn(status(422, 'no such repository'), { token: 'ghs_x' }),
  [`GET ${REPO}`]: status(404, 'Not Found'),
  'GET /app/installations/8001': { account: { login: 'lantern' }, repository_selection: 'all' },
};

const listed = (role: string) => (role === 'none' ? [] : [{ id: 7, role_name: role }]);
const open = (role: string) =>
  role === 'none' ? [] : [{ id: 70, invitee: { id: 7, login: 'ana' }, permissions: role }];
/** The roles of Ana's own entry that GitHub shows, one after the other. */
export const entry = (...roles: readonly string[]) => ({ [COLLABORATORS]: inTurn(...roles.map(listed)) });
/** The roles of Ana's invitation that GitHub shows, one after the other. */
export const invitation = (...roles: readonly string[]) => ({ [INVITATIONS]: inTurn(...roles.map(open)) });
/** Ana is in the team ops, which has the repository with this permission. */
export const team = (permission: string) => ({
  [LIST_REPOSITORY_TEAMS]: [{ slug: 'ops', permission }],
  'GET /orgs/lantern/teams/ops/memberships/ana': { state: 'active', role: 'member' },
});

/** Ana is in two teams that have the repository: first all, and then ops with this permission. */
export const secondTeam = (permission: string) => ({
  ...team(permission),
  [LIST_REPOSITORY_TEAMS]: [
    { slug: 'all', permission: 'pull' },
    { slug: 'ops', permission },
  ],
  'GET /orgs/lantern/teams/all/memberships/ana': { state: 'active', role: 'member' },
});

export const OWNER_NOTE =
  'The person is an owner of the organisation and already has access to everything. Curfew does not change that.';
export const target: RepoTarget = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' };
export const intentOf = (level: string) => ({
  lease: newLease(),
  subject: { id: '7', name: 'ana' },
  target,
  level,
  endsAt: 0 as Instant,
});
