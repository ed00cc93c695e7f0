import type { CallPurpose, Kept } from './rate-budget.ts';

/** The points that the attempts which began may still need. An attempt needs several calls. All times are milliseconds of one clock. */
export type AttemptPoints = Readonly<{
  /** An attempt that began first has the lower number. Infinity for one that did not begin. */
  orderOf(attempt: object): number;
  /** The points that an attempt must leave to those that began before it, by their purpose. */
  keptFrom(attempt: object, at: number): Kept;
  /** A call of an attempt is made. The first one begins it. */
  take(attempt: object, call: Readonly<{ purpose: CallPurpose; points: number }>): void;
  /** The attempt makes no call now. Another part of it may follow at once. */
  pause(attempt: object, at: number): void;
}>;

/** What one attempt costs at most, roughly: a removal at GitHub costs up to 17 points. */
const MOST_POINTS = 20;
/** So many attempts may begin in each minute in any case, so a vendor with a small budget keeps less for each. */
const LEAST_ATTEMPTS = 30;
/** An attempt that makes no call for so long is over. */
export const ATTEMPT_OVER_MS = 2_000;

/**
 * Without this, 100 attempts that begin together spend the budget on their first calls, none has points left for the call that removes, and
 * all end at their time limit without effect (F31). So an attempt begins only when those that began have the points that they may still need.
 */
export function openAttemptPoints(perMinute: number): AttemptPoints {
  const most = Math.min(MOST_POINTS, Math.floor(perMinute / LEAST_ATTEMPTS));
  const begun = new Map<object, Readonly<{ purpose: CallPurpose; points: number; until: number }>>();
  const orders = new WeakMap<object, number>();
  let count = 0;
  return {
    orderOf: (attempt) => orders.get(attempt) ?? Number.POSITIVE_INFINITY,
    keptFrom(attempt, at) {
      for (const [key, { until }] of begun) if (until <= at) begun.delete(key);
      const kept = { removal: 0, other: 0 };
      if (orders.has(attempt)) return kept;
      for (const { purpose, points } of begun.values()) kept[purpose] += Math.max(0, most - points);
      return kept;
    },
    take(attempt, { purpose, points }) {
      if (!orders.has(attempt)) orders.set(attempt, (count += 1));
      const used = begun.get(attempt)?.points ?? 0;
      begun.set(attempt, { purpose, points: used + points, until: Number.POSITIVE_INFINITY });
    },
    pause(attempt, at) {
      const known = begun.get(attempt);
      if (known) begun.set(attempt, { ...known, until: at + ATTEMPT_OVER_MS });
    },
  };
}
