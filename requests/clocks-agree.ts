import { Fault } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';

/**
 * Throws while the clocks differ, because the access would end at a wrong time (I23). `tooLongMs` is how much further away the end is
 * than what was approved. Such an end was set by a clock that was ahead and is right now.
 */
export function assertClocksAgree(processTime: Instant, ledgerTime: Instant, tooLongMs = 0): void {
  const most = Math.max(Math.abs(processTime - ledgerTime), tooLongMs);
  if (most <= LIMITS.clockDifferenceMs) return;
  throw new Fault(
    'clocks-differ',
    `the clock of the ledger is ${(most / 1000).toFixed(1)} s off the clock of this machine, or was when the request was approved`,
  );
}
