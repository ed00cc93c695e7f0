import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { readUses } from './read-uses.ts';
import { repeat } from './repeat.ts';

/** How often the use of a live lease is read, in minutes. */
export const USUAL_USE_MINUTES = 60;

type UseReaderOptions = Readonly<{
  everySeconds: number;
  useMinutes?: number;
  log: Readonly<Record<'warn' | 'error', (details: object, message: string) => void>>;
}>;

/** Reads what is done with leases, again and again until stopped. It has a loop of its own, so that no reading delays anything of the sweeper. */
export const runUseReader = (
  deps: Deps,
  { everySeconds, useMinutes = USUAL_USE_MINUTES, log }: UseReaderOptions,
): { stop(): Promise<void> } =>
  repeat(
    async () => {
      for (const each of await readUses(deps, useMinutes * 60_000)) log.warn(each, 'the use was not read');
    },
    {
      everySeconds,
      onError: (error) => log.error({ error: messageOf(error) }, 'use was not read; trying again'),
    },
  );
