import type { Instant } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { VendorClock } from '../providers/provider.ts';

/** When the reaper asked for the clocks and when it had the answer, by its own clock. */
export type Asked = Readonly<{ from: Instant; to: Instant }>;

/**
 * How far a clock is ahead of the reaper's own (negative: behind), in milliseconds. 0 while the answer can have been right at any
 * moment between question and answer.
 */
export function skewOf({ at, stepMs }: VendorClock, { from, to }: Asked): number {
  if (at > to) return at - to;
  return at + stepMs < from ? at + stepMs - from : 0;
}

/** One sentence for each clock that differs by more than 2 s (I23). */
export const skewWarnings = (clocks: readonly VendorClock[], asked: Asked): readonly string[] =>
  clocks
    .map((clock) => ({ where: clock.where, skew: skewOf(clock, asked) }))
    .filter(({ skew }) => Math.abs(skew) > LIMITS.clockDifferenceMs)
    .map(
      ({ where, skew }) =>
        `The clock of ${where} is ${(Math.abs(skew) / 1000).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} the clock of this machine. Set both right. Access is ended all the same, and never before its end by the clock of ${where}.`,
    );

/** The earliest of the clocks, or undefined when none is known. Nothing that has not ended by it is removed. */
export const earliest = (clocks: readonly VendorClock[]): Instant | undefined =>
  clocks.length === 0 ? undefined : (Math.min(...clocks.map(({ at }) => at)) as Instant);
