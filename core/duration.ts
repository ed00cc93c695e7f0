import type { Minutes } from './ids.ts';
import { LIMITS } from './limits.ts';
import { no, ok, type Result } from './result.ts';

/** A unit of a length, as people write it, with its minutes. Each unit is at most once in a length, the largest first. */
const UNITS = [
  { names: 'days?|d', minutes: 1440 },
  { names: 'hours?|hrs?|h', minutes: 60 },
  { names: 'minutes?|mins?|m', minutes: 1 },
] as const;

// One amount with its unit, such as 2h, 30 min or 1.5 hours. It can follow another one after a comma or an "and".
const PART = new RegExp(
  String.raw`(\s*(?:,|\band\b)?\s*)(\d{1,6})(?:[.,](\d{1,4}))?\s*(?:${UNITS.map(({ names }) => `(${names})`).join('|')})(?![a-z])`,
  'iy',
);
const ISO = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?$/i;

const HINT = 'Write it like 90m, 2h30m or 1d, without seconds.';

/** Why a text is not a length. It never repeats the text: it is recorded with a refusal. */
export type LengthProblem = 'missing' | 'no-length' | 'no-whole-minutes' | 'too-short' | 'too-long';

/**
 * Reads a length of access, as a person, `formatDuration` or ISO 8601 writes it: 90m, 2 h 30 min, 1.5 hours, PT2H (B57).
 */
export function parseDuration(
  text: string,
  longest: Minutes = LIMITS.longestMinutes,
): Result<Minutes, LengthProblem> {
  if (text.trim() === '') return no('missing');
  const total = minutesIn(text.trim());
  if (total === undefined) return no('no-length');
  if (!Number.isInteger(total)) return no('no-whole-minutes');
  if (total < LIMITS.shortestMinutes) return no('too-short');
  return total > longest ? no('too-long') : ok(total as Minutes);
}

/** Says to a person how to write a length, or the limit. */
export function lengthSentence(problem: LengthProblem): string {
  switch (problem) {
    case 'missing':
      return `A length is missing. ${HINT}`;
    case 'no-whole-minutes':
      return `This length is not a whole number of minutes. ${HINT}`;
    case 'too-short':
      return `This length is too short. The shortest is ${formatDuration(LIMITS.shortestMinutes)}.`;
    case 'too-long':
      return `This length is too long. The longest is ${formatDuration(LIMITS.longestMinutes)}.`;
    default: // Also the text of an older version.
      return `This is not a length of time. ${HINT}`;
  }
}

/** The minutes of a text that is written as a length, whatever the limits are; undefined for any other text. */
function minutesIn(text: string): number | undefined {
  const iso = ISO.exec(text)?.slice(1) ?? [];
  if (iso.some((amount) => amount !== undefined))
    return UNITS.reduce((sum, { minutes }, place) => sum + Number(iso[place] ?? 0) * minutes, 0);

  let total = 0;
  let largest = 0; // the place of the largest unit that may follow
  let end = 0;
  while (end < text.length) {
    PART.lastIndex = end;
    const part = PART.exec(text);
    if (!part) return undefined;
    const [whole, before, amount, fraction = '', ...units] = part;
    const place = units.findIndex((name) => name !== undefined);
    const unit = UNITS[place];
    if (!unit || place < largest || (end === 0 && before !== '')) return undefined;
    // In whole numbers, because 1.1 * 60 is not 66 for a computer.
    total += (Number(`${amount}${fraction}`) * unit.minutes) / 10 ** fraction.length;
    largest = place + 1;
    end += whole.length;
  }
  return largest === 0 ? undefined : total;
}

/** No length is written with more letters: "2 days and 3 hours and 30 minutes". Its words may be far apart. */
const MOST_LETTERS = 200;

/** A length at the beginning of a text, and the rest. */
export type LeadingLength = Readonly<{ length: string; rest: string }>;

/**
 * The longest beginning of a text that is written as a length, also when it is above a limit, and the rest of the text:
 * "2 h 30 min" of "2 h 30 min: incident 4312". Undefined when the text does not begin with a length.
 */
export function leadingLength(text: string): LeadingLength | undefined {
  const ends = [...text.slice(0, MOST_LETTERS).matchAll(/\S+/g)].map((word) => word.index + word[0].length);
  for (const end of ends.toReversed()) {
    const length = text
      .slice(0, end)
      .trim()
      .replace(/[,;:]$/, '');
    if (minutesIn(length) !== undefined) return { length, rest: text.slice(end).trim() };
  }
  return undefined;
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
