import { messageOf } from '../core/faults.ts';
import type { Logger } from './log.ts';

/** Something that runs until `stop`. `failed` rejects when it ended by itself. */
export type Running = Readonly<{ stop(): Promise<void>; failed?: Promise<never> }>;

/** `onError` gets a message for people each time the role lost its server and tries again. */
export type RoleOptions = Readonly<{ onError?: (message: string) => void }>;

/** Something that is being started. `ready` resolves once it runs. */
export type Starting = Running & Readonly<{ ready: Promise<void> }>;

const MAX_PAUSE_S = 8;
// Slack's client tries to connect for half an hour. Whoever stops Curfew does not wait for that.
const LONGEST_START_MS = 5_000;

/**
 * Starts a part that needs another server, and starts it again when it ends by itself. While Slack or Temporal is
 * unavailable, this process must keep running, because it ends access on time (I3).
 */
export function supervise(
  part: string,
  log: Logger,
  start: () => Promise<Running>,
  onError: (message: string) => void = () => undefined,
): Starting {
  let stopped = false;
  let running: Running | undefined;
  let stopNow = (): void => undefined;
  let isReady = (): void => undefined;
  const stopping = new Promise<void>((resolve) => (stopNow = resolve));
  const ready = new Promise<void>((resolve) => (isReady = resolve));

  const trying = (async () => {
    let pause = 1;
    while (!stopped) {
      try {
        running = await start();
        isReady();
        pause = 1;
        await Promise.race([stopping, running.failed ?? stopping]);
      } catch (error) {
        await running?.stop().catch(() => undefined); // stops the parts that already run
        running = undefined;
        log.error({ part, error: messageOf(error) }, `does not run; tried again in ${pause} s`);
        onError(`${part}: ${messageOf(error)}. Trying again in ${pause} s; Ctrl-C stops`);
        await waitAtMost(pause * 1000, stopping);
        pause = Math.min(2 * pause, MAX_PAUSE_S);
      }
    }
    await running?.stop();
  })();
  return {
    ready,
    async stop() {
      stopped = true;
      stopNow();
      await (running ? trying : waitAtMost(LONGEST_START_MS, trying));
    },
  };
}

/** Waits for the work, but not longer than `ms`. A worker without a connection stays alive only by this timer. */
async function waitAtMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer));
}
