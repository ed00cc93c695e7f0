import { runSweeper } from '../upkeep/sweeper.ts';
import type { Logger } from './log.ts';
import type { Starting } from './supervise.ts';
import { depsAs, type Wired } from './wiring.ts';

/** Ends access that the workflows did not end on time. Uses only the ledger and the providers, not Temporal. */
export const startSweeper = (deps: Wired, log: Logger, everySeconds: number): Starting => ({
  ...runSweeper(depsAs(deps, 'sweeper'), { log, everySeconds }),
  ready: Promise.resolve(),
});
