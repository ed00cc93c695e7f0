import { runNumberKeeper } from '../upkeep/number-keeper.ts';
import { runPartitionKeeper } from '../upkeep/partition-keeper.ts';
import { type LookOptions, runSweeper } from '../upkeep/sweeper.ts';
import { runUntriedGrants } from '../upkeep/untried-grants.ts';
import { runUseReader } from '../upkeep/use-reader.ts';
import { runVisitKeeper } from '../upkeep/visit-keeper.ts';
import type { Logger } from './log.ts';
import type { Running } from './supervise.ts';
import { depsAs, type ProcessDeps } from './wiring.ts';

/**
 * Ends access that the workflows did not end on time, and compares access with its provider. It also notes which grants nothing tried, reads what
 * was done with leases, adds partitions of the trail, counts days that are over, and puts readings of the console into the log. Uses only the ledger and the providers, not Temporal.
 */
export function startSweeper(
  deps: ProcessDeps,
  log: Logger,
  everySeconds: number,
  looks?: LookOptions,
): Running {
  const sweeper = depsAs(deps, 'sweeper');
  const loops = [
    runSweeper(sweeper, { log, everySeconds, ...(looks ? { looks } : {}) }),
    runUntriedGrants(sweeper, { log, everySeconds }),
    runUseReader(sweeper, { log, everySeconds }),
    runPartitionKeeper(sweeper, { log }),
    runNumberKeeper(sweeper, { log }),
    runVisitKeeper(sweeper, { log }),
  ];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
