import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { repeat } from './repeat.ts';

const EVERY_SECONDS = 60;

type NumberKeeperOptions = Readonly<{
  log: Readonly<Record<'error', (details: object, message: string) => void>>;
}>;

/** Counts each day and month that is over, and those that changed, so that numbers of a long time are answered at once. Until stopped. */
export function runNumberKeeper(
  { ledger }: Pick<Deps, 'ledger'>,
  { log }: NumberKeeperOptions,
): { stop(): Promise<void> } {
  let stopped = false;
  const loop = repeat(
    async () => {
      while (!stopped && (await ledger.keepNumbers()));
    },
    {
      everySeconds: EVERY_SECONDS,
      onError: (error) =>
        log.error({ error: messageOf(error) }, 'the numbers were not counted; trying again in a minute'),
    },
  );
  return {
    stop() {
      stopped = true;
      return loop.stop();
    },
  };
}
