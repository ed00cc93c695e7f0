/**
 * Shares a reading between those who ask at about the same time. A reading that is under way began before the question, so it may be
 * older than what the asker saw. Then the answer is the next one, which all share who asked meanwhile.
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
