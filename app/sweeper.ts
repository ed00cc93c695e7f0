import { type LookOptions, runSweeper } from '../upkeep/sweeper.ts';
import type { Logger } from './log.ts';
import type { Starting } from './supervise.ts';
import { depsAs, type Wired } from './wiring.ts';

/** Ends access that the workflows did not end on time, and compares access with its provider. Uses only the ledger and the providers, not Temporal. */
export const startSweeper = (
  deps: Wired,
  log: Logger,
  everySeconds: number,
  looks?: LookOptions,
): Starting => ({
  ...runSweeper(depsAs(deps, 'sweeper'), { log, everySeconds, ...(looks ? { looks } : {}) }),
  ready: Promise.resolve(),
});
