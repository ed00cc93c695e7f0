import type { Instant } from '../../core/ids.ts';
import type { TeamTarget } from '../../providers/github/target.ts';
import { newLease } from './conformance.fixture.ts';
import {
  answered,
  forbidden,
  GRAPHQL,
  missing,
  status,
  type Answers,
  type Sent,
} from './github-script.fixture.ts';

export const TEAM = '/orgs/lantern/teams/oncall';
export const READ_TEAM = `GET ${TEAM}`;
export const READ_TEAM_BY_NUMBER = 'GET /organizations/3001/team/51';
const MEMBERSHIP = '/organizations/3001/team/51/memberships/ana';
export const READ_MEMBERSHIP = `GET ${MEMBERSHIP}`;
export const SET_MEMBERSHIP = `PUT ${MEMBERSHIP}`;
export const REMOVE_MEMBERSHIP = `DELETE ${MEMBERSHIP}`;
export const READ_ORG_MEMBERSHIP = 'GET /orgs/lantern/memberships/ana';
export const MEMBERS = `GET ${TEAM}/members`;
export const TEAM_INVITATIONS = `GET ${TEAM}/invitations`;
export const INSTALLATION = 'GET /app/installations/8001';

const organization = { id: 3001, login: 'lantern' };
export const oncall = { id: 51, node_id: 'T_51', slug: 'oncall', organization };
/** Ana is an owner of the organisation. GitHub then shows her as a maintainer of each of her teams. */
export const owner: Answers = { [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'admin' } };
export const invitedToOrg: Answers = { [READ_ORG_MEMBERSHIP]: { state: 'pending', role: 'member' } };
const ANA = { id: 7, login: 'ana', type: 'User' };
/** Ana is a member of the organisation, and the team exists. */
export const DEFAULT_ANSWERS: Answers = {
  'GET /users/ana': ANA,
  'GET /user/7': ANA,
  [READ_ORG_MEMBERSHIP]: { state: 'active', role: 'member' },
  [READ_TEAM]: oncall,
  [READ_MEMBERSHIP]: missing,
  [MEMBERS]: [],
  [TEAM_INVITATIONS]: [],
  [INSTALLATION]: { account: { login: 'lantern', id: 3001 }, repository_selection: 'selected' },
};

/** `pending` is an open invitation as a member. */
export type MembershipState = 'none' | 'member' | 'maintainer' | 'pending' | 'pending maintainer';
type More = Readonly<{
  /** The person is in a child team too. */
  child?: boolean;
  /** GitHub does not answer the query, for example because the App may not read this part. */
  notShown?: boolean;
  /** GitHub's search does not find the person by name. */
  unfound?: boolean;
  /** Where the team is. */
  at?: string;
}>;

const edge = (role: string) => ({ role: role.toUpperCase(), node: { databaseId: 7 } });
const bo = { role: 'MEMBER', node: { databaseId: 8 } };

/** What GitHub shows of Ana's membership, before and after the first change of it. */
export function member(
  own: MembershipState | readonly [before: MembershipState, after: MembershipState],
  { child = false, notShown = false, unfound = false, at = TEAM }: More = {},
): Answers {
  const [before, after] = typeof own === 'string' ? [own, own] : own;
  const now = (sent: readonly Sent[]) =>
    sent.some(({ call }) => /^(PUT|DELETE) .*\/memberships\//.test(call)) ? after : before;
  const isActive = (shown: MembershipState) => shown === 'member' || shown === 'maintainer';
  const edges = (shown: MembershipState) => (isActive(shown) ? [bo, edge(shown)] : [bo]);
  const rest = (shown: MembershipState) => {
    if (shown === 'pending') return { state: 'pending', role: 'member' };
    if (shown === 'pending maintainer') return { state: 'pending', role: 'maintainer' };
    if (isActive(shown)) return { state: 'active', role: shown };
    return child ? { state: 'active', role: 'member' } : missing;
  };
  const found = (shown: MembershipState) => ({
    own: { edges: unfound ? [] : edges(shown) },
    child: { edges: child && !unfound ? [edge('member')] : [] },
  });
  const page = (shown: MembershipState) => ({
    members: { edges: edges(shown), pageInfo: { hasNextPage: false, endCursor: null } },
  });
  return {
    [READ_MEMBERSHIP]: (sent: readonly Sent[]) => rest(now(sent)),
    [`GET ${at}/members`]: (sent: readonly Sent[]) =>
      (
        sent.at(-1)?.url.searchParams.get('role') === 'maintainer'
          ? now(sent) === 'maintainer'
          : isActive(now(sent)) || child
      )
        ? [
            { id: 8, login: 'bo' },
            { id: 7, login: 'ana' },
          ]
        : [{ id: 8, login: 'bo' }],
    [GRAPHQL]: (sent: readonly Sent[]) => {
      if (notShown) return answered({ node: null }, forbidden);
      const body = sent.at(-1)?.body as { query: string };
      return answered({ node: body.query.includes('$after') ? page(now(sent)) : found(now(sent)) });
    },
  };
}

export const MANAGED_TEAM_ANSWER = status(403, 'This team is synchronized with an identity provider group');
export const MANAGED_TEAM_FAULT =
  'target-managed: github: the identity provider manages the team lantern/oncall, so its members can only be changed there';
export const OWNER_NOTE =
  'The person is an owner of the organisation and already has access to everything. Curfew does not change that.';
export const NOT_SHOWN_NOTE =
  'GitHub does not show the account. It was deleted, or an enterprise hides it. It has no access to this target.';

export const target: TeamTarget = { kind: 'team', org: 'lantern', team: 'oncall', role: 'member' };
export const intentOf = (level: string, over: Partial<TeamTarget> = {}) => ({
  lease: newLease(),
  subject: { id: '7', name: 'ana' },
  target: { ...target, ...over },
  level,
  endsAt: 0 as Instant,
});
