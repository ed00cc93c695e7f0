/** How often an app may call a method. `perMinute`: calls of the whole workspace. */
export type MethodLimit = Readonly<{ perMinute: number }>;

const TIER_3: MethodLimit = { perMinute: 50 };
const TIER_4: MethodLimit = { perMinute: 100 };
/**
 * Slack says "several hundred" messages a minute for a workspace, and no number. This is the number that Curfew keeps to.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
const MESSAGES: MethodLimit = { perMinute: 300 };

/**
 * Slack's documented limits for each app, workspace and method that Curfew calls: https://docs.slack.dev/apis/web-api/rate-limits. The page
 * of each method names its tier.
 */
const METHOD_LIMITS: Readonly<Record<string, MethodLimit>> = {
  'chat.postMessage': MESSAGES,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'conversations.open': TIER_3,
  'users.info': TIER_4,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
};

/** The limit of a method. Undefined for one that Curfew calls too seldom to count, such as `auth.test`. */
export const limitOf = (method: string): MethodLimit | undefined =>
  Object.hasOwn(METHOD_LIMITS, method) ? METHOD_LIMITS[method] : undefined;

/** In one channel or direct message. "Short bursts" of more are allowed. https://docs.slack.dev/apis/web-api/rate-limits */
export const MESSAGES_PER_SECOND_IN_ONE_CHANNEL = 1;

/** A token bucket. All times are milliseconds of one clock. */
export type Bucket = Readonly<{
  /** How long until a token can be taken. 0 when one can be taken now. */
  waitAt(at: number): number;
  take(at: number): void;
  /** Gives no token before this time. */
  closeUntil(at: number): void;
  isFullAt(at: number): boolean;
}>;

/** Holds `size` tokens when it is full, and gets one `everyMs` milliseconds. */
export function openBucket({ size, everyMs }: Readonly<{ size: number; everyMs: number }>): Bucket {
  /** When the bucket is full again, if nobody takes a token. */
  let fullAt = Number.NEGATIVE_INFINITY;
  let closedUntil = Number.NEGATIVE_INFINITY;
  return {
    waitAt: (at) => Math.max(0, fullAt - (size - 1) * everyMs - at, closedUntil - at),
    take: (at) => void (fullAt = Math.max(fullAt, at) + everyMs),
    closeUntil: (at) => void (closedUntil = Math.max(closedUntil, at)),
    isFullAt: (at) => fullAt <= at && closedUntil <= at,
  };
}
