/**
 * Does work that calls something outside, for at most `ms` milliseconds or until `stop` aborts. The work gets a signal. What ignores the signal,
 * such as a file system that hangs, is left alone: this rejects all the same.
 */
export async function within<T>(
  ms: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
  });
  const end = (): void => limit.abort(stop.reason);
  stop.addEventListener('abort', end, { once: true });
  const timer = setTimeout(
    () => limit.abort(new Error(`there was no answer for ${Math.round(ms / 1000)} s`)),
    ms,
  );
  try {
    if (stop.aborted) end();
    return await Promise.race([work(limit.signal), ended]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}
