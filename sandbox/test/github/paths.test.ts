import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callApi, startTestGithub } from './github.fixture.ts';

let it: Awaited<ReturnType<typeof startTestGithub>>;
beforeEach(async () => void (it = await startTestGithub()));
afterEach(() => it.stop());

const INVITED = 'zoe-park';
type Row = [route: string, permission: string, access: 'read' | 'write', sent: object | undefined];
const row = (route: string, permission: string, access: 'read' | 'write', sent?: object): Row => [
  route,
  permission,
  access,
  sent,
];

const REPOSITORY: readonly Row[] = [
  row('GET /repos/lantern/orders/teams', 'administration', 'read'),
  row('PUT /repos/lantern/orders/collaborators/ana-ferreira', 'administration', 'write', {
    permission: 'push',
  }),
  row('DELETE /repos/lantern/orders/collaborators/gil-moreau', 'administration', 'write'),
  row('GET /repos/lantern/orders/invitations', 'administration', 'read'),
  row('PATCH /repos/lantern/orders/invitations/{invitation}', 'administration', 'write', {
    permissions: 'read',
  }),
  row('DELETE /repos/lantern/orders/invitations/{invitation}', 'administration', 'write'),
];
const ORGANISATION: readonly Row[] = [
  row('GET /orgs/lantern/memberships/ana-ferreira', 'members', 'read'),
  row('PUT /orgs/lantern/memberships/ana-ferreira', 'members', 'write', { role: 'admin' }),
  row('DELETE /orgs/lantern/memberships/ana-ferreira', 'members', 'write'),
  row('GET /orgs/lantern/members/ana-ferreira', 'members', 'read'),
  row('DELETE /orgs/lantern/members/ana-ferreira', 'members', 'write'),
  row('GET /orgs/lantern/invitations', 'members', 'read'),
  row('POST /orgs/lantern/invitations', 'members', 'write', { invitee_id: 1 }),
  row('GET /orgs/lantern/teams', 'members', 'read'),
  row('GET /orgs/lantern/teams/platform', 'members', 'read'),
  row('GET /orgs/lantern/teams/platform/teams', 'members', 'read'),
  row('GET /orgs/lantern/teams/platform/members', 'members', 'read'),
  row('GET /orgs/lantern/teams/platform/memberships/bo-lindqvist', 'members', 'read'),
  row('PUT /orgs/lantern/teams/platform/memberships/ana-ferreira', 'members', 'write', { role: 'member' }),
  row('DELETE /orgs/lantern/teams/platform/memberships/bo-lindqvist', 'members', 'write'),
];

/** The route with the number of an invitation that exists. */
async function ready(route: string): Promise<string> {
  const { body } = await it.send(`PUT /repos/lantern/orders/collaborators/${INVITED}`, {
    permission: 'push',
  });
  return route.replace('{invitation}', String((body as { id: number }).id));
}
const access = () => {
  const { org, teams, repos } = structuredClone(it.github.state());
  return { org, teams, repos };
};

describe('a token without the permission of a path gets 403, and nothing changes', () => {
  test.each([...REPOSITORY, ...ORGANISATION])(
    '%s needs %s: %s',
    async (template, permission, needed, sent) => {
      const route = await ready(template);
      const all = { administration: 'write', members: 'write', metadata: 'read' };
      const { [permission as 'members']: _left, ...others } = all;
      const permissions = { ...others, ...(needed === 'write' ? { [permission]: 'read' } : {}) };
      const before = access();
      const refused = await callApi(it.running, await it.tokenFor({ permissions }), route, sent);
      expect([refused.status, access()]).toEqual([403, before]);
      const token = await it.tokenFor({ permissions: { [permission]: needed, metadata: 'read' } });
      expect((await callApi(it.running, token, route, sent && JSON.stringify(sent))).status).not.toBe(403);
    },
  );
});

describe('what a token does not cover is not found, and nothing changes', () => {
  test.each([
    ...REPOSITORY,
    row('GET /repos/lantern/orders', 'metadata', 'read'),
    row('GET /repositories/6001', 'metadata', 'read'),
    row('GET /repos/lantern/orders/collaborators', 'metadata', 'read'),
    row('GET /repos/lantern/orders/collaborators/bo-lindqvist/permission', 'metadata', 'read'),
  ])('%s with a token for another repository', async (template, _permission, _needed, sent) => {
    const route = await ready(template);
    const token = await it.tokenFor({ repositories: ['infra'] });
    const before = access();
    expect((await callApi(it.running, token, route, sent)).status).toBe(404);
    expect(access()).toEqual(before);
  });

  test.each([...ORGANISATION, ...REPOSITORY])(
    '%s of another organisation',
    async (template, _permission, _needed, sent) => {
      const route = (await ready(template)).replace('/lantern', '/elsewhere');
      const before = access();
      expect((await it.send(route, sent)).status).toBe(404);
      expect(access()).toEqual(before);
    },
  );
});
