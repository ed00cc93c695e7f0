import type { Instant } from '../core/ids.ts';

/** How many accesses with the latest ends come first in each pass. */
const NEWEST = 25;
const MINUTE_MS = 60_000;
/** The golden section. Its multiples, without the whole part, fall evenly between 0 and 1. */
const STEP = (Math.sqrt(5) - 1) / 2;

/**
 * The order of a pass. What ended last comes first, so that it does not wait for what could not be ended for a long time. The rest begins
 * at another place in each minute. So over some minutes everything is reached, also where one pass reaches a part only and nothing
 * remembers which one (F31). `sorted` has what ended last first.
 */
export function rotate<T>(sorted: readonly T[], now: Instant): readonly T[] {
  const rest = sorted.slice(NEWEST);
  const place = (Math.floor(now / MINUTE_MS) * STEP) % 1;
  const from = Math.floor(place * rest.length);
  return [...sorted.slice(0, NEWEST), ...rest.slice(from), ...rest.slice(0, from)];
}
