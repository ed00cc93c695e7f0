type Cause = Readonly<{ name?: unknown; code?: unknown; message?: unknown }>;

/**
 * Why a call of `fetch` that had to end within `ms` milliseconds has no answer. The error of `fetch` says only that it failed. Its cause has the
 * code, such as ECONNREFUSED or CERT_HAS_EXPIRED. The code of a time-out is a number, which says nothing to people.
 */
export function whyNoAnswer(error: unknown, ms: number): string {
  const { cause = error } = (error ?? {}) as { cause?: unknown };
  const { name, code, message } = (cause ?? {}) as Cause;
  if (name === 'TimeoutError') return `there was no whole answer within ${ms / 1000} s`;
  return [code, message].find((each) => typeof each === 'string') ?? String(cause);
}
