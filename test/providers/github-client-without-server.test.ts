import { logged } from './console.fixture.ts';
import { describe, expect, jest, test } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { connect, pages, type GitHubDeps, type Scope } from '../../providers/github/client.ts';
import { query } from '../../providers/github/graphql.ts';
import { LIST_MEMBERS } from '../../providers/github/queries.ts';
import { openTokens } from '../../providers/github/tokens.ts';
import { outcome, scripted, status } from './github-script.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const ANA = { id: 7, login: 'ana', type: 'User' };
const named = ({ rest }: Octokit) => rest.users.getByUsername({ username: 'ana' });
/** What was sent to read one account with a token. */
async function readAccount(deps: Partial<GitHubDeps> = {}, path = '') {
  const { sent, octokit } = scripted({ [`GET ${path}/users/ana`]: ANA }, deps);
  const { data } = await named(await octokit());
  return { data, sent };
}
const headerOf = (init: RequestInit | undefined, name: string) =>
  new Headers(init?.headers as Record<string, string>).get(name);

describe('the address', () => {
  test.each<[string, string | undefined, string]>([
    ['GitHub itself without a setting', undefined, 'https://api.github.com'],
    ['a GitHub Enterprise Server', 'https://ghe.example/api/v3', 'https://ghe.example/api/v3'],
    ['the same with a slash at its end', 'https://ghe.example/api/v3/', 'https://ghe.example/api/v3'],
    ['the same with two slashes', 'https://ghe.example/api/v3//', 'https://ghe.example/api/v3'],
  ])('is that of %s', async (_what, baseUrl, base) => {
    const { pathname } = new URL(base);
    const { data, sent } = await readAccount(
      baseUrl === undefined ? {} : { baseUrl },
      pathname === '/' ? '' : pathname,
    );
    expect(data).toEqual(ANA);
    expect(sent.map(({ url }) => url.href)).toEqual([
      `${base}/app/installations/8001/access_tokens`,
      `${base}/users/ana`,
    ]);
  });

  test.each([
    ['another host', 'https://ghe.example.org/api/v3/users/ana'],
    ['another protocol', 'http://ghe.example/api/v3/users/ana'],
    ['another port', 'https://ghe.example:8443/api/v3/users/ana'],
    ['the same host beside the API', 'https://ghe.example/users/ana'],
    ['an API whose path begins in the same way', 'https://ghe.example/api/v30/users/ana'],
  ])('is never %s', async (_what, url) => {
    const { sent, octokit } = scripted({}, { baseUrl: 'https://ghe.example/api/v3' });
    const call = (await octokit()).request(`GET ${url}`);
    expect(await outcome(call)).toBe(
      'provider-forbidden: github: the address is not below the API that is configured',
    );
    expect(sent.map(({ call: each }) => each)).toEqual(['POST /api/v3/app/installations/8001/access_tokens']);
  });

  test.each([
    ['GitHub itself', undefined, 'https://api.github.com/graphql'],
    ['a GitHub Enterprise Server', 'https://ghe.example/api/v3', 'https://ghe.example/api/graphql'],
    ['the same with a slash at its end', 'https://ghe.example/api/v3/', 'https://ghe.example/api/graphql'],
    ['a local address', 'http://127.0.0.1:9', 'http://127.0.0.1:9/graphql'],
  ])('of queries is that of %s', async (_what, baseUrl, address) => {
    const { pathname } = new URL(address);
    const { sent, octokit } = scripted(
      { [`POST ${pathname}`]: { data: { node: null } } },
      baseUrl === undefined ? {} : { baseUrl },
    );
    expect(await query(await octokit(), LIST_MEMBERS, { team: 'T_1', after: null })).toEqual({ node: null });
    expect(sent.at(-1)?.url.href).toBe(address);
    const other = (await octokit()).graphql('query { viewer { login } }');
    expect(await outcome(other)).toBe(
      'provider-forbidden: github: POST /graphql is not in the list of calls that Curfew may send',
    );
  });

  test('of a call that is not in the list is named in the fault', async () =>
    expect(await outcome((await scripted().octokit()).request('GET /user'))).toBe(
      'provider-forbidden: github: GET /user is not in the list of calls that Curfew may send',
    ));
});

describe('a token', () => {
  test.each<[string, Scope, object]>([
    ['the whole organisation', { permissions: { members: 'read' } }, { permissions: { members: 'read' } }],
    [
      'one repository by its name',
      { permissions: { administration: 'write' }, repository: { name: 'orders' } },
      { permissions: { administration: 'write' }, repositories: ['orders'] },
    ],
    [
      'one repository by its number alone, when it has one',
      { permissions: { administration: 'write' }, repository: { name: 'orders', id: 6001 } },
      { permissions: { administration: 'write' }, repository_ids: [6001] },
    ],
  ])('is for %s', async (_what, scope, body) => {
    const { client, scopes } = scripted();
    await client.withToken(scope, neverAborts);
    expect(scopes()).toEqual([body]);
  });

  test('is created with a signature of the App, and used for the calls', async () => {
    const { sent } = await readAccount();
    const [jwt, token] = sent.map(({ init }) => headerOf(init, 'authorization'));
    expect(token).toBe('token ghs_1');
    const [, claims = ''] = /^bearer [^.]+\.([^.]+)\.[^.]+$/.exec(jwt ?? '') ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: 7001 });
  });

  test.each<[string, Scope, readonly string[]]>([
    ['for an organisation is shared by all calls', { permissions: { members: 'read' } }, ['ghs_1', 'ghs_1']],
    [
      'for a repository is created again for each call',
      { permissions: { administration: 'write' }, repository: { name: 'orders', id: 6001 } },
      ['ghs_1', 'ghs_2'],
    ],
  ])('%s', async (_which, scope, expected) => {
    const { sent, client } = scripted({ 'GET /users/ana': ANA });
    for (let each = 0; each < 2; each += 1) await named(await client.withToken(scope, neverAborts));
    const credentials = sent.map(({ init }) => headerOf(init, 'authorization') ?? '');
    expect(credentials.filter((each) => each.startsWith('token '))).toEqual(
      expected.map((each) => `token ${each}`),
    );
  });

  test('is not created with a key that is none', async () => {
    const { client, sent } = scripted({}, { privateKey: 'not a key' });
    expect(await outcome(client.withToken({ permissions: {} }, neverAborts))).toBe(
      "provider-forbidden: github: the App's private key cannot be used",
    );
    expect(sent).toEqual([]);
  });

  test('belongs to the installation of the settings', () =>
    expect(connect({ appId: 1, privateKey: 'x', installationId: 8002 }).installationId).toBe(8002));
});

describe('a token that GitHub refuses', () => {
  const LIMIT = 'provider-throttled: ';
  const REFUSED = 'provider-forbidden: ';
  const OLD = 'provider-unavailable: github: it refused a token that is some minutes old';
  test.each<[string, ReturnType<typeof status>, age: number, says: string, tokens: number]>([
    ['a limit with only a time to wait', status(403, 'x', { 'retry-after': '60' }), 61_000, LIMIT, 1],
    ['a limit with nothing remaining', status(403, 'x', { 'x-ratelimit-remaining': '0' }), 61_000, LIMIT, 1],
    [
      'a limit that only its message names',
      status(403, 'You have exceeded a secondary rate limit.'),
      61_000,
      LIMIT,
      1,
    ],
    ['a refusal', status(403, 'x', { 'x-ratelimit-remaining': '1' }), 61_000, OLD, 2],
    ['an unknown token', status(401, 'x'), 61_000, OLD, 2],
    ['a refusal of a new token', status(403, 'x'), 60_000, REFUSED, 2],
  ])('is kept for a limit and made again after a refusal: %s', async (_what, answer, age, says, tokens) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const { octokit, scopes } = scripted({ 'GET /users/ana': answer });
    const used = await octokit();
    clock.mockReturnValue(age);
    expect(await outcome(named(used))).toEqual(expect.stringContaining(says));
    await octokit();
    expect(scopes()).toHaveLength(tokens);
    clock.mockRestore();
  });
});

test('a late refusal of an older token of GitHub leaves the newer one in use', async () => {
  let made = 0;
  const mint = () => Promise.resolve(`ghs_${(made += 1)}`);
  const tokens = openTokens(mint, { timeoutMs: 1_000, onlyRemoves: false });
  const next = () => tokens.tokenFor({ permissions: { members: 'read' } }, neverAborts);
  const older = await next();
  for (const newest of ['ghs_2', 'ghs_2']) {
    tokens.refuse({ permissions: { members: 'read' } }, older);
    expect(await next()).toBe(newest);
  }
});

describe('the token of a scope', () => {
  const organisation: Scope = { permissions: { members: 'read' } };
  const repository: Scope = { permissions: { administration: 'write' }, repository: { name: 'orders' } };
  const MINUTE = 60_000;

  test.each<[string, Scope, boolean, number, number]>([
    ['of an organisation serves for 50 minutes', organisation, false, 50 * MINUTE - 1, 1],
    ['of an organisation is made again after 50 minutes', organisation, false, 50 * MINUTE, 2],
    ['of a repository serves for one pass of the reaper', repository, true, 49_999, 1],
    ['of a repository is made again for the next pass of the reaper', repository, true, 50_000, 2],
    ['of a repository is made again for each attempt of a provider', repository, false, 0, 2],
  ])('%s', async (_what, scope, onlyRemoves, age, times) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    let made = 0;
    const mint = () => Promise.resolve(`ghs_${(made += 1)}`);
    const tokens = openTokens(mint, { timeoutMs: 1_000, onlyRemoves });
    await tokens.tokenFor(scope, neverAborts);
    clock.mockReturnValue(age);
    await tokens.tokenFor(scope, neverAborts);
    clock.mockRestore();
    expect(made).toBe(times);
  });

  test('is made for all who wait for it, also when the first of them gives up, and again after it could not be made', async () => {
    const signals: AbortSignal[] = [];
    const mint = (_scope: Scope, signal: AbortSignal) => Promise.reject(new Error(`${signals.push(signal)}`));
    const tokens = openTokens(mint, { timeoutMs: 60_000, onlyRemoves: false });
    const given = new AbortController();
    const both = [given.signal, neverAborts].map((signal) => outcome(tokens.tokenFor(organisation, signal)));
    given.abort();
    await Promise.all(both);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await outcome(tokens.tokenFor(organisation, neverAborts));
    expect(signals).toHaveLength(2);
  });
});

describe('before each call it is known for how long none may be made,', () => {
  const OPEN = { removal: 0, other: 0 };
  function waiting(answers: Parameters<typeof scripted>[0]) {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const asked: unknown[] = [];
    const takeTurn = async (_points?: number, closedMs: object = OPEN) => void asked.push(closedMs);
    return { ...scripted(answers, {}, { takeTurn }), asked, restore: () => clock.mockRestore() };
  }

  test('by what GitHub said of calls of the same kind (F11)', async () => {
    const used = {
      ...{ date: new Date(0).toUTCString(), 'x-ratelimit-limit': '5000' },
      ...{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '600' },
    };
    const { client, octokit, asked, restore } = waiting({ 'GET /users/ana': status(404, 'x', used) });
    const ana = await octokit();
    for (let each = 0; each < 2; each += 1) await outcome(named(ana));
    await client.withToken({ permissions: {} }, neverAborts);
    restore();
    expect(asked).toEqual([OPEN, OPEN, { removal: 600_000, other: 600_000 }, OPEN]);
  });

  test('by how much content this process has generated (I25)', async () => {
    const { octokit, asked, restore } = waiting({});
    const { rest } = await octokit();
    const invite = () =>
      rest.repos.addCollaborator({ owner: 'lantern', repo: 'api', username: 'ana', permission: 'pull' });
    for (let each = 0; each < 501; each += 1) await outcome(invite());
    restore();
    expect([250, 251, 500, 501].map((at) => asked[at])).toEqual([
      OPEN,
      { removal: 0, other: 3_601_000 },
      { removal: 0, other: 3_601_000 },
      { removal: 3_601_000, other: 3_601_000 },
    ]);
  });
});

test('a repository counts as deleted only when an operator names its number', () => {
  const { client } = scripted({}, { deletedRepositories: [6001, 6002] });
  expect([6001, 6002, 6003, undefined].map((each) => client.isKnownDeleted(each))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe('a call', () => {
  test('names Curfew and does not follow redirects', async () => {
    const { sent } = await readAccount();
    for (const { init } of sent) {
      expect(headerOf(init, 'user-agent')).toMatch(/^curfew /);
      expect(init.redirect).toBe('manual');
    }
  });

  test.each([
    [
      'an account',
      'GET /users/{username}',
      'provider-unavailable: github: the name of something changed during the call',
    ],
    ['a repository, because its new number is read', 'GET /repos/{owner}/{repo}', undefined],
  ])('that GitHub redirects is no answer but for %s', async (_what, route, fault) => {
    const at = { username: 'ana', owner: 'lantern', repo: 'ana' };
    const moved = status(301, 'Moved Permanently', { location: 'https://api.github.com/repositories/6001' });
    const github = scripted({ 'GET /users/ana': moved, 'GET /repos/lantern/ana': moved });
    const octokit = await github.octokit();
    const result = await outcome(octokit.request(route, at));
    expect(typeof result === 'string' ? result : undefined).toBe(fault);
  });

  test.each<[string, Partial<GitHubDeps>, number]>([
    ['ten seconds', {}, 10_000],
    ['what the settings say', { timeoutMs: 250 }, 250],
  ])('may take %s', async (_what, deps, ms) => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    await readAccount(deps);
    expect(timeout.mock.calls.slice(-2)).toEqual([[ms], [ms]]);
    timeout.mockRestore();
  });

  test.each<[string, (stop: AbortController, time: AbortController) => void]>([
    ['the activity is cancelled', (stop) => stop.abort()],
    ['the time is over', (_stop, time) => time.abort()],
  ])('ends when %s', async (_when, end) => {
    const [stop, time] = [new AbortController(), new AbortController()];
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    const { client, sent } = scripted();
    await client.withToken({ permissions: {}, repository: { name: 'orders' } }, stop.signal);
    timeout.mockRestore();
    expect(sent[0]?.init.signal?.aborted).toBe(false);
    end(stop, time);
    expect(sent[0]?.init.signal?.aborted).toBe(true);
  });

  test('writes nothing to a log, because addresses have the names of people', async () => {
    const deprecated = { deprecation: '@1688169599', link: '<https://x.example>; rel="deprecation"' };
    const { octokit } = scripted({ 'GET /users/ana': status(500, 'Server Error', deprecated) });
    const client = await octokit();
    await outcome(named(client));
    for (const level of ['debug', 'info', 'warn', 'error'] as const) client.log[level]('GET /users/ana');
    expect(logged).toEqual([]);
  });
});

describe('the pages of a list', () => {
  const listOf = async (sizes: readonly number[]) => {
    const asked: number[] = [];
    const items: number[] = [];
    const get = (page: number) => {
      asked.push(page);
      return Promise.resolve({ data: Array.from({ length: sizes[page - 1] ?? 0 }, () => page) });
    };
    for await (const item of pages(get)) items.push(item);
    return { asked, items: items.length };
  };

  test.each<[string, readonly number[], object]>([
    ['nothing', [0], { asked: [1], items: 0 }],
    ['less than a page', [99], { asked: [1], items: 99 }],
    ['exactly one page, so there may be more', [100, 0], { asked: [1, 2], items: 100 }],
    ['two pages and a half', [100, 100, 50], { asked: [1, 2, 3], items: 250 }],
  ])('%s', async (_what, sizes, expected) => expect(await listOf(sizes)).toEqual(expected));
});
