import { messageOf } from '../core/faults.ts';
import type { Deps } from '../requests/deps.ts';
import { repeat } from './repeat.ts';

type UntriedGrantsOptions = Readonly<{
  everySeconds: number;
  log: Readonly<Record<'warn' | 'error', (details: object, message: string) => void>>;
}>;

/**
 * Notes which approved grants nothing has tried, so that people read it and a grant that fails says so. Until stopped. The process that would
 * grant, or Temporal, does not run then, so only the sweeper can know.
 */
export const runUntriedGrants = (
  { ledger }: Pick<Deps, 'ledger'>,
  { everySeconds, log }: UntriedGrantsOptions,
): { stop(): Promise<void> } =>
  repeat(
    async () => {
      const leases = await ledger.noteUntriedGrants();
      if (leases.length > 0) log.warn({ leases }, 'approved grants that nothing tried');
    },
    {
      everySeconds,
      onError: (error) =>
        log.error({ error: messageOf(error) }, 'the sweeper could not look for grants that nothing tried'),
    },
  );
