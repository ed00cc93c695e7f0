import { whenAborted } from './when-aborted.ts';

/** Makes one call at a time. It rejects when the signal aborts, also for a call that ignores its signal. */
export type OneAtATime = <T>(signal: AbortSignal, call: () => Promise<T>) => Promise<T>;

/**
 * For calls to one file system. Such a call ignores signals, and one that hangs keeps one of the few threads that the whole process has for
 * files and for the names of hosts. So no call begins before the one before it has ended, and whoever waits for it longer than their
 * signal allows gives up.
 */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return async (signal, call) => {
    const answer = last.then(() => {
      signal.throwIfAborted();
      return call();
    });
    last = answer.catch(() => undefined);
    return untilAborted(signal, answer);
  };
}

async function untilAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  let settled = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    settled = whenAborted(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    settled();
  }
}
