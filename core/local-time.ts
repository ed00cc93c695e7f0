import { dayNumber, localMoment, weekdayOf } from './calendar.ts';
import type { Instant } from './ids.ts';

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;

/** Minutes after midnight, from 0 to 1439. */
export type MinuteOfDay = number;

/** True for a name of a time zone that this computer knows, such as `Europe/Lisbon`. */
export function isTimeZone(name: string): boolean {
  try {
    localMoment(0 as Instant, name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock in a time zone shows at an instant. The weekday is 0 on Sunday. */
export function localTime(at: Instant, timeZone: string): Readonly<{ weekday: number; minute: MinuteOfDay }> {
  const local = localMoment(at, timeZone);
  return { weekday: weekdayOf(dayNumber(local)), minute: Math.floor(local.ms / MINUTE_MS) };
}

/**
 * The first instant after `at` at which a clock in the time zone shows this minute of a day. When the clock skips that minute,
 * because it is set forward, it is the first minute after the skipped hour.
 */
export function nextLocal(at: Instant, timeZone: string, minute: MinuteOfDay): Instant {
  const startOfMinute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const ahead = (minute - localTime(at, timeZone).minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const guess = (startOfMinute + ahead * MINUTE_MS) as Instant;
  // The clock was set forward or back in between, by a few hours at most.
  const shown = localTime(guess, timeZone).minute;
  const off = ((minute - shown + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  const corrected = (guess + off * MINUTE_MS) as Instant;
  return corrected > at && localTime(corrected, timeZone).minute === minute ? corrected : guess;
}

/** The first Monday after `at` on which a clock in the time zone shows this minute. */
export function nextMonday(at: Instant, timeZone: string, minute: MinuteOfDay): Instant {
  let next = nextLocal(at, timeZone, minute);
  while (localTime(next, timeZone).weekday !== 1) next = nextLocal(next, timeZone, minute);
  return next;
}
