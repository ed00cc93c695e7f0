import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { callApi, jwt, startTestGithub } from './github.fixture.ts';
import { createChecker, hasDescription } from './openapi.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const SECOND = 1000;
const ORDERS = '/repos/lantern/orders';
const stranger = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
});

describe('authentication as the App', () => {
  const s = (ms: number) => Math.floor(ms / 1000);
  test.each<[string, (now: number) => Parameters<typeof jwt>[2], number]>([
    ['as GitHub documents it', () => ({}), 200],
    ['another App’s id', () => ({ iss: 1 }), 401],
    ['no issuer', () => ({ iss: undefined }), 401],
    ['expired', (now) => ({ exp: s(now) - 1 }), 401],
    ['valid for more than ten minutes', (now) => ({ exp: s(now) + 601 }), 401],
    ['issued in the future', (now) => ({ iat: s(now) + 120 }), 401],
    ['another algorithm', () => ({ alg: 'none' }), 401],
    ['signed with another key', () => ({ key: stranger.toString() }), 401],
  ])('a token %s', async (_what, over, status) => {
    const now = it.time.now();
    expect((await callApi(it.running, jwt(it.running, now, over(now)), 'GET /app')).status).toBe(status);
  });

  test('the JWT of the App is valid for /app only, and an installation token is not valid there', async () => {
    const own = jwt(it.running, it.time.now());
    expect((await callApi(it.running, own, `GET ${ORDERS}`)).status).toBe(401);
    expect((await it.send('GET /app')).status).toBe(401);
    expect((await callApi(it.running, undefined, `GET ${ORDERS}`)).status).toBe(401);
  });

  test('GET /app/installations/:id returns the installation and its permissions', async () => {
    const { installationId } = it.github.credentials;
    const own = jwt(it.running, it.time.now());
    const { body } = await callApi(it.running, own, `GET /app/installations/${installationId}`);
    expect(body).toMatchObject({ repository_selection: 'all', permissions: { members: 'write' } });
  });
});

describe('installation tokens', () => {
  test('expire after an hour', async () => {
    it.time.pass(3_600 * SECOND - 1);
    expect((await it.send(`GET ${ORDERS}`)).status).toBe(200);
    it.time.pass(1);
    expect((await it.send(`GET ${ORDERS}`)).status).toBe(401);
  });

  test('limited to one repository: 404 for the other', async () => {
    const token = await it.tokenFor({ repositories: ['infra'], permissions: { metadata: 'read' } });
    expect((await callApi(it.running, token, 'GET /repos/lantern/infra')).status).toBe(200);
    expect((await callApi(it.running, token, `GET ${ORDERS}`)).status).toBe(404);
  });

  test('limited to one repository by id: 404 for the other', async () => {
    const token = await it.tokenFor({ repository_ids: [6001] });
    expect((await callApi(it.running, token, `GET ${ORDERS}`)).status).toBe(200);
    expect((await callApi(it.running, token, 'GET /repos/lantern/infra')).status).toBe(404);
  });

  test('limited to some permissions: 403 for the rest, without an effect', async () => {
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
    ['a value that is not a list', { repositories: 'orders' }],
  ])('are refused for %s', async (_what, asked) => {
    const { installationId } = it.github.credentials;
    const path = `POST /app/installations/${installationId}/access_tokens`;
    const sent = JSON.stringify(asked);
    expect((await callApi(it.running, jwt(it.running, it.time.now()), path, sent)).status).toBe(422);
  });

  test('lose a permission at once when the owner takes it from the App', async () => {
    it.github.setInstallation({ permissions: { metadata: 'read' } });
    expect((await it.send('GET /orgs/lantern/teams/platform/members')).status).toBe(403);
    it.github.setInstallation({ repositories: [6002] });
    expect((await it.send(`GET ${ORDERS}`)).status).toBe(404);
    it.github.setInstallation({ suspended: true });
    expect((await it.send('GET /repos/lantern/infra')).status).toBe(403);
    expect((await it.mint()).status).toBe(403);
  });
});

describe('accounts', () => {
  test('a login that is deleted and created again is another account; a renamed login is the same account', async () => {
    const before = it.github.idOf('ana-ferreira');
    it.github.renameAccount('ana-ferreira', 'ana-f');
    expect((await it.send(`GET /user/${before}`)).body).toMatchObject({ login: 'ana-f', id: before });
    it.github.deleteAccount('ana-f');
    it.github.createAccount('ana-f');
    expect((await it.send(`GET /user/${before}`)).status).toBe(404);
    expect((await it.send('GET /users/ana-f')).body).not.toMatchObject({ id: before });
  });
});

(hasDescription ? test : test.skip)(
  'the checker refuses responses that the OpenAPI description does not allow',
  () => {
    const checkExchange = createChecker();
    const exchange = {
      method: 'GET',
      path: '/orgs/lantern/teams/t/memberships/x',
      sent: undefined,
      status: 200,
    };
    expect(
      checkExchange({ ...exchange, answered: { url: 'http://a/b', role: 'member', state: 'active' } }),
    ).toEqual([]);
    expect(
      checkExchange({ ...exchange, answered: { url: 'http://a/b', role: 'boss', state: 'active' } }),
    ).not.toEqual([]);
    expect(checkExchange({ ...exchange, answered: { role: 'member' } })).not.toEqual([]);
    expect(checkExchange({ ...exchange, status: 201, answered: {} })).not.toEqual([]);
  },
);
