import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callApi, startTestGithub } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const ONCALL = '/orgs/lantern/teams/orders-oncall';
const of = (login: string, team = ONCALL) => `${team}/memberships/${login}`;

describe('team membership', () => {
  test('a member of the organisation is active in the team at once, and their role can change', async () => {
    const { status, body } = await it.send(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    expect([status, body]).toMatchObject([200, { state: 'active', role: 'member' }]);
    const again = await it.send(`PUT ${of('ana-ferreira')}`, { role: 'maintainer' });
    expect(again.body).toMatchObject({ state: 'active', role: 'maintainer' });
    expect((await it.send(`DELETE ${of('ana-ferreira')}`)).status).toBe(204);
    expect((await it.send(`GET ${of('ana-ferreira')}`)).status).toBe(404);
    expect((await it.send(`DELETE ${of('ana-ferreira')}`)).status).toBe(404);
  });

  test('a person outside the organisation is pending until they accept its invitation', async () => {
    const { body } = await it.send(`PUT ${of('zoe-park')}`, {});
    expect(body).toMatchObject({ state: 'pending' });
    expect((await it.send('GET /orgs/lantern/memberships/zoe-park')).body).toMatchObject({
      state: 'pending',
    });
    expect((await it.send('GET /orgs/lantern/invitations')).body).toMatchObject([
      { login: 'zoe-park', team_count: 1 },
    ]);
    it.github.acceptOrgInvitation('zoe-park');
    expect((await it.send(`GET ${of('zoe-park')}`)).body).toMatchObject({ state: 'active' });
  });

  test('an owner of the organisation is a maintainer, even when added as a member', async () => {
    await it.send(`PUT ${of('sam-rao')}`, { role: 'member' });
    expect((await it.send(`GET ${of('sam-rao')}`)).body).toMatchObject({ role: 'maintainer' });
  });

  test('a synchronised team refuses every change (403)', async () => {
    const path = of('sam-rao', '/orgs/lantern/teams/everyone');
    expect((await it.send(`PUT ${path}`, { role: 'member' })).status).toBe(403);
    const own = of('ana-ferreira', '/orgs/lantern/teams/everyone');
    expect((await it.send(`DELETE ${own}`)).status).toBe(403);
    expect(it.github.membership('ana-ferreira', 'everyone')).toMatchObject({ state: 'active' });
  });

  test('members of a child team count as members of the parent, marked as inherited', async () => {
    it.github.setTeamMember('ana-ferreira', 'platform-storage', 'member');
    const platform = '/orgs/lantern/teams/platform';
    expect((await it.send(`GET ${of('ana-ferreira', platform)}`)).body).toMatchObject({ state: 'active' });
    const { body } = await it.send(`GET ${platform}/members`);
    expect(body).toContainEqual(expect.objectContaining({ login: 'ana-ferreira', inherited: true }));
    expect(body).toContainEqual(expect.objectContaining({ login: 'bo-lindqvist', inherited: false }));
    expect(it.github.role('ana-ferreira', 'infra')).toBe('write');
  });

  test.each([
    ['a role that teams do not have', of('ana-ferreira'), { role: 'admin' }, 422],
    ['an account that does not exist', of('nobody'), { role: 'member' }, 404],
    ['a team that does not exist', of('ana-ferreira', '/orgs/lantern/teams/nothing'), {}, 404],
    ['another organisation', of('ana-ferreira', '/orgs/other/teams/platform'), {}, 404],
  ])('%s is refused', async (_what, path, body, status) => {
    expect((await it.send(`PUT ${path}`, JSON.stringify(body))).status).toBe(status);
  });

  test('lists have pages, with links to the other pages', async () => {
    for (const login of ['ana-ferreira', 'sam-rao'])
      it.github.setTeamMember(login, 'orders-oncall', 'member');
    const { body, headers } = await it.send(`GET ${ONCALL}/members?per_page=3`);
    expect(body).toHaveLength(3);
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
    const second = new URL(next);
    expect((await it.send(`GET ${second.pathname}${second.search}`)).body).toHaveLength(1);
  });

  test('a team’s repository gets 204, or the repository when its media type is requested', async () => {
    const path = `${ONCALL}/repos/lantern/orders`;
    expect((await it.send(`GET ${path}`)).status).toBe(204);
    const accept = 'application/vnd.github.v3.repository+json';
    expect((await it.send(`GET ${path}`, undefined, { accept })).body).toMatchObject({
      role_name: 'maintain',
    });
    expect((await it.send(`DELETE ${path}`)).status).toBe(204);
    expect((await it.send(`GET ${path}`)).status).toBe(404);
    expect((await it.send(`PUT ${path}`, { permission: 'push' })).status).toBe(204);
  });
});

describe('the groups of an identity provider', () => {
  const external = (team: string) => it.send(`GET /orgs/lantern/teams/${team}/external-groups`);
  const mappings = (team: string) => it.send(`GET /orgs/lantern/teams/${team}/team-sync/group-mappings`);
  const message = (answer: Awaited<ReturnType<typeof external>>) => [
    answer.status,
    Object(answer.body).message,
  ];

  test('of team synchronization are those of one team', async () => {
    expect((await mappings('everyone')).body).toMatchObject({ groups: [{ group_name: 'everyone' }] });
    expect((await mappings('platform')).body).toEqual({ groups: [] });
    expect(message(await external('platform'))).toEqual([
      400,
      'This organization is not part of externally managed enterprise.',
    ]);
  });

  test('of an enterprise with managed users are external groups, and there is no team synchronization', async () => {
    it.github.manageUsers();
    it.github.connectExternalGroup('platform');
    expect((await external('platform')).body).toMatchObject({ groups: [{ group_name: 'platform' }] });
    expect(message(await external('orders-oncall'))).toEqual([400, 'This team is not externally managed.']);
    expect(message(await mappings('platform'))).toEqual([403, 'This team is not externally managed.']);
    const added = await it.send('PUT /orgs/lantern/teams/platform/memberships/ana-ferreira', {});
    expect(message(added)).toEqual([
      403,
      'You cannot create or update members for an external group backed team.',
    ]);
  });
});

describe('the organisation', () => {
  test('membership is read, changed and ended; the last owner cannot be removed', async () => {
    expect((await it.send('GET /orgs/lantern/members/ana-ferreira')).status).toBe(204);
    expect((await it.send('GET /orgs/lantern/members/zoe-park')).status).toBe(404);
    const promoted = await it.send('PUT /orgs/lantern/memberships/ana-ferreira', { role: 'admin' });
    expect(promoted.body).toMatchObject({ role: 'admin', state: 'active' });
    expect((await it.send('DELETE /orgs/lantern/memberships/ana-ferreira')).status).toBe(204);
    expect((await it.send('DELETE /orgs/lantern/memberships/sam-rao')).status).toBe(403);
    expect((await it.send('DELETE /orgs/lantern/members/zoe-park')).status).toBe(404);
  });

  test('a person who leaves the organisation loses teams and repositories too', async () => {
    it.github.setCollaborator('cy-okafor', 'orders', 'admin');
    await it.send('DELETE /orgs/lantern/members/cy-okafor');
    expect(it.github.role('cy-okafor', 'orders')).toBe('none');
    expect(it.github.membership('cy-okafor', 'orders-oncall')).toBeUndefined();
  });

  test('people are invited by account id', async () => {
    const invitee_id = it.github.idOf('zoe-park');
    expect((await it.send('POST /orgs/lantern/invitations', { invitee_id })).status).toBe(201);
    expect((await it.send('POST /orgs/lantern/invitations', '{"role":"admin"}')).status).toBe(422);
  });

  test('only changes are recorded as effects, in order', async () => {
    const token = await it.tokenFor({ permissions: { members: 'read' } });
    await callApi(it.running, token, `PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.send(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.send(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.send(`DELETE ${of('ana-ferreira')}`);
    expect(
      it.github.effects().map(({ login, target, before, after }) => [login, target, before, after]),
    ).toEqual([
      ['ana-ferreira', 'lantern/orders-oncall', 'none', 'member (active)'],
      ['ana-ferreira', 'lantern/orders-oncall', 'member (active)', 'none'],
    ]);
  });
});
