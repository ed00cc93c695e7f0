import { setTimeout as sleep } from 'node:timers/promises';

/** The work's own error says more than "no answer". After its signal fired, the work has this long to fail with it. */
const GRACE_MS = 100;

/**
 * Runs work with a signal that fires after `ms` or with the given one. It settles then, also when the work ignores its signal, so
 * that nothing that hangs delays anything else.
 */
export async function timed<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, signal }: Readonly<{ ms: number; signal: AbortSignal }>,
): Promise<T> {
  const own = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let end = (): void => undefined;
  const late = new Promise<never>((_, fail) => {
    end = () => {
      own.abort();
      timers.push(
        setTimeout(() => fail(new Error(`there was no answer in ${Math.ceil(ms / 1000)} s`)), GRACE_MS),
      );
    };
  });
  timers.push(setTimeout(end, ms));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([work(own.signal), late]);
  } finally {
    signal.removeEventListener('abort', end);
    for (const timer of timers) clearTimeout(timer);
  }
}

/**
 * Runs the work of each item, a number of them at the same time. One that takes longer than `slowMs` gives its place to the next one
 * and goes on. Resolves when all are done. `work` must not throw.
 */
export async function eachAtOnce<T>(
  items: readonly T[],
  { atOnce, slowMs }: Readonly<{ atOnce: number; slowMs: number }>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const running: Promise<void>[] = [];
  const place = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const done = work(item);
      running.push(done);
      const stop = new AbortController();
      const slow = sleep(slowMs, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([done, slow]);
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, place));
  await Promise.all(running);
}
