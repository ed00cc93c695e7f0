import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callApi, startTestGithub } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const ONCALL = '/orgs/lantern/teams/orders-oncall';
const of = (login: string, team = ONCALL) => `${team}/memberships/${login}`;

describe('team membership', () => {
  test('a member of the organisation is active at once, and their role may change', async () => {
    const { status, body } = await it.ask(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    expect([status, body]).toMatchObject([200, { state: 'active', role: 'member' }]);
    const again = await it.ask(`PUT ${of('ana-ferreira')}`, { role: 'maintainer' });
    expect(again.body).toMatchObject({ state: 'active', role: 'maintainer' });
    expect((await it.ask(`DELETE ${of('ana-ferreira')}`)).status).toBe(204);
    expect((await it.ask(`GET ${of('ana-ferreira')}`)).status).toBe(404);
    expect((await it.ask(`DELETE ${of('ana-ferreira')}`)).status).toBe(404);
  });

  test('somebody from outside is pending until they accept the organisation’s invitation', async () => {
    const { body } = await it.ask(`PUT ${of('zoe-park')}`, {});
    expect(body).toMatchObject({ state: 'pending' });
    expect((await it.ask('GET /orgs/lantern/memberships/zoe-park')).body).toMatchObject({ state: 'pending' });
    expect((await it.ask('GET /orgs/lantern/invitations')).body).toMatchObject([
      { login: 'zoe-park', team_count: 1 },
    ]);
    it.github.acceptOrgInvitation('zoe-park');
    expect((await it.ask(`GET ${of('zoe-park')}`)).body).toMatchObject({ state: 'active' });
  });

  test('owners read as maintainers whatever was asked', async () => {
    await it.ask(`PUT ${of('sam-rao')}`, { role: 'member' });
    expect((await it.ask(`GET ${of('sam-rao')}`)).body).toMatchObject({ role: 'maintainer' });
  });

  test('a synchronised team refuses every change (403)', async () => {
    const path = of('sam-rao', '/orgs/lantern/teams/everyone');
    expect((await it.ask(`PUT ${path}`, { role: 'member' })).status).toBe(403);
    const own = of('ana-ferreira', '/orgs/lantern/teams/everyone');
    expect((await it.ask(`DELETE ${own}`)).status).toBe(403);
    expect(it.github.membership('ana-ferreira', 'everyone')).toMatchObject({ state: 'active' });
  });

  test('members of a child team count as members of the parent, marked as inherited', async () => {
    it.github.setTeamMember('ana-ferreira', 'platform-storage', 'member');
    const platform = '/orgs/lantern/teams/platform';
    expect((await it.ask(`GET ${of('ana-ferreira', platform)}`)).body).toMatchObject({ state: 'active' });
    const { body } = await it.ask(`GET ${platform}/members`);
    expect(body).toContainEqual(expect.objectContaining({ login: 'ana-ferreira', inherited: true }));
    expect(body).toContainEqual(expect.objectContaining({ login: 'bo-lindqvist', inherited: false }));
    expect(it.github.role('ana-ferreira', 'infra')).toBe('write');
  });

  test.each([
    ['a role teams do not have', of('ana-ferreira'), { role: 'admin' }, 422],
    ['an account nobody has', of('nobody'), { role: 'member' }, 404],
    ['a team nobody has', of('ana-ferreira', '/orgs/lantern/teams/nothing'), {}, 404],
    ['another organisation', of('ana-ferreira', '/orgs/other/teams/platform'), {}, 404],
  ])('%s is refused', async (_what, path, body, status) => {
    expect((await it.ask(`PUT ${path}`, JSON.stringify(body))).status).toBe(status);
  });

  test('lists come in pages, with links to the others', async () => {
    for (const login of ['ana-ferreira', 'sam-rao'])
      it.github.setTeamMember(login, 'orders-oncall', 'member');
    const { body, headers } = await it.ask(`GET ${ONCALL}/members?per_page=3`);
    expect(body).toHaveLength(3);
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
    const second = new URL(next);
    expect((await it.ask(`GET ${second.pathname}${second.search}`)).body).toHaveLength(1);
  });

  test('a team’s repository is 204, or the whole with its media type', async () => {
    const path = `${ONCALL}/repos/lantern/orders`;
    expect((await it.ask(`GET ${path}`)).status).toBe(204);
    const accept = 'application/vnd.github.v3.repository+json';
    expect((await it.ask(`GET ${path}`, undefined, { accept })).body).toMatchObject({
      role_name: 'maintain',
    });
    expect((await it.ask(`DELETE ${path}`)).status).toBe(204);
    expect((await it.ask(`GET ${path}`)).status).toBe(404);
    expect((await it.ask(`PUT ${path}`, { permission: 'push' })).status).toBe(204);
  });
});

describe('the organisation', () => {
  test('membership is asked, changed and ended; the last owner stays', async () => {
    expect((await it.ask('GET /orgs/lantern/members/ana-ferreira')).status).toBe(204);
    expect((await it.ask('GET /orgs/lantern/members/zoe-park')).status).toBe(404);
    const promoted = await it.ask('PUT /orgs/lantern/memberships/ana-ferreira', { role: 'admin' });
    expect(promoted.body).toMatchObject({ role: 'admin', state: 'active' });
    expect((await it.ask('DELETE /orgs/lantern/memberships/ana-ferreira')).status).toBe(204);
    expect((await it.ask('DELETE /orgs/lantern/memberships/sam-rao')).status).toBe(403);
    expect((await it.ask('DELETE /orgs/lantern/members/zoe-park')).status).toBe(404);
  });

  test('leaving it takes teams and repositories along', async () => {
    it.github.setCollaborator('cy-okafor', 'orders', 'admin');
    await it.ask('DELETE /orgs/lantern/members/cy-okafor');
    expect(it.github.role('cy-okafor', 'orders')).toBe('none');
    expect(it.github.membership('cy-okafor', 'orders-oncall')).toBeUndefined();
  });

  test('people are invited by account', async () => {
    const invitee_id = it.github.idOf('zoe-park');
    expect((await it.ask('POST /orgs/lantern/invitations', { invitee_id })).status).toBe(201);
    expect((await it.ask('POST /orgs/lantern/invitations', '{"role":"admin"}')).status).toBe(422);
  });

  test('every change is written down as it happened, and nothing else is', async () => {
    const token = await it.tokenFor({ permissions: { members: 'read' } });
    await callApi(it.running, token, `PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.ask(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.ask(`PUT ${of('ana-ferreira')}`, { role: 'member' });
    await it.ask(`DELETE ${of('ana-ferreira')}`);
    expect(
      it.github.effects().map(({ login, target, before, after }) => [login, target, before, after]),
    ).toEqual([
      ['ana-ferreira', 'lantern/orders-oncall', 'none', 'member (active)'],
      ['ana-ferreira', 'lantern/orders-oncall', 'member (active)', 'none'],
    ]);
  });
});
