import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { type Instant, type Minutes, parseRequestId, type RequestId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { ENDINGS } from '../../core/request/endings.ts';
import { REQUEST_STATES } from '../../core/request/state.ts';
import type { RequestFilter } from '../../ledger/index.ts';

/** The states that a list can be narrowed to, and the ways in which a closed request ended. */
export const STATE_WORDS: readonly string[] = [...REQUEST_STATES, ...ENDINGS];

export type States = Required<Pick<RequestFilter, 'states'>> | Required<Pick<RequestFilter, 'endings'>>;

/** Reads `--state`: states, or ways in which requests ended, separated by commas. */
export function parseStates(text: string): States {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !STATE_WORDS.includes(word));
  if (unknown !== undefined) throw new InvalidArgumentError(unknownWord('state', unknown, STATE_WORDS));
  const [states, endings] = [among(REQUEST_STATES, words), among(ENDINGS, words)];
  if (states.length > 0 && endings.length > 0)
    throw new InvalidArgumentError(
      `Name states, or ways to end: ${endings[0]} is a way to end, ${states[0]} is a state.`,
    );
  return states.length > 0 ? { states } : { endings };
}

const among = <T extends string>(known: readonly T[], words: readonly string[]): readonly T[] =>
  known.filter((each) => words.includes(each));

/** Says that a word is unknown, which word is like it, and which there are. */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  const suggestion = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return `There is no ${what} "${word.slice(0, 40)}".${suggestion} There are ${known.join(', ')}.`;
}

/** When the list begins: some time ago, or at a fixed time. */
export type Since = Readonly<{ kind: 'ago'; minutes: Minutes } | { kind: 'at'; at: Instant }>;

const LONGEST_AGO = (100 * 366 * 1440) as Minutes;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/i;

/** Reads `--since`: a length such as 2d, or a date with or without a time. A time without a zone is in UTC. */
export function parseSince(text: string): Since {
  const length = parseDuration(text, LONGEST_AGO);
  if (length.ok) return { kind: 'ago', minutes: length.value };
  if (DATE.test(text)) {
    const at = instantOf(text);
    if (at !== undefined) return { kind: 'at', at };
    throw new InvalidArgumentError(`"${text}" is no day or time of the calendar.`);
  }
  throw new InvalidArgumentError(
    'The value is a length such as 2d or 12h, or a date such as 2026-11-28 or 2026-11-28T14:30 (UTC).',
  );
}

/** JavaScript takes 2026-02-30 for a day in March, so the day that was read must be the one that was written. */
function instantOf(text: string): Instant | undefined {
  const written = text.toUpperCase().replace(' ', 'T');
  const zoned = /T/.test(written) && !/(Z|[+-]\d{2}:\d{2})$/.test(written) ? `${written}Z` : written;
  const at = Date.parse(zoned);
  const day = Date.parse(written.slice(0, 10));
  if (Number.isNaN(at) || Number.isNaN(day)) return undefined;
  return new Date(day).toISOString().startsWith(written.slice(0, 10)) ? (at as Instant) : undefined;
}

export const sinceInstant = (since: Since, now: Instant): Instant =>
  since.kind === 'at' ? since.at : ((now - since.minutes * 60_000) as Instant);

/** As many requests as `curfew list` shows without `--limit`. */
export const USUAL_LIMIT = 50;

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError('The limit is a whole number from 1 to 500.');
}

export function parseBefore(text: string): RequestId {
  const request = parseRequestId(text);
  if (request.ok) return request.value;
  throw new InvalidArgumentError(
    'The value is a complete request id, as "curfew list" prints it after More.',
  );
}
