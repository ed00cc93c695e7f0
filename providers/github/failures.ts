import { Fault } from '../../core/faults.ts';

/** The parts of Octokit's errors that Curfew reads. When the connection failed, there is no answer. */
type FailedCall = Readonly<{
  /** 0 without an answer. */
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  message: string;
  /** True when the call used the App's own key and not an installation token. */
  asApp: boolean;
}>;

/** The paths of the App's own calls. A repository, a team or an organisation can also be called "app". */
const APP_PATH = /\/app\/installations\/\d/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function readFailure(error: unknown): FailedCall {
  const { status, response, request } = isObject(error) ? error : {};
  const { data, headers } = isObject(response) ? response : {};
  return {
    status: isObject(response) && typeof status === 'number' ? status : 0,
    headers: isObject(headers) ? (headers as Record<string, string>) : {},
    message: isObject(data) && typeof data['message'] === 'string' ? data['message'] : '',
    asApp: isObject(request) && APP_PATH.test(String(request['url'])),
  };
}

/** The HTTP status of GitHub's answer, or 0 when there was no answer. */
export const statusOf = (error: unknown): number => readFailure(error).status;

/** GitHub sends this header, the id of the call, in all answers that were recorded: below 400, 404 and 410. */
export const CALL_ID_HEADER = 'x-github-request-id';

/** "The X-Accepted-GitHub-Permissions header identifies the permissions that are required" (Troubleshooting the REST API). */
const NEEDED_HEADER = 'x-accepted-github-permissions';

/**
 * True when GitHub answered. A gateway between Curfew and GitHub does not send this header, and its answer does not show
 * what exists.
 */
export const isFromGitHub = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  !!headers[CALL_ID_HEADER];

const isMissing = ({ status, headers }: FailedCall): boolean => status === 404 && isFromGitHub(headers);

/** The call's answer, or undefined when GitHub answers 404. */
export const unlessMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (isMissing(readFailure(error))) return undefined;
    throw error;
  });

/**
 * True for a rate limit. GitHub answers 403 for rate limits and for missing permissions. The headers decide first,
 * and then the message.
 */
const isThrottle = ({ status, headers, message }: FailedCall): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers['retry-after'] !== undefined ||
      headers['x-ratelimit-remaining'] === '0' ||
      /rate limit|abuse detection/i.test(message)));

/** GitHub's documentation says "wait at least one minute" when a secondary rate limit names no wait. */
const DEFAULT_WAIT_MS = 60_000;

/** The wait that GitHub states: `retry-after` in seconds, or else the time until the reset, by GitHub's clock. */
function retryAfterMsOf({ headers }: Pick<FailedCall, 'headers'>): number {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after)) return after * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  const now = Date.parse(String(headers['date']));
  if (headers['x-ratelimit-remaining'] !== '0' || !Number.isFinite(reset) || Number.isNaN(now))
    return DEFAULT_WAIT_MS;
  return Math.max(1000, reset * 1000 - now);
}

const LACKS_PERMISSION = /not accessible by integration|must have admin rights|suspended/i;

/** True for a 403 with another reason than a rate limit or a missing permission. */
export const isRefusal = (error: unknown): boolean => {
  const failed = readFailure(error);
  return failed.status === 403 && !isThrottle(failed) && !LACKS_PERMISSION.test(failed.message);
};

/**
 * True when GitHub's message says that another system manages the members of the team: team synchronization, an external group
 * of an enterprise with managed users, or LDAP at a GitHub Enterprise Server.
 */
export const namesManager = (error: unknown): boolean =>
  isRefusal(error) &&
  /identity provider|external group|externally managed|synchroni[sz]ed|\bLDAP\b/i.test(
    readFailure(error).message,
  );

/**
 * What an error says about the groups of an identity provider. `organisation`: it has no such feature. `team`: this team has
 * no group. `unsaid`: nothing. Recorded: 400 "This organization is not part of externally managed enterprise."
 * (github/gh-gei#649), 403 "This team is not externally managed" (integrations/terraform-provider-github#1625).
 */
export function absenceOfGroups(error: unknown): 'organisation' | 'team' | 'unsaid' {
  const { status, message } = readFailure(error);
  if (LACKS_PERMISSION.test(message)) return 'unsaid';
  if (/\bthis team\b/i.test(message)) return 'team';
  if (status === 400) return /\bthis organi[sz]ation\b/i.test(message) ? 'organisation' : 'team';
  return status === 403 || status === 404 ? 'organisation' : 'unsaid';
}

/** "The role being given must be equal to or higher than the org base permission." */
export const isBelowBase = (error: unknown): boolean => {
  const { status, message } = readFailure(error);
  return status === 422 && /cannot assign/i.test(message);
};

/**
 * What the errors in the answer to a query in GraphQL mean. `limited`: "the response status will still be 200, but you will
 * receive an error message" ("Rate limits and query limits for the GraphQL API"). `unsaid`: the App may not see a part, or
 * this GitHub does not have a field. `failed`: GitHub could not execute the query.
 */
export type QueryErrors = Readonly<{ kind: 'limited' | 'unsaid' | 'failed'; message: string }>;

/**
 * What the App may not see, or what does not exist. Every other type, such as RESOURCE_LIMITS_EXCEEDED, INTERNAL or
 * SERVICE_UNAVAILABLE, says nothing about a person's access and can be gone a moment later.
 */
const UNSAID_TYPES: readonly string[] = ['FORBIDDEN', 'NOT_FOUND', 'INSUFFICIENT_SCOPES'];

export function readQueryErrors(error: unknown): QueryErrors | undefined {
  const { errors } = isObject(error) ? error : {};
  if (!Array.isArray(errors)) return undefined;
  const all = errors.filter(isObject);
  const message = all.map((each) => String(each['message'])).join('; ');
  if (all.some(({ type, message: text }) => type === 'RATE_LIMITED' || /rate limit/i.test(String(text))))
    return { kind: 'limited', message };
  const isSettled = ({ type, extensions }: Record<string, unknown>): boolean =>
    UNSAID_TYPES.includes(String(type)) ||
    (type === undefined && isObject(extensions) && !!extensions['code']);
  return { kind: all.length > 0 && all.every(isSettled) ? 'unsaid' : 'failed', message };
}

const queryHeaders = (error: unknown): FailedCall['headers'] =>
  isObject(error) && isObject(error['headers']) ? (error['headers'] as Record<string, string>) : {};

function queryFault({ kind, message }: QueryErrors, headers: FailedCall['headers']): Fault {
  const id = headers[CALL_ID_HEADER];
  const detail = `github: ${message}${id ? ` (request ${id})` : ''}`;
  if (kind === 'limited')
    return new Fault('provider-throttled', detail, { retryAfterMs: retryAfterMsOf({ headers }) });
  return new Fault(kind === 'unsaid' ? 'provider-forbidden' : 'provider-unavailable', detail);
}

/**
 * Converts an error of Octokit to a `Fault`. The cause is not kept: Octokit's errors contain the request, and so
 * data that must not be in a log.
 */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (isObject(error) && error['cause'] instanceof Fault) return error['cause'];
  const inAnswer = readQueryErrors(error);
  if (inAnswer) return queryFault(inAnswer, queryHeaders(error));
  const failed = readFailure(error);
  const { status, headers, message, asApp } = failed;
  if (status === 0)
    return new Fault(
      'provider-unavailable',
      'github: no answer, so it is unknown whether the call had an effect',
    );

  const id = headers[CALL_ID_HEADER];
  const needed = status === 403 ? headers[NEEDED_HEADER] : undefined;
  const detail = `github: ${status} ${message}${needed ? `, it needs ${needed}` : ''}${id ? ` (request ${id})` : ''}`;
  if (isThrottle(failed))
    return new Fault('provider-throttled', detail, { retryAfterMs: retryAfterMsOf(failed) });
  const isAbsent = status === 404 || status === 410;
  // 409: another change of the same thing has not finished. GitHub documents none for these calls, and it passes.
  if (status >= 500 || status === 409 || (isAbsent && !isFromGitHub(headers)))
    return new Fault('provider-unavailable', detail);
  if (status === 403 && /archived/i.test(message))
    return new Fault(
      'provider-refused',
      `github: the repository is archived. Until somebody unarchives it, GitHub refuses every change of access (${message})`,
    );
  // A new token may not be valid on all of GitHub's servers yet, so that is retried. The App's own key is always
  // valid, or never.
  if (status === 401) return new Fault(asApp ? 'provider-forbidden' : 'provider-unavailable', detail);
  if (status === 403 || asApp) return new Fault('provider-forbidden', detail);
  if (isAbsent) return new Fault('target-missing', detail);
  return new Fault('provider-refused', detail);
}
