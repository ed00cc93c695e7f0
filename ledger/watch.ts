import { listen } from './listen.ts';
import type { LedgerRole } from './roles.ts';

/** How often to look without a hint: any login of the server can keep hints from being sent. */
const POLL_MS = 2_000;

type Watch = Readonly<{
  url: string;
  role?: LedgerRole | undefined;
  channel: string;
  /** Looks for work, and returns how much it found. */
  look: () => Promise<number>;
  onError: (error: unknown) => void;
}>;

/**
 * Calls `look` after each hint on the channel, every two seconds, and again at once while it finds something. Only
 * one call runs at a time. An error goes to `onError`, and the next call comes at its usual time.
 */
export function watch({ url, role, channel, look, onError }: Watch): { stop(): Promise<void> } {
  let stopped = false;
  let wasWoken = false;
  let wake = (): void => undefined;
  const wakeUp = (): void => {
    wasWoken = true;
    wake();
  };
  const stopListening = listen(url, [channel], wakeUp, role);
  const running = (async () => {
    while (!stopped) {
      wasWoken = false;
      const found = await look().catch((error: unknown) => (onError(error), 0));
      if (found > 0 || wasWoken || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await stopListening();
      await running;
    },
  };
}
