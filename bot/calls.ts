import type { Middleware } from '@slack/bolt';

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
