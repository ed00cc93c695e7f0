import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { readAccess } from '../../providers/github/collaborators.ts';
import { isBelowBase, isManaged, statusOf, toFault, unlessMissing } from '../../providers/github/failures.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { GithubState } from '../../sandbox/github/state.ts';
import { faultOf } from './conformance.fixture.ts';
import { ANA, neverAborts, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';

type Headers = Readonly<Record<string, string>>;

/** An error as Octokit throws it for an answer of GitHub. */
const answered = (
  status: number,
  message = '',
  headers: Headers = {},
  url = 'https://api.github.com/repos/a/b',
) =>
  Object.assign(new Error(`${message} - token ghs_secret`), {
    status,
    request: { url, headers: { authorization: 'token ghs_secret' } },
    response: { status, data: { message }, headers },
  });
const APP = 'https://api.github.com/app/installations/1';
const DATE = { date: 'Thu, 05 Nov 2026 12:00:00 GMT' };
const reset = (seconds: number) => String(Date.UTC(2026, 10, 5, 12) / 1000 + seconds);

describe('what an answer of GitHub means', () => {
  test.each<[string, unknown, string]>([
    ['no answer', new Error('socket hang up'), 'provider-unavailable'],
    ['something that is no error', undefined, 'provider-unavailable'],
    ['500', answered(500), 'provider-unavailable'],
    ['502', answered(502), 'provider-unavailable'],
    ['503', answered(503), 'provider-unavailable'],
    ['401 to a token that is new', answered(401, 'Bad credentials'), 'provider-unavailable'],
    ['401 to the key of the App', answered(401, 'Bad credentials', {}, APP), 'provider-forbidden'],
    [
      '401 in a repository called app-store',
      answered(401, '', {}, 'https://api.github.com/repos/a/app-store'),
      'provider-unavailable',
    ],
    [
      '403 for a missing permission',
      answered(403, 'Resource not accessible by integration'),
      'provider-forbidden',
    ],
    [
      '403 of an archived repository',
      answered(403, 'Repository was archived so is read-only.'),
      'provider-refused',
    ],
    ['404', answered(404, 'Not Found'), 'target-missing'],
    ['410', answered(410, 'Gone'), 'target-missing'],
    ['404 for the App', answered(404, 'Not Found', {}, APP), 'provider-forbidden'],
    ['422', answered(422, 'Validation Failed'), 'provider-refused'],
    ['400', answered(400, 'Problems parsing JSON'), 'provider-refused'],
    ['429', answered(429), 'provider-throttled'],
    ['403 with a time to wait', answered(403, 'x', { 'retry-after': '7' }), 'provider-throttled'],
    [
      '403 with nothing remaining',
      answered(403, 'x', { 'x-ratelimit-remaining': '0' }),
      'provider-throttled',
    ],
    [
      '403 with something remaining',
      answered(403, 'x', { 'x-ratelimit-remaining': '1' }),
      'provider-forbidden',
    ],
    [
      '403 that names a rate limit',
      answered(403, 'You have exceeded a secondary rate limit'),
      'provider-throttled',
    ],
    ['403 of the abuse detection', answered(403, 'Abuse detection mechanism'), 'provider-throttled'],
  ])('%s', (_what, error, code) => expect(toFault(error).code).toBe(code));

  test.each<[string, Headers, number]>([
    ['the wait that GitHub names', { 'retry-after': '7', ...DATE }, 7_000],
    [
      'the time to the reset, by GitHub’s clock',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(90), ...DATE },
      90_000,
    ],
    ['at least a second', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(-90), ...DATE }, 1_000],
    [
      'the named wait before the reset',
      { 'retry-after': '2', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(90), ...DATE },
      2_000,
    ],
    [
      'a minute when the reset is of another limit',
      { 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': reset(90), ...DATE },
      60_000,
    ],
    [
      'a minute when GitHub’s clock is unknown',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(90) },
      60_000,
    ],
    ['a minute when nothing is named', {}, 60_000],
    ['a minute when the wait is no number', { 'retry-after': 'soon' }, 60_000],
  ])('a rate limit waits: %s', (_what, headers, ms) => {
    expect(toFault(answered(429, 'x', headers))).toMatchObject({
      code: 'provider-throttled',
      retryAfterMs: ms,
    });
  });

  test('a fault has GitHub’s message and the number of the call, and nothing of the request', () => {
    const fault = toFault(answered(422, 'Validation Failed', { 'x-github-request-id': 'ABC1' }));
    expect(fault.message).toContain('github: 422 Validation Failed (request ABC1)');
    expect(fault.cause).toBeUndefined();
    expect(`${fault.stack} ${JSON.stringify(fault)}`).not.toContain('ghs_secret');
    expect(toFault(answered(500, 'Server Error')).message).toMatch(/github: 500 Server Error$/);
  });

  test('a fault stays the fault that it is, also inside an error of Octokit', () => {
    const fault = new Fault('subject-changed', 'x');
    expect(toFault(fault)).toBe(fault);
    expect(toFault(Object.assign(new Error('wrapped'), { cause: fault }))).toBe(fault);
  });
});

describe('only a 404 means that something does not exist', () => {
  test('a 404 is undefined, and a value is itself', async () => {
    expect(await unlessMissing(Promise.reject(answered(404)))).toBeUndefined();
    expect(await unlessMissing(Promise.resolve(7))).toBe(7);
  });
  test.each([400, 401, 403, 410, 422, 429, 500])('%i stays an error', async (status) => {
    const error = answered(status);
    await expect(unlessMissing(Promise.reject(error))).rejects.toBe(error);
  });
  test('a 404 without an answer is a failed connection', async () => {
    const error = Object.assign(new Error('x'), { status: 404 });
    expect(statusOf(error)).toBeUndefined();
    await expect(unlessMissing(Promise.reject(error))).rejects.toBe(error);
  });
});

test.each<[string, unknown, boolean]>([
  ['a synchronised team', answered(403, 'This team is synchronized with an identity provider group'), true],
  ['a missing permission', answered(403, 'Resource not accessible by integration'), false],
  ['missing rights of an administrator', answered(403, 'Must have admin rights to Repository.'), false],
  ['a suspended installation', answered(403, 'This installation has been suspended'), false],
  ['a rate limit', answered(403, 'You have exceeded a secondary rate limit'), false],
  ['another status', answered(422, 'This team is synchronized'), false],
])('the identity provider manages a team after: %s: %s', (_what, error, managed) => {
  expect(isManaged(error)).toBe(managed);
});

test.each<[string, unknown, boolean]>([
  ['the answer of GitHub', answered(422, 'Cannot assign ana permission of read'), true],
  ['another 422', answered(422, 'Validation Failed'), false],
  ['the same words with another status', answered(403, 'Cannot assign ana permission of read'), false],
])('a role is below the base role of the organisation after: %s', (_what, error, below) => {
  expect(isBelowBase(error)).toBe(below);
});

test('an invitation that expired is none', async () => {
  const invitation = (expired: boolean) => ({ id: 7, invitee: { id: 1 }, permissions: 'write', expired });
  const shown = (expired: boolean) =>
    readAccess(
      {
        octokit: {
          rest: {
            repos: {
              listInvitations: () => Promise.resolve({ data: [invitation(expired)] }),
              listCollaborators: () => Promise.resolve({ data: [] }),
            },
          },
        },
        owner: 'lantern',
        repo: 'orders',
      } as unknown as Parameters<typeof readAccess>[0],
      { id: 1, login: ANA },
    );
  expect(await shown(true)).toEqual({ direct: 'none' });
  expect(await shown(false)).toEqual({ direct: 'none', invitation: { id: 7, role: 'write' } });
});

describe('at the simulated GitHub', () => {
  let fixture: Awaited<ReturnType<typeof openGitHub>>;
  beforeEach(async () => void (fixture = await openGitHub()));
  afterEach(() => fixture.stop());
  const observe = (account: string, target: GitHubTarget) =>
    fixture.provider.observe({ account, target }, neverAborts);

  test('a bot or an organisation is not a person', async () => {
    fixture.github.createAccount('build-bot');
    const bot = (fixture.github.state() as GithubState).users.find(({ login }) => login === 'build-bot');
    if (bot) bot.type = 'Bot';
    const fault = await faultOf(observe('build-bot', ONCALL));
    expect([fault.code, fault.message]).toEqual([
      'subject-missing',
      expect.stringContaining('does not belong to a person'),
    ]);
    expect((await faultOf(observe('nobody-at-all', ONCALL))).code).toBe('subject-missing');
  });

  test('an App that is suspended is not ready, and the preflight says so', async () => {
    expect(await fixture.provider.preflight(neverAborts)).toMatchObject({ ok: true, missing: [] });
    fixture.github.setInstallation({ suspended: true });
    expect(await fixture.provider.preflight(neverAborts)).toMatchObject({
      ok: false,
      missing: ['the installation is suspended'],
    });
  });

  test('write where read is enough is named as too much', async () => {
    fixture.github.setInstallation({
      permissions: { administration: 'write', members: 'write', metadata: 'write' as 'read' },
    });
    expect(await fixture.provider.preflight(neverAborts)).toMatchObject({
      ok: true,
      excess: ['metadata: write'],
    });
  });

  test('a rename of the repository is not followed by a grant without its number, and is by a revoke', async () => {
    const named = { ...ORDERS, id: undefined } as unknown as GitHubTarget;
    const { subject } = await observe(ANA, ORDERS);
    const { id: _id, ...target } = named as { id?: number };
    const intent = {
      lease: 'lease_x' as never,
      subject,
      target: target as GitHubTarget,
      level: 'maintain',
      endsAt: 0 as never,
    };
    await fixture.provider.ensurePresent(intent, neverAborts);
    fixture.github.renameRepo('orders', 'orders-api');
    const fault = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect([fault.code, fault.message]).toEqual([
      'target-missing',
      expect.stringContaining('was renamed to orders-api'),
    ]);
    await fixture.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
    expect(fixture.github.directRole(ANA, 'orders-api')).toBe('none');
  });
});
