import bolt from '@slack/bolt';
import { WAITS } from '../core/waits.ts';
import type { Middleware } from '@slack/bolt';

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<{ request?: string }>,
) => void;

/**
 * The options of the client of Slack's Web API. It makes no retry: the outbox sends again by itself, and a call that
 * waits would delay the others.
 */
export const CLIENT_OPTIONS = {
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: WAITS.slackCall.ms,
};

/** The options of a client whose `fetch` waits for the turn of a call. Many calls may wait, and the timeout of a call begins with its turn. */
export const PACED_CLIENT_OPTIONS = { ...CLIENT_OPTIONS, timeout: 0, maxRequestConcurrency: Infinity };

/** Writes each message of Bolt to the log, in one line and with its level. It leaves out what is for debugging. */
export function boltLogger(log: Log) {
  let level = bolt.LogLevel.INFO;
  const at =
    (which: Parameters<Log>[0]) =>
    (...parts: unknown[]) =>
      log(which, parts.map(String).join(' '));
  return {
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel: (next: typeof level) => void (level = next),
    getLevel: () => level,
    setName: () => undefined,
  };
}

/** The calls of Slack that are being handled. */
export type Calls = Readonly<{
  middleware: Middleware<object>;
  /** Resolves when no call is being handled: each of them has its acknowledgement. */
  handled(): Promise<void>;
}>;

/** Follows the calls, so that the connection is not closed before their acknowledgements are sent. */
export function followCalls(): Calls {
  const running = new Set<Promise<void>>();
  return {
    async middleware(args) {
      const call = args.next();
      running.add(call);
      await call.finally(() => running.delete(call));
    },
    async handled() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
