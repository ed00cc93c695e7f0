import { dayNumber, dayOf, instantsOf, isDay, localMoment, weekdayOf } from './calendar.ts';
import type { Instant } from './ids.ts';
import { no, ok, type Result } from './result.ts';

/**
 * The moment at which somebody wrote, and their time zone, such as `Europe/Lisbon`. `wholeDay`: a day without a time is its last moment, or now when it is
 * today; without it, the day's first moment.
 */
export type MomentContext = Readonly<{ now: Instant; timeZone: string; wholeDay?: boolean }>;

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const AGO = /^(\d{1,6})\s*(s|m|h|d|w)[a-z]*\s+ago$/;
const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?`;
const CLOCK = new RegExp(`^${TIME}$`);
const ZONED = new RegExp(String.raw`^(.*\d)\s*(z|utc|[+-]\d{2}:\d{2})$`);
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

export const MOMENT_HINT =
  'Write it like "2026-11-24 14:00", "yesterday 14:00", "last tuesday 14:00", "3h ago" or 2026-11-24T14:00:00Z.';

/**
 * Reads a moment that is over, as a person or a program writes it. A time without a zone is in the zone of the person. The error is a
 * sentence for people.
 */
export function parseMoment(text: string, context: MomentContext): Result<Instant, string> {
  const shown = text.slice(0, 40).toWellFormed();
  const read = readMoment(text.trim().toLowerCase().replaceAll(/\s+/g, ' '), context);
  if (!read) return no(`"${shown}" is not a moment. ${MOMENT_HINT}`);
  if (!read.ok) return no(`"${shown}" ${read.error}`);
  if (read.value > context.now) return no(`"${shown}" is in the future.`);
  return read;
}

function readMoment(
  text: string,
  { now, timeZone, wholeDay = false }: MomentContext,
): Result<Instant, string> | undefined {
  if (text === 'now') return ok(now);
  const [, amount, unit = ''] = AGO.exec(text) ?? [];
  if (amount !== undefined) return ok((now - Number(amount) * (UNITS[unit] ?? 0)) as Instant);
  const [, zonedText, zone] = ZONED.exec(text) ?? [];
  if (zonedText !== undefined && zone !== undefined) return readZoned(zonedText, zone, now);
  const day = readDay(text, { now, timeZone });
  const ms = day && readClock(day.rest);
  if (!day || ms === undefined) return undefined;
  return wholeDay && day.rest === ''
    ? lastOf(day.number, { now, timeZone })
    : inZone(day.number, ms, timeZone);
}

/** The last millisecond of a day, or now when the day is not over. */
function lastOf(day: number, { now, timeZone }: MomentContext): Result<Instant, string> {
  const next = inZone(day + 1, 0, timeZone);
  const hasBegun = day <= dayNumber(localMoment(now, timeZone));
  return next.ok && hasBegun ? ok(Math.min(next.value - 1, now) as Instant) : next;
}

/** With a zone of its own. Only a date or a time of today can have one. */
function readZoned(text: string, zone: string, now: Instant): Result<Instant, string> | undefined {
  const day = readDay(text, { now, timeZone: 'UTC' });
  const ms = day && readClock(day.rest);
  if (!day || ms === undefined || day.rest === '') return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return ok((day.number * DAY_MS + ms - offset) as Instant);
}

type ReadDay = Readonly<{ number: number; rest: string }>;

/** The day at the beginning of a text, and what follows it. A text without a day is about today. */
function readDay(text: string, { now, timeZone }: MomentContext): ReadDay | undefined {
  const today = dayNumber(localMoment(now, timeZone));
  if (CLOCK.test(text)) return { number: today, rest: text };
  const [first = '', ...others] = text.replace(/^(\d{4}-\d{2}-\d{2})t/, '$1 ').split(' ');
  if (first === 'today') return { number: today, rest: others.join(' ') };
  if (first === 'yesterday') return { number: today - 1, rest: others.join(' ') };
  if (first === 'last') return lastWeekday(today, others);
  const [, year, month, day] = DATE.exec(first)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (!isDay({ year, month, day })) return undefined;
  return { number: dayNumber({ year, month, day }), rest: others.join(' ') };
}

/** The last day with this name before today. A name has at least three letters. */
function lastWeekday(today: number, [name = '', ...others]: readonly string[]): ReadDay | undefined {
  const weekday = WEEKDAYS.findIndex((each) => name.length >= 3 && each.startsWith(name));
  if (weekday === -1) return undefined;
  const back = (weekdayOf(today) - weekday + 7) % 7 || 7;
  return { number: today - back, rest: others.join(' ') };
}

/** Milliseconds after midnight; undefined for a text that is no time. No text is midnight. */
function readClock(text: string): number | undefined {
  if (text === '') return 0;
  const [, hours, minutes, seconds = '0', fraction = '0'] = CLOCK.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return undefined;
  return (
    (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'))
  );
}

/** A time that the clock skipped or showed twice is not guessed. */
function inZone(number: number, ms: number, timeZone: string): Result<Instant, string> {
  const [first, second] = instantsOf({ ...dayOf(number), ms }, timeZone);
  if (first === undefined)
    return no(
      `did not exist in ${timeZone}, because the clock was set forward. Write a time before or after that hour.`,
    );
  if (second !== undefined)
    return no(
      `was there twice in ${timeZone}, because the clock was set back. Write ${isoOf(first)} or ${isoOf(second)}.`,
    );
  return ok(first);
}

/** RFC 3339 in UTC, to the minute. */
function isoOf(at: Instant): string {
  const { year, month, day } = dayOf(Math.floor(at / DAY_MS));
  const minutes = Math.floor((at - dayNumber({ year, month, day }) * DAY_MS) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}Z`;
}
