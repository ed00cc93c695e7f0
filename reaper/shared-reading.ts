/**
 * Shares a reading between callers of about the same time. A reading that is under way began before the call, so it may be older than
 * what the caller saw. Then the result is that of the next one, which all callers of that time share.
 */
export function sharedReading<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    const reading = read().finally(() => {
      if (running === reading) running = undefined;
    });
    return (running = reading);
  };
  return () => {
    if (!running) return begin();
    const ended = running.then(
      () => undefined,
      () => undefined,
    );
    return (next ??= ended.then(() => {
      next = undefined;
      return begin();
    }));
  };
}
