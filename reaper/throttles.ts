/** A vendor that refuses calls is asked again after a minute at the latest, however long a wait it states (I4). */
const LONGEST_WAIT_MS = 60_000;

/**
 * Remembers which vendors refuse calls, and until when, in milliseconds of one clock. Otherwise each task would send its calls while the
 * vendor refuses them, in this pass and in the next one (F11).
 */
export type Throttles = Readonly<{
  /** How long until calls are sent to this provider again. 0 when they are sent now. */
  waitOf(provider: string): number;
  close(provider: string, waitMs: number): void;
}>;

export function openThrottles(now: () => number = () => performance.now()): Throttles {
  const until = new Map<string, number>();
  return {
    waitOf: (provider) => Math.max(0, (until.get(provider) ?? 0) - now()),
    close: (provider, waitMs) =>
      void until.set(provider, Math.max(until.get(provider) ?? 0, now() + Math.min(waitMs, LONGEST_WAIT_MS))),
  };
}
