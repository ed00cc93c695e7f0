import type { Instant } from '../../core/ids.ts';
import type { TeamTarget } from '../../providers/github/target.ts';
import { newLease } from './conformance.fixture.ts';
import { status, type Answers } from './github-script.fixture.ts';

export const TEAM = '/orgs/lantern/teams/oncall';
export const READ_MEMBERSHIP = `GET ${TEAM}/memberships/ana`;
export const SET_MEMBERSHIP = `PUT ${TEAM}/memberships/ana`;
export const REMOVE_MEMBERSHIP = `DELETE ${TEAM}/memberships/ana`;
export const READ_ORG_MEMBERSHIP = 'GET /orgs/lantern/memberships/ana';
export const MEMBERS = `GET ${TEAM}/members`;
export const CHILD_TEAMS = `GET ${TEAM}/teams`;
export const INSTALLATION = 'GET /app/installations/8001';
export const LIST_ORG_TEAMS = 'GET /orgs/lantern/teams';

export const active = (role: string) => ({ state: 'active', role });
export const pending = { state: 'pending', role: 'member' };
export const oncall = { id: 51, slug: 'oncall' };
export const owner = { [READ_ORG_MEMBERSHIP]: active('admin') };
const ANA = { id: 7, login: 'ana', type: 'User' };
/** Ana is a member of the organisation, and the team exists. */
export const DEFAULT_ANSWERS: Answers = {
  'GET /users/ana': ANA,
  'GET /user/7': ANA,
  [READ_ORG_MEMBERSHIP]: active('member'),
  [`GET ${TEAM}`]: oncall,
  [MEMBERS]: [],
  [CHILD_TEAMS]: [],
  [INSTALLATION]: { account: { login: 'lantern', id: 3001 }, repository_selection: 'selected' },
};
export const inherited = { [READ_MEMBERSHIP]: active('member'), [MEMBERS]: [{ id: 7, inherited: true }] };
export const MANAGED_TEAM_ANSWER = status(403, 'This team is synchronized with an identity provider group');
export const MANAGED_TEAM_FAULT =
  'target-managed: github: the identity provider manages the team lantern/oncall, so its members can only be changed there';
export const OWNER_NOTE =
  'The person is an owner of the organisation and already has access to everything. Curfew does not change that.';

export const target: TeamTarget = { kind: 'team', org: 'lantern', team: 'oncall', role: 'member' };
export const intentOf = (level: string, over: Partial<TeamTarget> = {}) => ({
  lease: newLease(),
  subject: { id: '7', name: 'ana' },
  target: { ...target, ...over },
  level,
  endsAt: 0 as Instant,
});
