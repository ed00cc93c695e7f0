import type { Instant } from '../core/ids.ts';

/**
 * Milliseconds from now until an instant of the ledger. `at` is the ledger's time when it said so. The clock of Temporal
 * may differ from it. Then this is the shorter time: who comes too early asks the ledger again.
 */
export const msUntil = (instant: Instant, at: Instant): number =>
  Math.min(instant - at, instant - Date.now());

/** Temporal refuses timers that are not positive. */
export const positive = (ms: number): number => Math.max(ms, 1);
