import type { Instant } from './ids.ts';

/** A time for which a vendor shows all use. */
export type CoveredTime = Readonly<{ from: Instant; until: Instant }>;

/**
 * One piece of what was granted, such as a service of AWS or a level, and whether it was used. `not-used` is only said for a time in which the
 * vendor shows all use. `unknown` is never `not-used`. `last` is when the vendor last showed its use.
 */
export type PartUse = Readonly<{
  part: string;
  use: 'used' | 'not-used' | 'unknown';
  amount?: number;
  last?: Instant;
}>;

/**
 * One piece of what a target gives, under the name that readings of use have for it. Two pieces with the same `gives` give exactly the same, so an
 * entitlement that has it covers what was used of it.
 */
export type UsablePart = Readonly<{ part: string; gives: string }>;

/**
 * What a vendor shows of what was done with a lease. It never holds what somebody wrote, such as the text of a statement.
 *
 * `amount` counts `unit`, a plural such as "statements". It can be less than what was done, and never more. `first` and `last` are as
 * near as the vendor shows them. `covers` is the time for which nothing is missing; it is left out when the vendor may show a part only. An amount of zero has
 * it, and otherwise the use is unknown. `source` names what was read at the vendor. `mark` is what the next reading of the same lease gets
 * back.
 */
export type Use = Readonly<{ source: string; mark?: string }> &
  (
    | Readonly<{
        kind: 'known';
        amount: number;
        unit: string;
        first?: Instant;
        last?: Instant;
        covers?: CoveredTime;
        parts: readonly PartUse[];
      }>
    | Readonly<{ kind: 'unknown'; why: string }>
  );

/**
 * What the provider tells about its readings of use. `lateMs`: how late the vendor shows what was done, in milliseconds. So long after the end
 * of a lease it is read once more. `beforeEnd`: something that the reading needs is lost at the end, so one more reading runs beside the
 * revocation. `mostCalls`: how many calls one reading makes at most, also when it fails. So many are taken from the budget for each reading.
 */
export type UseReadings = Readonly<{ lateMs: number; beforeEnd: boolean; mostCalls: number }>;

/** Why nothing used is not shown as "not used". */
const NOT_WHOLE = 'it shows a part of the use only, and in that part there is none';

/** The use as it may be recorded: nothing used, in a time for which not all is shown, is unknown. */
export function soundUse(use: Use): Use {
  if (use.kind === 'unknown') return use;
  const { covers, parts } = use;
  if (use.amount === 0 && !covers) {
    const { source, mark } = use;
    return { kind: 'unknown', source, why: NOT_WHOLE, ...(mark === undefined ? {} : { mark }) };
  }
  if (covers) return use;
  return {
    ...use,
    parts: parts.map((part) => (part.use === 'not-used' ? { ...part, use: 'unknown' } : part)),
  };
}
