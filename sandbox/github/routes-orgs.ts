import { inviteToOrg, setOrgMember } from './changes.ts';
import { bodyOf, noContent, orgIn, page, userIn, stateOf, type Api, type Call } from './http.ts';
import { invalid, notFound, Problem } from './problem.ts';
import { orgInvitation, orgMembership } from './render-org.ts';
import { isOwner } from './rules.ts';
import { userOf, type User } from './state.ts';

/** Routes for members of the organisation and invitations to it. */
export function orgRoutes(api: Api): void {
  api.get('/orgs/:org/memberships/:username', (c) => {
    orgIn(c, 'members', 'read');
    const user = userIn(c);
    const { members, invitations } = stateOf(c).org;
    if (!members[user.id] && !invitations.some(({ invitee }) => invitee === user.id)) throw notFound();
    return c.json(orgMembership(c.get('links'), stateOf(c), user));
  });
  api.put('/orgs/:org/memberships/:username', async (c) => {
    orgIn(c, 'members', 'write');
    const { role = 'member' } = await bodyOf(c, { role: 'string' });
    const [user, context] = [userIn(c), c.get('context')];
    if (role !== 'admin' && role !== 'member')
      throw invalid('Validation Failed', [{ resource: 'Organization', field: 'role', code: 'invalid' }]);
    if (stateOf(c).org.members[user.id]) setOrgMember(context, user, role);
    else inviteToOrg(context, user, role);
    return c.json(orgMembership(c.get('links'), stateOf(c), user));
  });
  api.delete('/orgs/:org/memberships/:username', removeMember);
  api.delete('/orgs/:org/members/:username', removeMember);
  api.get('/orgs/:org/members/:username', (c) => {
    orgIn(c, 'members', 'read');
    if (!stateOf(c).org.members[userIn(c).id]) throw notFound();
    return noContent(c);
  });
  api.get('/orgs/:org/invitations', (c) => {
    orgIn(c, 'members', 'read');
    const found = page(c, stateOf(c).org.invitations);
    return c.json(found.map((each) => orgInvitation(c.get('links'), stateOf(c), each)));
  });
  api.post('/orgs/:org/invitations', async (c) => {
    orgIn(c, 'members', 'write');
    const body = await bodyOf(c, { invitee_id: 'integer', email: 'string', role: 'string' });
    const sent = inviteToOrg(c.get('context'), invitee(c, body), roleOf(body));
    return c.json(orgInvitation(c.get('links'), stateOf(c), sent), 201);
  });
}

function removeMember(c: Call): Response {
  orgIn(c, 'members', 'write');
  const [user, state] = [userIn(c), stateOf(c)];
  const known = state.org.members[user.id] ?? state.org.invitations.find(({ invitee: id }) => id === user.id);
  if (!known) throw notFound();
  const owners = Object.values(state.org.members).filter((role) => role === 'admin');
  if (isOwner(state, user) && owners.length === 1)
    throw new Problem(403, 'Cannot remove the last owner of an organization.');
  setOrgMember(c.get('context'), user, 'none');
  return noContent(c);
}

/** The invited account. An invitation by e-mail is not supported. */
function invitee(c: Call, { invitee_id: id }: Record<string, unknown>): User {
  const user = typeof id === 'number' ? userOf(stateOf(c), id) : undefined;
  if (!user || stateOf(c).org.members[user.id])
    throw invalid('Validation Failed', [
      {
        resource: 'OrganizationInvitation',
        field: 'invitee_id',
        code: user ? 'already_exists' : 'missing_field',
      },
    ]);
  return user;
}

function roleOf({ role = 'direct_member' }: Record<string, unknown>): 'admin' | 'member' {
  if (role === 'admin') return 'admin';
  if (role === 'direct_member') return 'member';
  throw invalid('Validation Failed', [
    { resource: 'OrganizationInvitation', field: 'role', code: 'invalid' },
  ]);
}
