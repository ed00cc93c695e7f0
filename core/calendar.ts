import type { Instant } from './ids.ts';

const DAY_MS = 86_400_000;

/** A day of the calendar. The month is 1 in January. */
export type Day = Readonly<{ year: number; month: number; day: number }>;

/** What a calendar and a clock show. `ms` is the time since midnight, in milliseconds. */
export type LocalMoment = Day & Readonly<{ ms: number }>;

/** The number of days from 1970-01-01 to a day, also for a day such as 0 or 40, which is counted on. */
export function dayNumber({ year, month, day }: Day): number {
  // Years begin in March here, so that a leap day is the last day of its year.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day with a number of `dayNumber`. */
export function dayOf(number: number): Day {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const place = Math.floor((5 * dayOfYear + 2) / 153);
  const month = place + (place < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * place + 2) / 5) + 1,
  };
}

/** 0 on Sunday. */
export const weekdayOf = (number: number): number => (((number + 4) % 7) + 7) % 7;

/** True for a day that is in the calendar: not for 2026-02-30. */
export function isDay(day: Day): boolean {
  const same = dayOf(dayNumber(day));
  return same.year === day.year && same.month === day.month && same.day === day.day;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  FORMATS.set(timeZone, made);
  return made;
}

/** What a calendar and a clock in a time zone show at an instant. */
export function localMoment(at: Instant, timeZone: string): LocalMoment {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const ms = ((of('hour') * 60 + of('minute')) * 60 + of('second')) * 1000 + (((at % 1000) + 1000) % 1000);
  return { year: of('year'), month: of('month'), day: of('day'), ms };
}

/** The same, as if the time zone were UTC. */
const asUtc = (local: LocalMoment): number => dayNumber(local) * DAY_MS + local.ms;

/**
 * The instants at which a calendar and a clock in a time zone show this. Usually it is one. It is none when the clock was set forward
 * over it, and two when the clock was set back over it, the earlier one first.
 */
export function instantsOf(local: LocalMoment, timeZone: string): readonly Instant[] {
  const wanted = asUtc(local);
  const offsets = [-DAY_MS, DAY_MS].map((away) => {
    const near = (wanted + away) as Instant;
    return asUtc(localMoment(near, timeZone)) - near;
  });
  return [...new Set(offsets)]
    .map((offset) => (wanted - offset) as Instant)
    .filter((at) => asUtc(localMoment(at, timeZone)) === wanted)
    .sort((a, b) => a - b);
}
