import { instantsOf, localMoment } from '../../core/calendar.ts';
import type { Instant } from '../../core/ids.ts';
import type { Span } from '../pages/access/tracks.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** The distances between two ticks that people read easily, in milliseconds. */
const STEPS = [
  ...[1, 5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 7, 14, 28, 56, 91, 182, 364].map((days) => days * DAY_MS),
];
const MOST_TICKS = 7;

/** Where the axis of a picture has a tick: at whole minutes, hours or days of a clock in the zone. */
export function ticksOf({ from, to }: Span, zone: string): readonly Instant[] {
  const step = STEPS.find((each) => (to - from) / each <= MOST_TICKS) ?? (to - from) / MOST_TICKS;
  const start = instantsOf({ ...localMoment(from, zone), ms: 0 }, zone)[0] ?? from;
  const ticks: Instant[] = [];
  for (let at = start + Math.ceil((from - start) / step) * step; at <= to; at += step)
    ticks.push(onClock(at, step, zone));
  return ticks.filter((at) => at >= from && at <= to);
}

/** A tick of a day is at midnight also after the clock was changed. */
function onClock(at: number, step: number, zone: string): Instant {
  if (step % DAY_MS !== 0) return at as Instant;
  const day = localMoment((at + DAY_MS / 2) as Instant, zone);
  return instantsOf({ ...day, ms: 0 }, zone)[0] ?? (at as Instant);
}
