import type { Instant } from '../../core/ids.ts';
import { isAbove } from '../../providers/github/access.ts';
import type { RepoTarget } from '../../providers/github/target.ts';
import { newLease } from './conformance.fixture.ts';
import {
  answered,
  forbidden,
  GRAPHQL,
  inTurn,
  status,
  type Answers,
  type Sent,
} from './github-script.fixture.ts';

export const REPO = '/repos/lantern/orders';
export const READ_REPOSITORY = `GET ${REPO}`;
export const COLLABORATORS = `GET ${REPO}/collaborators`;
export const INVITATIONS = `GET ${REPO}/invitations`;
/** The role from all sources. */
export const READ_EFFECTIVE_ROLE = `GET ${REPO}/collaborators/ana/permission`;
export const SET_COLLABORATOR = `PUT ${REPO}/collaborators/ana`;
export const REMOVE_COLLABORATOR = `DELETE ${REPO}/collaborators/ana`;
export const INVITATION = `${REPO}/invitations/70`;
export const READ_ORG_MEMBERSHIP = 'GET /orgs/lantern/memberships/ana';

const ANA = { id: 7, login: 'ana', type: 'User' };
export const repository = {
  id: 6001,
  node_id: 'R_6001',
  name: 'orders',
  owner: { login: 'lantern', id: 3001 },
  private: true,
  archived: false,
};
/** Ana is a member of the organisation, and the repository has no collaborator, invitation or team. */
export const DEFAULT_ANSWERS: Answers = {
  'GET /users/ana': ANA,
  'GET /user/7': ANA,
  [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'member' },
  [READ_REPOSITORY]: repository,
  'GET /repositories/6001': repository,
  [READ_EFFECTIVE_ROLE]: { role_name: 'none' },
  [COLLABORATORS]: [],
  [INVITATIONS]: [],
};
/** A repository that GitHub does not know, while the App can see all repositories. */
export const NO_REPOSITORY: Answers = {
  'POST /app/installations/8001/access_tokens': inTurn(status(422, 'no such repository'), { token: 'ghs_x' }),
  [READ_REPOSITORY]: status(404, 'Not Found'),
  'GET /app/installations/8001': { account: { login: 'lantern' }, repository_selection: 'all' },
};

/** A role from elsewhere: a team's, the organisation's, or one that GitHub does not name. */
export type Other = Readonly<{ team?: string; role: string; unnamed?: true }>;
export const ops = (role: string): Other => ({ team: 'ops', role });
export const base = (role: string): Other => ({ role });
export const unnamed = (role: string): Other => ({ role, unnamed: true });

/**
 * What GitHub shows of Ana: the role of her own entry, before and after the first change of it, and other sources of a role. With
 * `notShown`, GitHub does not say the sources.
 */
export function shows(
  own: string | readonly [before: string, after: string],
  others: readonly Other[] = [],
  { notShown = false } = {},
): Answers {
  const [before, after] = typeof own === 'string' ? [own, own] : own;
  const now = (sent: readonly Sent[]) =>
    sent.some(({ call }) => call === SET_COLLABORATOR || call === REMOVE_COLLABORATOR) ? after : before;
  const highest = (role: string) =>
    [role, ...others.map((each) => each.role)].reduce((top, each) => (isAbove(each, top) ? each : top));
  const sources = (role: string) => [
    ...(role === 'none' ? [] : [{ roleName: role, source: { __typename: 'Repository' } }]),
    ...others.flatMap(({ team, role: roleName, unnamed: isUnnamed }) => {
      if (isUnnamed) return [];
      const source = team ? { __typename: 'Team', slug: team } : { __typename: 'Organization' };
      return [{ roleName, source }];
    }),
  ];
  const edges = (role: string) =>
    highest(role) === 'none'
      ? []
      : [{ node: { databaseId: 7 }, permissionSources: notShown ? null : sources(role) }];
  return {
    [READ_EFFECTIVE_ROLE]: (sent: readonly Sent[]) => ({ role_name: highest(now(sent)) }),
    [GRAPHQL]: (sent: readonly Sent[]) =>
      answered({ node: { collaborators: { edges: edges(now(sent)) } } }, ...(notShown ? [forbidden] : [])),
    [COLLABORATORS]: (sent: readonly Sent[]) =>
      now(sent) === 'none' ? [] : [{ id: 7, login: 'ana', role_name: highest(now(sent)) }],
  };
}

/** Ana owns the organisation, and GitHub shows that as a role of the organisation. */
export const owner = (own: string | readonly [before: string, after: string]): Answers => ({
  ...shows(own, [base('admin')]),
  [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'admin' },
});

const open = (role: string) =>
  role === 'none' ? [] : [{ id: 70, invitee: { id: 7, login: 'ana' }, permissions: role }];
/** The roles of Ana's invitation that GitHub shows, before and after it is changed. */
export const invitation = (before: string, after = before): Answers => ({
  [INVITATIONS]: (sent: readonly Sent[]) =>
    open(sent.some(({ call }) => call.endsWith(INVITATION) || call === SET_COLLABORATOR) ? after : before),
});

export const OWNER_NOTE =
  'The person is an owner of the organisation and already has access to everything. Curfew does not change that.';
export const NOT_SHOWN_NOTE =
  'GitHub does not show the account. It was deleted, or an enterprise hides it. It has no access to this target.';
export const waitingFor = (where: string) =>
  `awaiting-person: github: ana must first accept the invitation to ${where}. If they have not accepted when the access would end, the invitation is deleted`;
export const target: RepoTarget = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' };
export const intentOf = (level: string) => ({
  lease: newLease(),
  subject: { id: '7', name: 'ana' },
  target,
  level,
  endsAt: 0 as Instant,
});
