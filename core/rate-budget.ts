/**
 * What a call is for. A `removal` ends access: it may use the whole budget, and half of it is kept for removals. `other` calls grant,
 * verify, find or check.
 */
export type CallPurpose = 'removal' | 'other';

/** One call that wants its turn. A vendor may count a change as several points. */
type Wanted = Readonly<{ purpose: CallPurpose; points: number }>;

/** Points that calls of each purpose still need. */
export type Kept = Readonly<Record<CallPurpose, number>>;

/** `kept`: points that must stay free after the call. A removal keeps points free for other removals only (I25). */
type Asked = Wanted & Readonly<{ kept?: Kept }>;

const NOTHING_KEPT: Kept = { removal: 0, other: 0 };

/** How many points a vendor accepts in any minute, or in any other time. All times are milliseconds of one clock. */
export type RateBudget = Readonly<{
  /** How long until this call can be made. 0 when it can be made now. */
  waitAt(asked: Asked, at: number): number;
  /** A call is made now. */
  take(wanted: Wanted, at: number): void;
  /** The vendor accepts no call before this time, whatever its purpose. */
  closeUntil(at: number): void;
  /** How long until the vendor accepts calls again, whatever is left of the budget. 0 while it accepts them. */
  closedFor(at: number): number;
}>;

const MINUTE_MS = 60_000;
/** The window is a little longer than the vendor's, because calls take differently long on the way to the vendor. */
const LONGER_MS = 1_000;

/**
 * The budget of a vendor that accepts `most` points in any `withinMs`, a minute by default. Other calls than removals use at most half of
 * it, so removals always have at least the other half (I25).
 */
export function openRateBudget(most: number, withinMs = MINUTE_MS): RateBudget {
  const windowMs = withinMs + LONGER_MS;
  const limits: Readonly<Record<CallPurpose, number>> = {
    removal: most,
    other: Math.max(1, Math.floor(most / 2)),
  };
  let calls: Readonly<Wanted & { at: number }>[] = [];
  let closedUntil = Number.NEGATIVE_INFINITY;
  const closedFor = (at: number): number => Math.max(0, closedUntil - at);

  /** The time at which so many of these calls are outside the window that at most `left` points are inside. */
  function fitsAt(counted: readonly Readonly<{ points: number; at: number }>[], left: number): number {
    let used = counted.reduce((sum, { points }) => sum + points, 0);
    let at = Number.NEGATIVE_INFINITY;
    for (const call of counted) {
      if (used <= left) break;
      used -= call.points;
      at = call.at + windowMs;
    }
    return at;
  }

  return {
    closedFor,
    closeUntil: (at) => void (closedUntil = Math.max(closedUntil, at)),
    waitAt({ purpose, points, kept = NOTHING_KEPT }, at) {
      calls = calls.filter((call) => call.at + windowMs > at);
      const others = calls.filter((call) => call.purpose === 'other');
      // A call that costs more than the whole budget is made when nothing else is counted.
      const room = (limit: number, leave: number): number => Math.max(0, limit - points - leave);
      const fits =
        purpose === 'removal'
          ? [fitsAt(calls, room(limits.removal, kept.removal))]
          : [
              fitsAt(calls, room(limits.removal, kept.removal + kept.other)),
              fitsAt(others, room(limits.other, kept.other)),
            ];
      return Math.max(closedFor(at), ...fits.map((each) => each - at), 0);
    },
    take: (wanted, at) => void calls.push({ ...wanted, at }),
  };
}
