import type { CallPurpose } from '../../core/turns.ts';

/** What GitHub counts by itself within an hour: calls of the REST API, queries of GraphQL, and calls with the key of the App. */
export type CallKind = 'core' | 'graphql' | 'app';

/** What GitHub's answers say of its limits for an hour. Half of each is kept for removals (I25). */
export type HourLimits = Readonly<{
  /** Reads the headers of an answer. An answer without them says nothing, as when a GitHub Enterprise Server has no limit. */
  note(counted: CallKind, headers: Pick<Headers, 'get'>): void;
  /**
   * For how many milliseconds calls of each purpose may not be made: others while less than half of the limit is left, removals while
   * nothing is left. 0 when they may be made.
   */
  closedMs(counted: CallKind): Readonly<Record<CallPurpose, number>>;
}>;

/**
 * "x-ratelimit-limit", "x-ratelimit-remaining" and "x-ratelimit-reset", in seconds of GitHub's clock, are in every answer ("Rate limits for
 * the REST API"). GitHub counts the calls of all processes, so each of them knows what the others used. "If the x-ratelimit-remaining header
 * is 0, you should not make another request until after the time specified by the x-ratelimit-reset header" ("Best practices for using
 * the REST API").
 */
export function openHourLimits(now: () => number = () => performance.now()): HourLimits {
  const closedUntil = new Map<CallKind, Readonly<Record<CallPurpose, number>>>();
  return {
    note(counted, headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
        Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
      ) as [number, number, number];
      const at = Date.parse(headers.get('date') ?? '');
      if (![limit, remaining, reset, at].every(Number.isFinite)) return;
      const until = now() + Math.max(0, reset * 1000 - at);
      closedUntil.set(counted, {
        removal: remaining === 0 ? until : 0,
        other: remaining < limit / 2 ? until : 0,
      });
    },
    closedMs(counted) {
      const { removal = 0, other = 0 } = closedUntil.get(counted) ?? {};
      return { removal: Math.max(0, removal - now()), other: Math.max(0, other - now()) };
    },
  };
}
