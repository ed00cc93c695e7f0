import { Problem, slowDown } from './problem.ts';

/** The limits of one installation, from GitHub's "Rate limits for the REST API". */
export type Limits = Readonly<{ perHour: number; pointsPerMinute: number; contentPerMinute: number }>;
export const GITHUB_LIMITS: Limits = { perHour: 5000, pointsPerMinute: 900, contentPerMinute: 80 };
/** Those of GraphQL are counted by themselves ("Rate limits and query limits for the GraphQL API"). */
export const GRAPHQL_LIMITS: Limits = { perHour: 5000, pointsPerMinute: 2000, contentPerMinute: 80 };

/**
 * The most invitations to one repository in 24 hours. Members of the organisation need no invitation and do
 * not count.
 */
export const INVITATIONS_PER_DAY = 50;
export const DAY_MS = 86_400_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const isWrite = (method: string) => method !== 'GET' && method !== 'HEAD';

export type Meter = ReturnType<typeof meter>;

/**
 * Counts requests. A read costs one point and a write five. A request that a limit refuses is not counted.
 */
export function meter(limits: Limits, now: () => number) {
  let used = 0;
  let resetAt = now() + HOUR_MS;
  let recent: { at: number; points: number; content: boolean }[] = [];

  const roll = () => {
    if (now() >= resetAt) {
      used = 0;
      resetAt = now() + HOUR_MS;
    }
    recent = recent.filter(({ at }) => at > now() - MINUTE_MS);
  };
  const waitSeconds = () => Math.max(1, Math.ceil(((recent[0]?.at ?? now()) + MINUTE_MS - now()) / 1000));

  return {
    /** Counts one request. Throws GitHub's response when a limit is reached. */
    charge(method: string, minting: boolean): void {
      roll();
      if (used >= limits.perHour) throw exhausted();
      const content = isWrite(method) && method !== 'DELETE' && !minting;
      const points = isWrite(method) ? 5 : 1;
      const spent = recent.reduce((sum, each) => sum + each.points, 0);
      const written = recent.filter((each) => each.content).length;
      if (spent + points > limits.pointsPerMinute || (content && written >= limits.contentPerMinute))
        throw slowDown(waitSeconds());
      used += 1;
      recent.push({ at: now(), points, content });
    },
    /** Sets the count to the hourly limit. */
    exhaust(): void {
      roll();
      used = limits.perHour;
    },
    rate() {
      roll();
      return {
        limit: limits.perHour,
        remaining: Math.max(0, limits.perHour - used),
        used,
        reset: Math.ceil(resetAt / 1000),
      };
    },
  };
}

export const exhausted = (): Problem => new Problem(403, 'API rate limit exceeded for installation.');
