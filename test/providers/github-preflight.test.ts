import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../providers/github/preflight.ts';
import { ofGateway, outcome, scripted, status } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const INSTALLATION = 'GET /app/installations/8001';
const installation = {
  account: { login: 'Lantern' },
  repository_selection: 'all',
  permissions: { administration: 'write', members: 'write', metadata: 'read' },
  app_slug: 'curfew-lantern',
  suspended_at: null,
};
type Row = [what: string, change: object, expected: unknown];

describe('the preflight', () => {
  const checked = (answer: unknown) =>
    outcome(preflight(scripted({ [INSTALLATION]: answer }).client, neverAborts));
  const NOTE = 'The App curfew-lantern is installed on all repositories of Lantern.';
  const { permissions } = installation;
  const without = (name: string) =>
    Object.fromEntries(Object.entries(permissions).filter(([each]) => each !== name));

  test.each<Row>([
    ['nothing about exactly what the App needs', {}, { ok: true, missing: [], excess: [], note: NOTE }],
    ...Object.entries(permissions).map(([name, access]): Row => [
      `the permission ${name} when it is missing`,
      { permissions: without(name) },
      { ok: false, missing: [`${name}: ${access}`], excess: [], note: NOTE },
    ]),
    ...['administration', 'members'].map((name): Row => [
      `${name} when it is read where write is needed`,
      { permissions: { ...permissions, [name]: 'read' } },
      { ok: false, missing: [`${name}: write`], excess: [], note: NOTE },
    ]),
    [
      'everything that is missing',
      { permissions: {} },
      {
        ok: false,
        missing: ['administration: write', 'members: write', 'metadata: read'],
        excess: [],
        note: NOTE,
      },
    ],
    [
      'write where read is enough, as more than needed',
      { permissions: { ...permissions, metadata: 'write' } },
      { ok: true, missing: [], excess: ['metadata: write'], note: NOTE },
    ],
    [
      'every other permission, as more than needed',
      { permissions: { ...permissions, contents: 'read', workflows: 'write' } },
      { ok: true, missing: [], excess: ['contents: read', 'workflows: write'], note: NOTE },
    ],
    [
      'a suspended installation, after what is missing',
      { suspended_at: '2026-11-01T00:00:00Z', permissions: without('members') },
      { ok: false, missing: ['members: write', 'the installation is suspended'], excess: [], note: NOTE },
    ],
    [
      'a suspended installation that has all permissions',
      { suspended_at: '2026-11-01T00:00:00Z' },
      { ok: false, missing: ['the installation is suspended'], excess: [], note: NOTE },
    ],
    [
      'the selection and the owner of the repositories',
      { repository_selection: 'selected', account: null },
      {
        ok: true,
        missing: [],
        excess: [],
        note: 'The App curfew-lantern is installed on selected repositories of an unknown owner.',
      },
    ],
  ])('names %s', async (_what, change, expected) =>
    expect(await checked({ ...installation, ...change })).toEqual(expected),
  );

  test('asks for the credentials when GitHub does not accept them', async () =>
    expect(await checked(status(401, 'A JSON web token could not be decoded'))).toEqual({
      ok: false,
      missing: ['an App id, private key and installation id that GitHub accepts'],
      excess: [],
      note: 'provider-forbidden: github: 401 A JSON web token could not be decoded (request ABC1)',
    }));

  test('fails behind a proxy that removes the id of the call, because no revoke could be confirmed there', async () =>
    expect(await checked(ofGateway(200, installation))).toMatch(
      /^provider-unavailable: .*x-github-request-id/,
    ));

  test('fails when GitHub does not answer the question', async () =>
    expect(await checked(status(502, 'Server Error'))).toBe(
      'provider-unavailable: github: 502 Server Error (request ABC1)',
    ));

  test('fails when GitHub limits the calls, which says nothing about the credentials', async () =>
    expect(await checked(status(429, 'Too many requests'))).toBe(
      'provider-throttled: github: 429 Too many requests (request ABC1)',
    ));
});
