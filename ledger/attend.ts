import { listen } from './listen.ts';

/** How often somebody who listens looks without being told: a hint may be lost with its connection. */
const POLL_MS = 2_000;

/**
 * Calls `look` whenever something was written to the channel, every so often besides, and at once again while
 * it found something. One look at a time; one that throws is told to `onError` and tried at the next turn.
 */
export function watch(
  url: string,
  channel: string,
  look: () => Promise<number>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let stopped = false;
  let missed = false;
  let wake = (): void => undefined;
  const stopListening = listen(url, [channel], () => {
    missed = true;
    wake();
  });
  const running = (async () => {
    while (!stopped) {
      missed = false;
      const found = await look().catch((error: unknown) => (onError(error), 0));
      if (found > 0 || missed || stopped) continue;
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
