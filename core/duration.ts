import type { Minutes } from './ids.ts';
import { LIMITS } from './limits.ts';
import { no, ok, type Result } from './result.ts';

// The largest unit comes first, and each unit at most once: 1d, 2h30m, 90m. ISO 8601 writes the same with P and T.
const SHORT = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?$/i;
const ISO = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?$/i;

const HINT = 'Write it like 90m, 2h30m or 1d, without seconds.';

/** Reads a length of access. The error is a sentence for people: how to write a length, or the limit (B57). */
export function parseDuration(
  text: string,
  longest: Minutes = LIMITS.longestMinutes,
): Result<Minutes, string> {
  const shown = text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text;
  const parts = SHORT.exec(text) ?? ISO.exec(text);
  const given = parts?.slice(1).filter((part) => part !== undefined) ?? [];
  if (!parts || given.length === 0) return no(`"${shown}" is not a length of time. ${HINT}`);

  const [days, hours, minutes] = [1, 2, 3].map((place) => Number(parts[place] ?? 0)) as [
    number,
    number,
    number,
  ];
  const total = (days * 24 + hours) * 60 + minutes;
  if (total < LIMITS.shortestMinutes)
    return no(`"${shown}" is too short. The shortest is ${formatDuration(LIMITS.shortestMinutes)}.`);
  if (total > longest) return no(`"${shown}" is too long. The longest is ${formatDuration(longest)}.`);
  return ok(total as Minutes);
}

/** Formats a length for people: "2 h 30 min", "1 day", "45 min". */
export function formatDuration(length: Minutes): string {
  const days = Math.floor(length / 1440);
  const hours = Math.floor((length % 1440) / 60);
  const minutes = length % 60;
  return [
    days > 0 ? `${days} ${days === 1 ? 'day' : 'days'}` : '',
    hours > 0 ? `${hours} h` : '',
    minutes > 0 || length === 0 ? `${minutes} min` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Formats a length in the grammar that `parseDuration` reads: 1d2h30m. */
export const spellDuration = (length: Minutes): string =>
  formatDuration(length)
    .replaceAll(/ days?/g, 'd')
    .replaceAll(' h', 'h')
    .replaceAll(' min', 'm')
    .replaceAll(' ', '');
