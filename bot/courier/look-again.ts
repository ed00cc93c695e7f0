/** Looks again and again until stopped. A look that fails is reported, and the next one comes as always. */
export function lookAgain(
  look: () => Promise<void>,
  { everyMs, onError }: Readonly<{ everyMs: number; onError: (error: unknown) => void }>,
): Readonly<{ stop(): Promise<void> }> {
  let stopped = false;
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      await look().catch(onError);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
