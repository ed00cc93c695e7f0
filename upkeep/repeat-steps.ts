import { messageOf } from '../core/faults.ts';
import { repeat } from './repeat.ts';

const EVERY_SECONDS = 60;

export type StepLog = Readonly<Record<'error', (details: object, message: string) => void>>;

/**
 * Each minute, takes steps until one says that nothing is left. Until stopped. A step that fails is reported with `problem`, and the next minute
 * takes it again.
 */
export function repeatSteps(
  step: () => Promise<boolean>,
  { log, problem }: Readonly<{ log: StepLog; problem: string }>,
): { stop(): Promise<void> } {
  let stopped = false;
  const loop = repeat(
    async () => {
      while (!stopped && (await step()));
    },
    { everySeconds: EVERY_SECONDS, onError: (error) => log.error({ error: messageOf(error) }, problem) },
  );
  return {
    stop() {
      stopped = true;
      return loop.stop();
    },
  };
}
