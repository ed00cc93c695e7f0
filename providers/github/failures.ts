import { Fault } from '../../core/faults.ts';
import {
  CALL_ID_HEADER,
  isFromGitHub,
  isObject,
  isThrottle,
  readFailure,
  retryAfterMsOf,
  type FailedCall,
} from './failed-call.ts';

/** "The X-Accepted-GitHub-Permissions header identifies the permissions that are required" (Troubleshooting the REST API). */
const NEEDED_HEADER = 'x-accepted-github-permissions';

/**
 * What the errors in the answer to a query in GraphQL mean. `limited`: "the response status will still be 200, but you will
 * receive an error message" ("Rate limits and query limits for the GraphQL API"). `not-shown`: the App may not see a part, or
 * this GitHub does not have a field. `failed`: GitHub could not execute the query.
 */
export type QueryErrors = Readonly<{ kind: 'limited' | 'not-shown' | 'failed'; message: string }>;

/**
 * What the App may not see, or what does not exist. Every other type, such as RESOURCE_LIMITS_EXCEEDED, INTERNAL or
 * SERVICE_UNAVAILABLE, says nothing about a person's access and can be gone a moment later.
 */
const NOT_SHOWN_TYPES: readonly string[] = ['FORBIDDEN', 'NOT_FOUND', 'INSUFFICIENT_SCOPES'];

export function readQueryErrors(error: unknown): QueryErrors | undefined {
  const { errors } = isObject(error) ? error : {};
  if (!Array.isArray(errors)) return undefined;
  const all = errors.filter(isObject);
  const message = all.map((each) => String(each['message'])).join('; ');
  if (all.some(({ type, message: text }) => type === 'RATE_LIMITED' || /rate limit/i.test(String(text))))
    return { kind: 'limited', message };
  const isSettled = ({ type, extensions }: Record<string, unknown>): boolean =>
    NOT_SHOWN_TYPES.includes(String(type)) ||
    (type === undefined && isObject(extensions) && !!extensions['code']);
  return { kind: all.length > 0 && all.every(isSettled) ? 'not-shown' : 'failed', message };
}

const queryHeaders = (error: unknown): FailedCall['headers'] =>
  isObject(error) && isObject(error['headers']) ? (error['headers'] as Record<string, string>) : {};

function queryFault({ kind, message }: QueryErrors, headers: FailedCall['headers']): Fault {
  const id = headers[CALL_ID_HEADER];
  const detail = `github: ${message}${id ? ` (request ${id})` : ''}`;
  if (kind === 'limited')
    return new Fault('provider-throttled', detail, { retryAfterMs: retryAfterMsOf({ headers }) });
  return new Fault(kind === 'not-shown' ? 'provider-forbidden' : 'provider-unavailable', detail);
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
