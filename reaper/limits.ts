import { WAITS } from '../core/waits.ts';

/** How long the parts of a pass may take, in milliseconds, and how many accesses are ended at the same time at one provider. */
export type PassLimits = Readonly<{
  passMs: number;
  /** Listing a provider's objects, or reading the manifest. */
  readMs: number;
  clockMs: number;
  attemptMs: number;
  /** The wait before another attempt, where the vendor names none. */
  retryMs: number;
  atOnce: number;
  /** An access that takes longer than this gives its place to the next one, and goes on. */
  slowMs: number;
}>;

/** A pass takes less than a minute, so that nothing outlives its end by more than that and the 30 s (I3). */
export const PASS_LIMITS: PassLimits = {
  passMs: WAITS.reaperPass.ms,
  readMs: WAITS.reaperReading.ms,
  clockMs: WAITS.reaperClock.ms,
  attemptMs: WAITS.reaperAttempt.ms,
  retryMs: 2_000,
  atOnce: 8,
  slowMs: 3_000,
};
