import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestGithub } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const ORDERS = '/repos/lantern/orders';
const ANA = `${ORDERS}/collaborators/ana-ferreira`;
const ZOE = `${ORDERS}/collaborators/zoe-park`;

describe('collaborators', () => {
  test('a member of the organisation is added at once, and a changed role gets 204 too', async () => {
    expect((await it.send(`PUT ${ANA}`, { permission: 'push' })).status).toBe(204);
    expect((await it.send(`PUT ${ANA}`, { permission: 'triage' })).status).toBe(204);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('triage');
  });

  test('a person outside the organisation is invited and has no role until they accept', async () => {
    const { status, body } = await it.send(`PUT ${ZOE}`, { permission: 'maintain' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ permissions: 'maintain', invitee: { login: 'zoe-park' } });
    expect(it.github.role('zoe-park', 'orders')).toBe('none');
    expect((await it.send(`GET ${ZOE}`)).status).toBe(404);
    it.github.acceptInvitation('zoe-park', 'orders');
    expect(it.github.role('zoe-park', 'orders')).toBe('maintain');
    expect((await it.send(`GET ${ORDERS}/invitations`)).body).toEqual([]);
  });

  test('a declined invitation is removed and gives no role', async () => {
    await it.send(`PUT ${ZOE}`, { permission: 'pull' });
    it.github.declineInvitation('zoe-park', 'orders');
    expect(it.github.invitations('orders')).toEqual([]);
    expect(it.github.role('zoe-park', 'orders')).toBe('none');
  });

  test('an outside collaborator gets another role without another invitation', async () => {
    expect((await it.send(`PUT ${ORDERS}/collaborators/gil-moreau`, { permission: 'admin' })).status).toBe(
      204,
    );
  });

  test('removing a collaborator keeps a pending invitation, which is deleted by its own id', async () => {
    const { body } = await it.send(`PUT ${ZOE}`, { permission: 'push' });
    const { id } = body as { id: number };
    expect((await it.send(`DELETE ${ZOE}`)).status).toBe(204);
    expect(it.github.invitations('orders')).toHaveLength(1);
    expect((await it.send(`PATCH ${ORDERS}/invitations/${id}`, { permissions: 'read' })).status).toBe(200);
    expect((await it.send(`DELETE ${ORDERS}/invitations/${id}`)).status).toBe(204);
    expect(it.github.invitations('orders')).toEqual([]);
    expect((await it.send(`DELETE ${ORDERS}/invitations/${id}`)).status).toBe(404);
  });

  test.each([
    ['maintain', 'write'],
    ['triage', 'read'],
    ['admin', 'admin'],
  ])('%s is returned as role_name, with the legacy permission %s', async (permission, flat) => {
    await it.send(`PUT ${ANA}`, { permission });
    const { body } = await it.send(`GET ${ANA}/permission`);
    expect(body).toMatchObject({ permission: flat, role_name: permission });
  });

  test('the effective role is the highest of person, team and organisation, and role_name is that role', async () => {
    it.github.setCollaborator('ana-ferreira', 'orders', 'triage');
    it.github.setTeamMember('ana-ferreira', 'orders-oncall', 'member');
    const { body } = await it.send(`GET ${ORDERS}/collaborators?affiliation=direct`);
    expect(body).toContainEqual(expect.objectContaining({ login: 'ana-ferreira', role_name: 'maintain' }));
    await it.send(`DELETE ${ANA}`);
    expect(it.github.role('ana-ferreira', 'orders')).toBe('maintain');
    it.github.setTeamMember('ana-ferreira', 'orders-oncall', 'none');
    expect(it.github.role('ana-ferreira', 'orders')).toBe('read');
  });

  test.each<[string, unknown, number]>([
    ['a role that GitHub does not have', { permission: 'write' }, 422],
    ['a number', { permission: 7 }, 422],
    ['no JSON', '{', 400],
    ['a list', [], 400],
  ])('adding with %s is refused', async (_what, body, status) => {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await it.send(`PUT ${ANA}`, sent);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ message: expect.any(String), documentation_url: expect.any(String) });
  });

  test('a member cannot be set below the organisation’s base role', async () => {
    it.github.setBaseRole('write');
    expect((await it.send(`PUT ${ANA}`, { permission: 'pull' })).status).toBe(422);
  });

  test('the 51st invitation in 24 hours is refused, members do not count, and the next day allows more', async () => {
    for (let n = 0; n < 51; n += 1) it.github.createAccount(`guest-${n}`);
    const invite = (n: number) => it.send(`PUT ${ORDERS}/collaborators/guest-${n}`, { permission: 'pull' });
    for (let n = 0; n < 50; n += 1) expect((await invite(n)).status).toBe(201);
    expect((await invite(50)).status).toBe(403);
    expect((await it.send(`PUT ${ANA}`, { permission: 'push' })).status).toBe(204);
    it.time.pass(86_400_001);
    const token = await it.tokenFor();
    const late = await fetch(`${it.url}${ORDERS}/collaborators/guest-50`, {
      method: 'PUT',
      headers: { authorization: `token ${token}` },
    });
    expect(late.status).toBe(201);
  });
});

describe('repositories', () => {
  test('a repository is found by name, and case does not matter', async () => {
    expect((await it.send('GET /repos/Lantern/ORDERS')).body).toMatchObject({ full_name: 'lantern/orders' });
    expect((await it.send('GET /repos/lantern/nothing')).status).toBe(404);
    expect((await it.send('GET /repos/other/orders')).status).toBe(404);
  });

  test('a renamed repository redirects from its old name to its id', async () => {
    it.github.renameRepo('orders', 'orders-api');
    const { status, headers } = await it.send(`GET ${ORDERS}`);
    expect([status, headers.get('location')]).toEqual([301, `${it.url}/repositories/6001`]);
    expect((await it.send('GET /repositories/6001')).body).toMatchObject({ name: 'orders-api' });
  });

  test('a private repository that was transferred is there for nobody here, by its name and by its number', async () => {
    it.github.setCollaborator('ana-ferreira', 'orders', 'admin');
    it.github.transferRepo('orders');
    expect((await it.send(`GET ${ORDERS}`)).status).toBe(404);
    expect((await it.send('GET /repositories/6001')).status).toBe(404);
    expect((await it.mint({ repository_ids: [6001] })).status).toBe(422);
    expect(it.github.roleElsewhere('ana-ferreira', 6001)).toBe('admin');
    expect(it.github.roleElsewhere('bo-lindqvist', 6001)).toBe('none');
  });

  test('a public repository that was transferred redirects from its old name, and shows its new owner', async () => {
    it.github.setPublic('orders', true);
    it.github.transferRepo('orders');
    const { status, headers } = await it.send(`GET ${ORDERS}`);
    expect([status, headers.get('location')]).toEqual([301, `${it.url}/repositories/6001`]);
    expect((await it.send('GET /repositories/6001')).body).toMatchObject({
      full_name: 'elsewhere/orders',
      owner: { login: 'elsewhere', id: 3900 },
    });
    it.github.createRepo('orders');
    expect((await it.send(`GET ${ORDERS}`)).body).toMatchObject({ full_name: 'lantern/orders' });
  });

  test('a repository that its new owner transfers back has its collaborators and not its teams', async () => {
    it.github.setCollaborator('ana-ferreira', 'orders', 'admin');
    it.github.transferRepo('orders', { id: it.github.idOf('ana-ferreira'), login: 'ana-ferreira' });
    it.github.transferBack(6001);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('admin');
    expect((await it.send(`GET ${ORDERS}/teams`)).body).toEqual([]);
  });

  test('the teams of a repository are listed with their role', async () => {
    const { body } = await it.send(`GET ${ORDERS}/teams`);
    expect(body).toContainEqual(expect.objectContaining({ slug: 'orders-oncall', permission: 'maintain' }));
  });
});
