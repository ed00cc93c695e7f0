import type { Instant } from '../../core/ids.ts';
import type { TeamTarget } from '../../providers/github/target.ts';
import { newLease } from './conformance.fixture.ts';
import { status, type Answers } from './github-script.fixture.ts';

export const TEAM = '/orgs/lantern/teams/oncall';
export const GET = `GET ${TEAM}/memberships/ana`;
export const PUT = `PUT ${TEAM}/memberships/ana`;
export const DELETE = `DELETE ${TEAM}/memberships/ana`;
export const ORG = 'GET /orgs/lantern/memberships/ana';
export const MEMBERS = `GET ${TEAM}/members`;
export const TEAMS = 'GET /orgs/lantern/teams';

export const active = (role: string) => ({ state: 'active', role });
export const pending = { state: 'pending', role: 'member' };
export const oncall = { id: 51, slug: 'oncall' };
export const owner = { [ORG]: active('admin') };
/** Ana is a member of the organisation, and the team exists. */
const ANA = { id: 7, login: 'ana', type: 'User' };
export const WORLD: Answers = {
  'GET /users/ana': ANA,
  'GET /user/7': ANA,
  [ORG]: active('member'),
  [`GET ${TEAM}`]: oncall,
  [MEMBERS]: [],
};
export const inherited = { [GET]: active('member'), [MEMBERS]: [{ id: 7, inherited: true }] };
export const managed = status(403, 'This team is synchronized with an identity provider group');
export const MANAGED =
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
