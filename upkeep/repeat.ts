type Repetition = Readonly<{ everySeconds: number; onError: (error: unknown) => void }>;

/**
 * Calls `pass` again and again, one call at a time, until stopped. The pause counts from the start of a pass. A pass that
 * fails is reported, and the next one comes at its time.
 */
export function repeat(
  pass: () => Promise<void>,
  { everySeconds, onError }: Repetition,
): { stop(): Promise<void> } {
  let stopped = false;
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      const next = performance.now() + everySeconds * 1000;
      await pass().catch(onError);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(next - performance.now(), 1));
        wake = () => (clearTimeout(timer), resolve());
        if (stopped) wake();
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
