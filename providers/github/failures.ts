import { Fault } from '../../core/faults.ts';

/** What Octokit throws, as far as we look at it. Without an answer, the connection itself failed. */
type FailedCall = Readonly<{
  status: number;
  answer?: Readonly<{ headers: Readonly<Record<string, string | undefined>>; message: string }>;
  /** Whether the App spoke with its own key, not with an installation's token. */
  asApp: boolean;
}>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function readFailure(error: unknown): FailedCall {
  const { status, response, request } = isObject(error) ? error : {};
  const url = isObject(request) ? String(request['url']) : '';
  const code = typeof status === 'number' ? status : 0;
  const asApp = /\/app(\/|$)/.test(url);
  if (!isObject(response)) return { status: code, asApp };
  const data = isObject(response['data']) ? response['data'] : {};
  const headers = isObject(response['headers']) ? (response['headers'] as Record<string, string>) : {};
  const message = typeof data['message'] === 'string' ? data['message'] : '';
  return { status: code, asApp, answer: { headers, message } };
}

/** The status GitHub answered with, or undefined when there was no answer at all. */
export const statusOf = (error: unknown): number | undefined => {
  const { status, answer } = readFailure(error);
  return answer ? status : undefined;
};

/** The call's answer, or undefined when GitHub says 404. */
export const unlessMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });

/** A limit, not a missing right. GitHub answers both with 403; the body's words are the last resort. */
const isThrottle = ({ status, answer }: FailedCall): boolean =>
  status === 429 ||
  (status === 403 &&
    (answer?.headers['retry-after'] !== undefined ||
      answer?.headers['x-ratelimit-remaining'] === '0' ||
      /rate limit|abuse detection/i.test(answer?.message ?? '')));

/** "Wait at least one minute", where GitHub says nothing else about a secondary limit. */
const DEFAULT_WAIT_MS = 60_000;

/** GitHub's own wish: `retry-after` in seconds, else the reset, by GitHub's clock and not by ours. */
function retryAfterMsOf(headers: Readonly<Record<string, string | undefined>>): number {
  const after = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(after)) return after * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  const now = Date.parse(headers['date'] ?? '');
  if (headers['x-ratelimit-remaining'] !== '0' || !Number.isFinite(reset) || Number.isNaN(now))
    return DEFAULT_WAIT_MS;
  return Math.max(1000, reset * 1000 - now);
}

/** A 403 that is about neither our rights nor our pace: what the thing itself does not allow. */
export const isManaged = (error: unknown): boolean => {
  const failed = readFailure(error);
  const ours = /not accessible by integration|must have admin rights|suspended/i.test(
    failed.answer?.message ?? '',
  );
  return failed.status === 403 && !isThrottle(failed) && !ours;
};

/** "The role being given must be equal to or higher than the org base permission." */
export const isBelowBase = (error: unknown): boolean => {
  const { status, answer } = readFailure(error);
  return status === 422 && /cannot assign/i.test(answer?.message ?? '');
};

/**
 * What went wrong, in our words. No cause is kept: Octokit's errors carry the request, and with it
 * things that belong into no log.
 */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (isObject(error) && error['cause'] instanceof Fault) return error['cause'];
  const failed = readFailure(error);
  const { status, answer, asApp } = failed;
  if (!answer) return new Fault('provider-unavailable', 'github: no answer; what happened is unknown');

  const id = answer.headers['x-github-request-id'];
  const detail = `github: ${status} ${answer.message}${id ? ` (request ${id})` : ''}`;
  if (isThrottle(failed))
    return new Fault('provider-throttled', detail, { retryAfterMs: retryAfterMsOf(answer.headers) });
  if (status >= 500) return new Fault('provider-unavailable', detail);
  if (status === 403 && /archived/i.test(answer.message))
    return new Fault(
      'provider-refused',
      `github: the repository is archived, and until somebody unarchives it nobody's access to it can be changed (${answer.message})`,
    );
  // A token just made may not be known everywhere yet; the App's own key has no such excuse.
  if (status === 401) return new Fault(asApp ? 'provider-forbidden' : 'provider-unavailable', detail);
  if (status === 403 || asApp) return new Fault('provider-forbidden', detail);
  if (status === 404 || status === 410) return new Fault('target-missing', detail);
  return new Fault('provider-refused', detail);
}
