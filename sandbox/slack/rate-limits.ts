/**
 * Slack's rate limits, for each method of the app in its workspace: https://docs.slack.dev/apis/web-api/rate-limits. The page of each method
 * names its tier.
 */
const [TIER_1, TIER_2, TIER_3, TIER_4] = [1, 20, 50, 100];
/** Slack says "several hundred per minute" for a workspace, and no number. */
const MESSAGES = 300;
/** Slack says "hundreds per minute". */
const SPECIAL = 500;

const PER_MINUTE: Readonly<Record<string, number>> = {
  'apps.connections.open': TIER_1,
  'auth.test': SPECIAL,
  'chat.getPermalink': SPECIAL,
  'chat.postEphemeral': TIER_4,
  'chat.postMessage': MESSAGES,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'conversations.open': TIER_3,
  'conversations.replies': TIER_3,
  'users.info': TIER_4,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
};
const MINUTE_MS = 60_000;

/** One message a second in one channel. Slack allows "short bursts" above that, and does not say how short. */
const CHANNEL_MS = 1_000;
const CHANNEL_BURST = 4;

export type RateLimits = Readonly<{
  /**
   * Counts a call. Returns for how many seconds Slack refuses it, or undefined when it is within the limits. A refused call is not counted.
   * `channel` is where a message is posted.
   */
  refuse(method: string, channel: string): number | undefined;
  /** How many calls it refused. */
  refused(): number;
}>;

/** No call is refused. */
export const NO_LIMITS: RateLimits = { refuse: () => undefined, refused: () => 0 };

/**
 * Counts the calls of the last minute by method, and the messages by channel. `speed`: how many times faster than Slack's the limits are, for a
 * test that must not wait.
 */
export function createRateLimits(now: () => number, speed: number): RateLimits {
  const calls = new Map<string, number[]>();
  let refusedCalls = 0;
  const nextMessage = new Map<string, number>();

  /** How long until the oldest call of the last minute does not count any more; 0 while there is room. */
  function methodWait(method: string, at: number): number {
    const since = (calls.get(method) ?? []).filter((each) => each > at - MINUTE_MS / speed);
    calls.set(method, since);
    const [oldest = at] = since;
    return since.length < (PER_MINUTE[method] ?? TIER_2) ? 0 : oldest + MINUTE_MS / speed - at;
  }

  const channelWait = (channel: string, at: number): number =>
    (nextMessage.get(channel) ?? at) - (CHANNEL_BURST * CHANNEL_MS) / speed - at;

  return {
    refuse(method, channel) {
      const at = now();
      const wait = Math.max(
        methodWait(method, at),
        method === 'chat.postMessage' ? channelWait(channel, at) : 0,
      );
      if (wait > 0) {
        refusedCalls += 1;
        return Math.ceil(wait / 1000);
      }
      calls.get(method)?.push(at);
      if (method === 'chat.postMessage')
        nextMessage.set(channel, Math.max(nextMessage.get(channel) ?? at, at) + CHANNEL_MS / speed);
      return undefined;
    },
    refused: () => refusedCalls,
  };
}
