const LONGEST_PAUSE_MS = 250;

/**
 * Polls until a condition is true. Returns the value that `look` returned; fails with `what` and the last error when it
 * does not come true. The bound only ends a test that hangs; no test passes or fails by how long it took. The pauses
 * grow, because a look often opens a connection, and the other tests need the processors.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  boundMs = 45_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + boundMs;
  let last: unknown;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<T>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`timed out waiting until ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** The same for tests that replaced the timers: it looks again in each turn of the event loop. */
export async function untilInTurns(
  isTrue: () => boolean | Promise<boolean>,
  boundMs = 45_000,
): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`timed out waiting until ${String(isTrue)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
