/**
 * What a call is for. A `removal` ends access: it may use the whole budget, and half of it is kept for removals. `other` calls grant,
 * verify, find or check.
 */
export type CallPurpose = 'removal' | 'other';

/** One call that wants its turn. A vendor may count a change as several points. */
type Wanted = Readonly<{ purpose: CallPurpose; points: number }>;

/** Points that calls of each purpose still need. */
export type Kept = Readonly<Record<CallPurpose, number>>;

/**
 * `kept`: points that must stay free after the call. A removal keeps points free for other removals only (I25). `isProbe`: the call finds out whether the
 * vendor accepts calls again.
 */
type Asked = Wanted & Readonly<{ kept?: Kept; isProbe?: boolean }>;

const NOTHING_KEPT: Kept = { removal: 0, other: 0 };

/** How many points a vendor accepts in any minute. All times are milliseconds of one clock. */
export type RateBudget = Readonly<{
  /** How long until this call can be made. 0 when it can be made now. */
  waitAt(asked: Asked, at: number): number;
  /** A call is made now. */
  take(wanted: Wanted, at: number): void;
  /** The vendor accepts no call before this time. */
  closeUntil(at: number): void;
  /** The vendor accepted a call, so it accepts the others too. */
  reopen(): void;
  /** How long until the vendor accepts calls again, whatever is left of the budget. 0 while it accepts them. */
  closedFor(at: number): number;
}>;

/** A little more than a minute, because calls take differently long on the way to the vendor. */
const WINDOW_MS = 61_000;

/**
 * The budget of a vendor that accepts `perMinute` points in any minute. Other calls than removals use at most half of it, so removals always
 * have at least the other half (I25).
 */
export function openRateBudget(perMinute: number): RateBudget {
  const limits: Readonly<Record<CallPurpose, number>> = {
    removal: perMinute,
    other: Math.max(1, Math.floor(perMinute / 2)),
  };
  let calls: Readonly<Wanted & { at: number }>[] = [];
  let closedUntil = Number.NEGATIVE_INFINITY;
  const closedFor = (at: number): number => Math.max(0, closedUntil - at);

  /** The time at which enough of these calls are a minute old for at most `most` points to be left. */
  function fitsAt(counted: readonly Readonly<{ points: number; at: number }>[], most: number): number {
    let used = counted.reduce((sum, { points }) => sum + points, 0);
    let at = Number.NEGATIVE_INFINITY;
    for (const call of counted) {
      if (used <= most) break;
      used -= call.points;
      at = call.at + WINDOW_MS;
    }
    return at;
  }

  return {
    closedFor,
    closeUntil: (at) => void (closedUntil = Math.max(closedUntil, at)),
    reopen: () => void (closedUntil = Number.NEGATIVE_INFINITY),
    waitAt({ purpose, points, kept = NOTHING_KEPT, isProbe = false }, at) {
      calls = calls.filter((call) => call.at + WINDOW_MS > at);
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
      return Math.max(isProbe ? 0 : closedFor(at), ...fits.map((each) => each - at), 0);
    },
    take: (wanted, at) => void calls.push({ ...wanted, at }),
  };
}
