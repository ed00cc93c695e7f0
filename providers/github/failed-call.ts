/** The parts of Octokit's errors that Curfew reads. When the connection failed, there is no answer. */
export type FailedCall = Readonly<{
  /** 0 without an answer. */
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  message: string;
  /** True when the call used the App's own key and not an installation token. */
  asApp: boolean;
}>;

/** The paths of the App's own calls. A repository, a team or an organisation can also be called "app". */
const APP_PATH = /\/app\/installations\/\d/;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export function readFailure(error: unknown): FailedCall {
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
export const isThrottle = ({ status, headers, message }: Omit<FailedCall, 'asApp'>): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers['retry-after'] !== undefined ||
      headers['x-ratelimit-remaining'] === '0' ||
      /rate limit|abuse detection/i.test(message)));

/** GitHub's documentation says "wait at least one minute" when a secondary rate limit names no wait. */
const DEFAULT_WAIT_MS = 60_000;

/** The wait that GitHub states: `retry-after` in seconds, or else the time until the reset, by GitHub's clock. */
export function retryAfterMsOf({ headers }: Pick<FailedCall, 'headers'>): number {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after)) return after * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  const now = Date.parse(String(headers['date']));
  if (headers['x-ratelimit-remaining'] !== '0' || !Number.isFinite(reset) || Number.isNaN(now))
    return DEFAULT_WAIT_MS;
  return Math.max(1000, reset * 1000 - now);
}
