import { messageOf } from '../core/faults.ts';
import type { Logger } from './log.ts';

/** Something that runs until `stop`. */
export type Running = Readonly<{
  stop(): Promise<void>;
  /** Rejects when it ended by itself. */
  failed?: Promise<never>;
  /** Resolves when it could run with more than it was started with. Then it is started again, and the older one is stopped after that. */
  outdated?: Promise<void>;
  /** The port at which it listens. Two cannot have the same one, so the older one is stopped before the newer one is started. */
  port?: number;
}>;

/** Something that runs, and says when it ended by itself. */
export type RunningUntilFailure = Running & Readonly<{ failed: Promise<never> }>;

/** Something that is being started. `ready` resolves once it runs. */
export type Starting = Running & Readonly<{ ready: Promise<void> }>;

/** Where the supervisor tells of a part. */
export type Reports = Readonly<{
  /** Gets a message for people each time the part does not run and is tried again. */
  onError?: ((message: string) => void) | undefined;
  /** Gets why the part does not run, or undefined when it runs. */
  onState?: ((why: string | undefined) => void) | undefined;
}>;

const MAX_PAUSE_S = 30;
// Slack's client tries to connect for half an hour. Whoever stops Curfew does not wait for that.
const LONGEST_START_MS = 5_000;

/**
 * Starts a part, and starts it again when it could not start or ended by itself. Every other part of the process runs meanwhile, because
 * one of them ends access on time (I3). The log gets each reason once.
 */
export function supervise(
  part: string,
  log: Logger,
  start: () => Promise<Running>,
  { onError, onState }: Reports = {},
): Starting {
  let stopped = false;
  let running: Running | undefined;
  let stopNow = (): void => undefined;
  let isReady = (): void => undefined;
  const stopping = new Promise<void>((resolve) => (stopNow = resolve));
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const end = (older: Running | undefined) => older?.stop().catch(() => undefined); // it may have parts that still run
  const endRunning = async (): Promise<void> => {
    await end(running);
    running = undefined;
  };

  /** Starts the part, and returns when it must be started again. Throws when it did not start or ended by itself. */
  async function run(started: () => void): Promise<void> {
    if (running?.port !== undefined) await endRunning();
    const older = running;
    running = await start();
    started();
    try {
      const { failed = stopping, outdated = stopping } = running;
      await Promise.all([end(older), Promise.race([stopping, failed, outdated])]);
    } catch (error) {
      await endRunning();
      throw error;
    }
  }

  const trying = (async () => {
    let pause = 1;
    let logged: string | undefined;
    while (!stopped) {
      try {
        await run(() => {
          [pause, logged] = [1, undefined];
          isReady();
          onState?.(undefined);
        });
      } catch (error) {
        const why = messageOf(error);
        log[why === logged ? 'debug' : 'error'](
          { part, error: why },
          `does not run; tried again in ${pause} s`,
        );
        logged = why;
        onState?.(why);
        onError?.(`${part}: ${why}. Trying again in ${pause} s; Ctrl-C stops`);
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
