import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { sweep } from './sweep.ts';

type SweeperOptions = Readonly<{
  everySeconds: number;
  log: Readonly<Record<'warn' | 'error', (details: object, message: string) => void>>;
}>;

/** Sweeps again and again, one pass at a time, until stopped. It uses the ledger and the providers, not Temporal. */
export function runSweeper(deps: Deps, { everySeconds, log }: SweeperOptions): { stop(): Promise<void> } {
  let stopped = false;
  let wake = (): void => undefined;

  async function onePass(): Promise<void> {
    try {
      const { failedRevocations, unverified, ...swept } = await sweep(deps);
      if (Object.values(swept).some((each) => each.length > 0)) log.warn(swept, 'swept');
      for (const each of unverified) log.error(each, 'not verified yet; trying again within a minute');
      for (const each of failedRevocations) log.error(each, 'not revoked yet; trying again within a minute');
    } catch (error) {
      log.error({ error: messageOf(error) }, 'the sweep did not finish; trying again');
    }
  }

  const running = (async () => {
    while (!stopped) {
      const next = performance.now() + everySeconds * 1000;
      await onePass();
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
