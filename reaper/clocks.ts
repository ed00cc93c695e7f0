import type { Instant } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { VendorClock } from '../providers/provider.ts';

/** When the reaper sent the question about the clocks, and when it had the answer, by its own clock. */
export type QuestionTimes = Readonly<{ from: Instant; to: Instant }>;

/**
 * How far a clock is ahead of the reaper's own (negative: behind), in milliseconds. 0 when what it showed fits some moment between
 * the question and the answer.
 */
export function skewOf({ at, stepMs }: VendorClock, { from, to }: QuestionTimes): number {
  if (at > to) return at - to;
  return at + stepMs < from ? at + stepMs - from : 0;
}

/** One sentence for each clock that differs by more than 2 s (I23). */
export const skewWarnings = (clocks: readonly VendorClock[], asked: QuestionTimes): readonly string[] =>
  clocks
    .map((clock) => ({ where: clock.where, skew: skewOf(clock, asked) }))
    .filter(({ skew }) => Math.abs(skew) > LIMITS.clockDifferenceMs)
    .map(
      ({ where, skew }) =>
        `The clock of ${where} is ${(Math.abs(skew) / 1000).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} the clock of this machine. Set both right. Access is ended all the same, and never before its end by the clock of ${where}.`,
    );

/**
 * The clock of the place where an object is, or undefined when none is known. A provider with one place names none. Nothing that has
 * not ended by this clock is removed, and the wrong clock of one server delays nothing at another one.
 */
export const clockAt = (clocks: readonly VendorClock[], place: string | undefined): Instant | undefined =>
  clocks.find((clock) => clock.place === undefined || clock.place === place)?.at;
