import { limitOf, MESSAGES_PER_SECOND_IN_ONE_CHANNEL, openBucket, type Bucket } from './slack-limits.ts';

/** A call of Slack's Web API that is about to be made. */
export type Turn = Readonly<{
  method: string;
  /** Where a message is posted: a channel, or a user for their direct messages. */
  channel?: string | undefined;
  /** Somebody waits for it, so it goes before all that are not urgent. */
  isUrgent: boolean;
  /** False when the caller can do without it: then `take` fails with `MustWait` instead of waiting. */
  mayWait: boolean;
}>;

/** Keeps Curfew's calls within Slack's limits, so that Slack refuses none. */
export type Pace = Readonly<{
  /** Resolves when the call may be made. Rejects with `MustWait`, and with an error after `stop`. */
  take(turn: Turn): Promise<void>;
  /**
   * Slack refused a call of this method for `ms` milliseconds, because another program uses the same limit. Returns whether the
   * pace keeps all calls of the method back until then.
   */
  pause(method: string, ms: number): boolean;
  /** Ends all waiting. */
  stop(): void;
}>;

/** A call cannot be made at once within Slack's limits. */
export class MustWait extends Error {
  constructor(method: string) {
    super(`the calls of ${method} are at Slack's limit`);
  }
}

/** A pace without limits: for a server without Slack's limits, and for tests of other things. */
export const UNPACED: Pace = {
  take: () => Promise.resolve(),
  pause: () => false,
  stop: () => undefined,
};

/** A pace that also knows how long Slack takes no call of a method. */
export type ReportedPace = Pace & Readonly<{ pausedFor(method: string): number }>;

/** The same pace. Each time that Slack refuses a call for its rate, the operator reads for how long. */
export function reportedPace(
  pace: Pace,
  warn: (message: string) => void,
  now = () => performance.now(),
): ReportedPace {
  const pausedUntil = new Map<string, number>();
  const pausedFor = (method: string): number => Math.max(0, (pausedUntil.get(method) ?? 0) - now());
  return {
    ...pace,
    pausedFor,
    pause(method, ms) {
      warn(`Slack takes no call of ${method} for ${Math.ceil(ms / 1000)} s, because of its rate limit`);
      pausedUntil.set(method, now() + Math.max(ms, pausedFor(method)));
      return pace.pause(method, ms);
    },
  };
}

/** Less than the whole limit, because calls are delayed differently on the way and can arrive closer together than they were sent. */
const SHARE_OF_LIMIT = 0.85;
/** The share of a minute's calls that may be made at once. */
const BURST = 0.1;
const MINUTE_MS = 60_000;

type Waiting = Turn & Readonly<{ begin: () => void; fail: (error: Error) => void }>;

/**
 * A token bucket for each method and for each channel that gets messages. What is urgent goes first, then what came first. A call
 * whose channel must wait lets others pass. The libraries that were looked at have one bucket for each queue (p-queue, p-throttle), or
 * have had no release for years (bottleneck).
 *
 * `speed`: how many times faster than Slack's the limits are, for a sandbox whose limits are faster too.
 */
export function openPace({ speed = 1, now = () => performance.now() } = {}): Pace {
  const methods = new Map<string, Bucket>();
  const channels = new Map<string, Bucket>();
  const queues = new Map<string, Waiting[]>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function bucketOfMethod(method: string, perMinute: number): Bucket {
    const known = methods.get(method);
    if (known) return known;
    const bucket = openBucket({
      size: Math.max(1, Math.floor(perMinute * BURST)),
      everyMs: MINUTE_MS / (perMinute * SHARE_OF_LIMIT) / speed,
    });
    methods.set(method, bucket);
    return bucket;
  }

  function bucketOfChannel(channel: string): Bucket {
    const known = channels.get(channel);
    if (known) return known;
    const bucket = openBucket({
      size: 1,
      everyMs: 1000 / (MESSAGES_PER_SECOND_IN_ONE_CHANNEL * SHARE_OF_LIMIT) / speed,
    });
    channels.set(channel, bucket);
    return bucket;
  }

  /** The buckets from which a call takes one token each. None for a call without a limit. */
  function bucketsOf({ method, channel }: Turn): readonly Bucket[] {
    const limit = limitOf(method);
    if (!limit) return [];
    const ofMethod = bucketOfMethod(method, limit.perMinute);
    return method === 'chat.postMessage' && channel !== undefined
      ? [ofMethod, bucketOfChannel(channel)]
      : [ofMethod];
  }

  const waitOf = (turn: Turn, at: number): number =>
    Math.max(0, ...bucketsOf(turn).map((bucket) => bucket.waitAt(at)));

  /** Begins every call of the method that may begin now, and comes back for the next one. */
  function serve(method: string): void {
    clearTimeout(timers.get(method));
    const queue = queues.get(method) ?? [];
    const at = now();
    for (const turn of [...queue].sort((a, b) => Number(b.isUrgent) - Number(a.isUrgent))) {
      if ((methods.get(method)?.waitAt(at) ?? 0) > 0) break;
      if (waitOf(turn, at) > 0) continue;
      for (const bucket of bucketsOf(turn)) bucket.take(at);
      queue.splice(queue.indexOf(turn), 1);
      turn.begin();
    }
    forgetFull(at);
    if (queue.length === 0) return;
    const next = Math.max(1, Math.ceil(Math.min(...queue.map((turn) => waitOf(turn, at)))));
    timers.set(
      method,
      setTimeout(() => serve(method), next),
    );
  }

  /** A channel that got nothing for a while needs no bucket. */
  function forgetFull(at: number): void {
    for (const [channel, bucket] of channels) if (bucket.isFullAt(at)) channels.delete(channel);
  }

  return {
    take(turn) {
      if (stopped) return Promise.reject(new Error('the bot stops'));
      const queue = queues.get(turn.method) ?? [];
      queues.set(turn.method, queue);
      const isBusy = queue.length > 0 || waitOf(turn, now()) > 0;
      if (isBusy && !turn.mayWait) return Promise.reject(new MustWait(turn.method));
      return new Promise((begin, fail) => {
        queue.push({ ...turn, begin, fail });
        serve(turn.method);
      });
    },
    pause(method, ms) {
      const limit = limitOf(method);
      if (!limit) return false;
      bucketOfMethod(method, limit.perMinute).closeUntil(now() + ms);
      serve(method);
      return true;
    },
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      for (const queue of queues.values())
        for (const turn of queue.splice(0)) turn.fail(new Error('the bot stops'));
    },
  };
}
