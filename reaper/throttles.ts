import { Fault } from '../core/faults.ts';
import type { TakeTurn } from '../providers/provider.ts';

/**
 * Remembers which vendors refuse calls, and until when, in milliseconds of one clock. No call is sent before that time, however long
 * it is: not by another task, not by another part of a task, and not by the next pass of this process (F11).
 */
export type Throttles = Readonly<{
  /** How long until calls are sent to this provider again. 0 when they are sent now. */
  waitOf(provider: string): number;
  close(provider: string, waitMs: number): void;
  /** What the client of this provider calls before each call. It fails while the vendor refuses calls. */
  turnsOf(provider: string): TakeTurn;
}>;

export function openThrottles(now: () => number = () => performance.now()): Throttles {
  const until = new Map<string, number>();
  const waitOf = (provider: string): number => Math.max(0, (until.get(provider) ?? 0) - now());
  return {
    waitOf,
    close: (provider, waitMs) => void until.set(provider, Math.max(until.get(provider) ?? 0, now() + waitMs)),
    turnsOf: (provider) => (_points, closedMs) => {
      const waitMs = Math.max(waitOf(provider), closedMs?.removal ?? 0);
      return waitMs === 0 ? Promise.resolve() : Promise.reject(refused(provider, waitMs));
    },
  };
}

const refused = (provider: string, retryAfterMs: number): Fault =>
  new Fault('provider-throttled', `${provider}: it accepts no calls now`, { retryAfterMs });

/**
 * The wait before another attempt after this failure, in milliseconds: what the vendor states, or else `retryMs`. Undefined for a
 * failure that stays until a person does something.
 */
export function waitAfter(error: unknown, { retryMs }: Readonly<{ retryMs: number }>): number | undefined {
  if (!(error instanceof Fault) || !error.retry) return undefined;
  return Math.max(error.retryAfterMs ?? 0, retryMs);
}

/** Closes the provider whose limit this failure is. Every other failure says nothing about the other calls. */
export function closeAfter(
  throttles: Throttles,
  error: unknown,
  { provider, retryMs }: Readonly<{ provider: string; retryMs: number }>,
): void {
  const waitMs = waitAfter(error, { retryMs });
  if (waitMs !== undefined && error instanceof Fault && error.code === 'provider-throttled')
    throttles.close(provider, waitMs);
}
