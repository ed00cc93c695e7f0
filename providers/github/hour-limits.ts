/** What GitHub counts by itself within an hour: calls of the REST API, queries of GraphQL, and calls with the key of the App. */
export type Counted = 'core' | 'graphql' | 'app';

/** What GitHub's answers say of its limits for an hour. Half of each is kept for removals (I25). */
export type HourLimits = Readonly<{
  /** Reads the headers of an answer. An answer without them says nothing, as when a GitHub Enterprise Server has no limit. */
  note(counted: Counted, headers: Pick<Headers, 'get'>): void;
  /** For how many milliseconds only removals may call, because less than half of the limit is left. 0 when every call may be made. */
  keptMs(counted: Counted): number;
}>;

/**
 * "x-ratelimit-limit", "x-ratelimit-remaining" and "x-ratelimit-reset", in seconds of GitHub's clock, are in every answer ("Rate limits for
 * the REST API"). GitHub counts the calls of all processes, so each of them knows what the others used.
 */
export function openHourLimits(now: () => number = () => performance.now()): HourLimits {
  const keptUntil = new Map<Counted, number>();
  return {
    note(counted, headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
        Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
      ) as [number, number, number];
      const at = Date.parse(headers.get('date') ?? '');
      if (![limit, remaining, reset, at].every(Number.isFinite)) return;
      keptUntil.set(counted, remaining < limit / 2 ? now() + Math.max(0, reset * 1000 - at) : 0);
    },
    keptMs: (counted) => Math.max(0, (keptUntil.get(counted) ?? 0) - now()),
  };
}
