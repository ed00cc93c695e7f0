import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { callApi, jwt, startTestGithub } from './github.fixture.ts';
import { createChecker, hasDescription } from './openapi.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const SECOND = 1000;
const ORDERS = '/repos/lantern/orders';
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
});

describe('the App’s own log-in', () => {
  const s = (ms: number) => Math.floor(ms / 1000);
  test.each<[string, (now: number) => Parameters<typeof jwt>[2], number]>([
    ['as GitHub asks', () => ({}), 200],
    ['another App’s id', () => ({ iss: 1 }), 401],
    ['no issuer', () => ({ iss: undefined }), 401],
    ['expired', (now) => ({ exp: s(now) - 1 }), 401],
    ['good for more than ten minutes', (now) => ({ exp: s(now) + 601 }), 401],
    ['issued in the future', (now) => ({ iat: s(now) + 120 }), 401],
    ['another algorithm', () => ({ alg: 'none' }), 401],
    ['somebody else’s key', () => ({ key: stranger.toString() }), 401],
  ])('a token %s', async (_what, over, status) => {
    const now = it.time.now();
    expect((await callApi(it.running, jwt(it.running, now, over(now)), 'GET /app')).status).toBe(status);
  });

  test('is good for /app and nothing else, and an installation’s token is not good there', async () => {
    const own = jwt(it.running, it.time.now());
    expect((await callApi(it.running, own, `GET ${ORDERS}`)).status).toBe(401);
    expect((await it.ask('GET /app')).status).toBe(401);
    expect((await callApi(it.running, undefined, `GET ${ORDERS}`)).status).toBe(401);
  });

  test('shows the installation, with what it may do', async () => {
    const { installationId } = it.github.credentials;
    const own = jwt(it.running, it.time.now());
    const { body } = await callApi(it.running, own, `GET /app/installations/${installationId}`);
    expect(body).toMatchObject({ repository_selection: 'all', permissions: { members: 'write' } });
  });
});

describe('installation tokens', () => {
  test('end after an hour', async () => {
    it.time.pass(3_600 * SECOND - 1);
    expect((await it.ask(`GET ${ORDERS}`)).status).toBe(200);
    it.time.pass(1);
    expect((await it.ask(`GET ${ORDERS}`)).status).toBe(401);
  });

  test('narrowed to one repository, the other is not found', async () => {
    const token = await it.tokenFor({ repositories: ['infra'], permissions: { metadata: 'read' } });
    expect((await callApi(it.running, token, 'GET /repos/lantern/infra')).status).toBe(200);
    expect((await callApi(it.running, token, `GET ${ORDERS}`)).status).toBe(404);
  });

  test('narrowed by id works the same', async () => {
    const token = await it.tokenFor({ repository_ids: [6001] });
    expect((await callApi(it.running, token, `GET ${ORDERS}`)).status).toBe(200);
    expect((await callApi(it.running, token, 'GET /repos/lantern/infra')).status).toBe(404);
  });

  test('narrowed in what they may do, the rest is forbidden and nothing happens', async () => {
    const token = await it.tokenFor({ permissions: { administration: 'read', metadata: 'read' } });
    const path = `${ORDERS}/collaborators/ana-ferreira`;
    const put = await callApi(it.running, token, `PUT ${path}`, { permission: 'push' });
    expect([put.status, put.body]).toMatchObject([
      403,
      { message: 'Resource not accessible by integration' },
    ]);
    expect((await callApi(it.running, token, `GET ${ORDERS}/invitations`)).status).toBe(200);
    const team = await callApi(it.running, token, 'GET /orgs/lantern/teams/platform/members');
    expect(team.status).toBe(403);
    expect(it.github.directRole('ana-ferreira', 'orders')).toBe('none');
  });

  test.each<[string, unknown]>([
    ['a repository that does not exist', { repositories: ['nothing'] }],
    ['a permission the App does not have', { permissions: { contents: 'read' } }],
    ['more than the App has', { permissions: { metadata: 'write' } }],
    ['something that is no list', { repositories: 'orders' }],
  ])('are refused for %s', async (_what, asked) => {
    const { installationId } = it.github.credentials;
    const path = `POST /app/installations/${installationId}/access_tokens`;
    const sent = JSON.stringify(asked);
    expect((await callApi(it.running, jwt(it.running, it.time.now()), path, sent)).status).toBe(422);
  });

  test('lose at once what the owner takes from the App', async () => {
    it.github.setInstallation({ permissions: { metadata: 'read' } });
    expect((await it.ask('GET /orgs/lantern/teams/platform/members')).status).toBe(403);
    it.github.setInstallation({ repositories: [6002] });
    expect((await it.ask(`GET ${ORDERS}`)).status).toBe(404);
    it.github.setInstallation({ suspended: true });
    expect((await it.ask('GET /repos/lantern/infra')).status).toBe(403);
    expect((await it.mint()).status).toBe(403);
  });
});

describe('accounts', () => {
  test('a deleted and recreated login is another account; a renamed one is the same', async () => {
    const before = it.github.idOf('ana-ferreira');
    it.github.renameAccount('ana-ferreira', 'ana-f');
    expect((await it.ask(`GET /user/${before}`)).body).toMatchObject({ login: 'ana-f', id: before });
    it.github.deleteAccount('ana-f');
    it.github.createAccount('ana-f');
    expect((await it.ask(`GET /user/${before}`)).status).toBe(404);
    expect((await it.ask('GET /users/ana-f')).body).not.toMatchObject({ id: before });
  });
});

(hasDescription ? test : test.skip)('the published description refuses what GitHub would never say', () => {
  const complaints = createChecker();
  const asked = { method: 'GET', path: '/orgs/lantern/teams/t/memberships/x', sent: undefined, status: 200 };
  expect(complaints({ ...asked, answered: { url: 'http://a/b', role: 'member', state: 'active' } })).toEqual(
    [],
  );
  expect(
    complaints({ ...asked, answered: { url: 'http://a/b', role: 'boss', state: 'active' } }),
  ).not.toEqual([]);
  expect(complaints({ ...asked, answered: { role: 'member' } })).not.toEqual([]);
  expect(complaints({ ...asked, status: 201, answered: {} })).not.toEqual([]);
});
