import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { statusOf, unlessMissing } from '../../providers/github/failed-call.ts';
import { readQueryErrors, toFault } from '../../providers/github/failures.ts';
import { noGroupsReason, isBelowBase, isRefusal, namesManager } from '../../providers/github/refusals.ts';

type Headers = Readonly<Record<string, string>>;

/** GitHub puts its number of the call into every answer. */
const FROM_GITHUB = { 'x-github-request-id': 'ABC1' };
/** An error as Octokit throws it for an answer. */
const answered = (
  status: number,
  message = '',
  headers: Headers = FROM_GITHUB,
  url = 'https://api.github.com/repos/a/b',
) =>
  Object.assign(new Error(`${message} - token ghs_secret`), {
    status,
    request: { url, headers: { authorization: 'token ghs_secret' } },
    response: { status, data: { message }, headers },
  });
const APP = 'https://api.github.com/app/installations/1';
const TOKENS = `${APP}/access_tokens`;
const ENTERPRISE = 'https://ghe.example/api/v3/app/installations/1';
const DATE = { date: 'Thu, 05 Nov 2026 12:00:00 GMT' };
const reset = (seconds: number) => String(Date.UTC(2026, 10, 5, 12) / 1000 + seconds);

describe('what an answer of GitHub means', () => {
  test.each<[string, unknown, string]>([
    ['no answer', new Error('socket hang up'), 'provider-unavailable'],
    ['something that is no error', undefined, 'provider-unavailable'],
    ['null', null, 'provider-unavailable'],
    ['403 and no answer', { status: 403 }, 'provider-unavailable'],
    ['500', answered(500), 'provider-unavailable'],
    ['502', answered(502), 'provider-unavailable'],
    ['503', answered(503), 'provider-unavailable'],
    ['503 with a time to wait', answered(503, 'x', { 'retry-after': '7' }), 'provider-unavailable'],
    ['401 to a token that is new', answered(401, 'Bad credentials'), 'provider-unavailable'],
    ['401 to the key of the App', answered(401, 'Bad credentials', FROM_GITHUB, APP), 'provider-forbidden'],
    ['401 to the key, for a token', answered(401, '', FROM_GITHUB, TOKENS), 'provider-forbidden'],
    [
      '401 to the key, of a GitHub Enterprise Server',
      answered(401, '', FROM_GITHUB, ENTERPRISE),
      'provider-forbidden',
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
    ['404 for the App', answered(404, 'Not Found', FROM_GITHUB, APP), 'provider-forbidden'],
    ['404 of a gateway', answered(404, 'no route', {}), 'provider-unavailable'],
    ['404 of a gateway for the App', answered(404, 'no route', {}, APP), 'provider-unavailable'],
    ['410 of a gateway', answered(410, 'gone', {}), 'provider-unavailable'],
    ['422 for the App', answered(422, 'Validation Failed', FROM_GITHUB, APP), 'provider-forbidden'],
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
    ['422 that names a rate limit', answered(422, 'rate limit'), 'provider-refused'],
    ['422 with a time to wait', answered(422, 'x', { 'retry-after': '7' }), 'provider-refused'],
    ['422 with nothing remaining', answered(422, 'x', { 'x-ratelimit-remaining': '0' }), 'provider-refused'],
  ])('%s', (_what, error, code) => expect(toFault(error).code).toBe(code));

  test.each([
    'repos/lantern/app',
    'repos/lantern/app/collaborators/ana',
    'repos/lantern/app-store',
    'repos/app/installations/invitations/7',
    'orgs/app/teams',
    'orgs/lantern/teams/app/members',
    'users/app',
  ])('401 to a new token at /%s is no answer to the key of the App', (path) => {
    const error = answered(401, 'Bad credentials', FROM_GITHUB, `https://api.github.com/${path}`);
    expect(toFault(error).code).toBe('provider-unavailable');
  });

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

  test.each<[string, unknown, string]>([
    [
      'GitHub’s message and the number of the call',
      answered(422, 'Validation Failed'),
      'provider-refused: github: 422 Validation Failed (request ABC1)',
    ],
    [
      'GitHub’s message alone',
      answered(500, 'Server Error', {}),
      'provider-unavailable: github: 500 Server Error',
    ],
    [
      'the status alone',
      { status: 502, response: { data: '<html>', headers: FROM_GITHUB } },
      'provider-unavailable: github: 502  (request ABC1)',
    ],
    [
      'no message that is no text',
      { status: 500, response: { data: { message: 7 } } },
      'provider-unavailable: github: 500 ',
    ],
    [
      'nothing of a status that is no number',
      { status: '404', response: {} },
      'provider-unavailable: github: no answer, so it is unknown whether the call had an effect',
    ],
    [
      'nothing about an archive when GitHub means another one',
      answered(422, 'archived'),
      'provider-refused: github: 422 archived (request ABC1)',
    ],
    [
      'the status alone when there is no content',
      { status: 502, response: { data: null, headers: null } },
      'provider-unavailable: github: 502 ',
    ],
    [
      'what to do with an archived repository',
      answered(403, 'Repository was archived so is read-only.'),
      'provider-refused: github: the repository is archived. Until somebody unarchives it, GitHub refuses every change of access (Repository was archived so is read-only.)',
    ],
    [
      'that nobody knows whether the call had an effect',
      Object.assign(new Error('fetch failed'), { status: 500 }),
      'provider-unavailable: github: no answer, so it is unknown whether the call had an effect',
    ],
  ])('a fault says %s', (_what, error, message) => expect(toFault(error).message).toBe(message));

  test('a fault has nothing of the request', () => {
    const fault = toFault(answered(422, 'Validation Failed'));
    expect(fault.cause).toBeUndefined();
    expect(`${fault.stack} ${JSON.stringify(fault)}`).not.toContain('ghs_secret');
  });

  test('a fault stays the fault that it is, also inside an error of Octokit', () => {
    const fault = new Fault('subject-changed', 'x');
    expect(toFault(fault)).toBe(fault);
    expect(toFault(Object.assign(new Error('wrapped'), { cause: fault }))).toBe(fault);
  });
});

describe('only GitHub’s 404 means that something does not exist', () => {
  test('a 404 is undefined, and a value is itself', async () => {
    expect(await unlessMissing(Promise.reject(answered(404)))).toBeUndefined();
    expect(await unlessMissing(Promise.resolve(7))).toBe(7);
  });
  test.each([400, 401, 403, 410, 422, 429, 500])('%i stays an error', async (status) => {
    const error = answered(status);
    await expect(unlessMissing(Promise.reject(error))).rejects.toBe(error);
  });
  test.each([
    ['a page', '<html>'],
    ['a message', { message: 'Not Found' }],
  ])('a 404 of a gateway with %s stays an error', async (_what, data) => {
    const error = { status: 404, response: { data, headers: { server: 'gateway' } } };
    await expect(unlessMissing(Promise.reject(error))).rejects.toBe(error);
  });
  test('a 404 without an answer is a failed connection', async () => {
    const error = Object.assign(new Error('x'), { status: 404 });
    expect(statusOf(error)).toBe(0);
    await expect(unlessMissing(Promise.reject(error))).rejects.toBe(error);
  });
});

test.each<[string, unknown, boolean]>([
  ['a synchronised team', answered(403, 'This team is synchronized with an identity provider group'), true],
  ['a missing permission', answered(403, 'Resource not accessible by integration'), false],
  ['missing rights of an administrator', answered(403, 'Must have admin rights to Repository.'), false],
  ['a suspended installation', answered(403, 'This installation has been suspended'), false],
  ['a rate limit', answered(403, 'You have exceeded a secondary rate limit'), false],
  ['a wait that GitHub names', answered(403, 'x', { 'retry-after': '7' }), false],
  ['another status', answered(422, 'This team is synchronized'), false],
  ['a failed connection', { status: 403 }, false],
  ['a blocked address', answered(403, 'your IP address is not permitted to access this resource'), false],
  [
    'a team with an external group',
    answered(403, 'You cannot create or update members for an external group backed team'),
    true,
  ],
  ['a team that nobody manages', answered(403, 'This team is not externally managed'), false],
  [
    'a team of a GitHub Enterprise Server with LDAP',
    answered(403, 'Team membership is managed by LDAP'),
    true,
  ],
])('GitHub says that another system manages the team after: %s', (_what, error, managed) => {
  expect(namesManager(error)).toBe(managed);
});

test.each<[string, unknown, boolean]>([
  ['a missing permission', answered(403, 'Resource not accessible by integration'), false],
  ['missing rights of an administrator', answered(403, 'Must have admin rights to Repository.'), false],
  ['a suspended installation', answered(403, 'This installation has been suspended'), false],
  ['a rate limit', answered(403, 'You have exceeded a secondary rate limit'), false],
  ['a wait that GitHub names', answered(403, 'x', { 'retry-after': '7' }), false],
  ['another status', answered(422, 'x'), false],
  ['a reason of its own', answered(403, 'x'), true],
  ['no reason', answered(403, ''), true],
])('whether a 403 is a refusal of the change itself: %s', (_what, error, refused) => {
  expect(isRefusal(error)).toBe(refused);
});

test.each<[string, unknown, string]>([
  [
    'an organisation without managed users',
    answered(400, 'This organization is not part of externally managed enterprise.'),
    'none-in-organisation',
  ],
  ['another 400, which is about one team', answered(400, 'x'), 'none-in-team'],
  ['a team without a group', answered(403, 'This team is not externally managed'), 'none-in-team'],
  ['a team without a group, in other words', answered(404, 'This team has no group'), 'none-in-team'],
  ['a GitHub without this feature', answered(404, 'Not Found'), 'none-in-organisation'],
  [
    'an organisation without this feature',
    answered(403, 'Team synchronization is not enabled'),
    'none-in-organisation',
  ],
  ['a missing permission', answered(403, 'Resource not accessible by integration'), 'not-shown'],
  [
    'a blocked address',
    answered(
      403,
      'the `lantern` organization has an IP allow list enabled, and your IP address is not permitted',
    ),
    'not-shown',
  ],
  ['an unknown answer', answered(422, 'x'), 'not-shown'],
])('why no groups of an identity provider show, after %s', (_what, error, meaning) => {
  expect(noGroupsReason(error)).toBe(meaning);
});

test('a 409 is retried, because another change has not finished', () =>
  expect(toFault(answered(409, 'A conflicting operation is still in progress'))).toMatchObject({
    code: 'provider-unavailable',
    retry: true,
  }));

test('a 403 names the permission that GitHub says it needs', () =>
  expect(
    toFault(
      answered(403, 'Resource not accessible by integration', {
        ...FROM_GITHUB,
        'x-accepted-github-permissions': 'members=write',
      }),
    ).message,
  ).toBe(
    'provider-forbidden: github: 403 Resource not accessible by integration, it needs members=write (request ABC1)',
  ));

test.each<[string, unknown, boolean]>([
  ['the answer of GitHub', answered(422, 'Cannot assign ana permission of read'), true],
  ['another 422', answered(422, 'Validation Failed'), false],
  ['the same words with another status', answered(403, 'Cannot assign ana permission of read'), false],
])('a role is below the base role of the organisation after: %s', (_what, error, below) => {
  expect(isBelowBase(error)).toBe(below);
});

describe('what the errors in the answer to a query mean', () => {
  /** An error as Octokit throws it for an answer of status 200 with errors. */
  const queried = (...errors: readonly object[]) => ({ errors, data: null, headers: FROM_GITHUB });
  const forbidden = { type: 'FORBIDDEN', message: 'Resource not accessible by integration' };
  const noField = {
    message: "Field 'roleName' doesn't exist on type 'PermissionSource'",
    extensions: { code: 'undefinedField' },
  };
  const failed = { message: 'Something went wrong while executing your query.' };

  test.each<[string, unknown, string | undefined, string]>([
    ['what the App may not see', queried(forbidden), 'not-shown', 'provider-forbidden'],
    ['what does not exist', queried({ type: 'NOT_FOUND', message: 'x' }), 'not-shown', 'provider-forbidden'],
    [
      'a query that needs too much just now',
      queried({ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'x' }),
      'failed',
      'provider-unavailable',
    ],
    [
      'a failure inside GitHub',
      queried({ type: 'INTERNAL', message: 'x' }),
      'failed',
      'provider-unavailable',
    ],
    ['a field that this GitHub does not have', queried(noField), 'not-shown', 'provider-forbidden'],
    ['a query that GitHub could not execute', queried(failed), 'failed', 'provider-unavailable'],
    [
      'one of two that GitHub could not execute',
      queried(forbidden, failed),
      'failed',
      'provider-unavailable',
    ],
    ['no error at all', queried(), 'failed', 'provider-unavailable'],
    [
      'the limit of an hour',
      queried({ type: 'RATE_LIMITED', message: 'x' }),
      'limited',
      'provider-throttled',
    ],
    [
      'the secondary limit, which has no type',
      queried({ message: 'You have exceeded a secondary rate limit.' }),
      'limited',
      'provider-throttled',
    ],
    ['the answer to another call', answered(404, 'Not Found'), undefined, 'target-missing'],
    ['nothing', undefined, undefined, 'provider-unavailable'],
  ])('%s', (_what, error, kind, code) => {
    expect(readQueryErrors(error)?.kind).toBe(kind);
    expect(toFault(error).code).toBe(code);
  });

  test('the fault has GitHub’s words and its number of the call, and GitHub’s wait', () => {
    expect(toFault(queried(forbidden, noField)).message).toBe(
      "provider-forbidden: github: Resource not accessible by integration; Field 'roleName' doesn't exist on type 'PermissionSource' (request ABC1)",
    );
    const headers = { ...DATE, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(90) };
    const limited = { ...queried({ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }), headers };
    expect(toFault(limited)).toMatchObject({ code: 'provider-throttled', retryAfterMs: 90_000 });
    expect(toFault(queried({ type: 'RATE_LIMITED', message: 'x' })).retryAfterMs).toBe(60_000);
  });
});
