import type { MomentContext } from '../../core/moment.ts';
import { nearest } from '../../core/nearest.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { oneLine } from '../../core/text.ts';
import { type Mistake, shown } from './mistakes.ts';
import { readMoment } from './moments.ts';
import {
  KEYS,
  type KnownNames,
  LONGEST_SEARCH,
  type Search,
  type SearchMoment,
  TIME_KEYS,
  type TimeKey,
  VALUE_KEYS,
  type ValueKey,
} from './search.ts';
import { readBareWord, readValue } from './values.ts';
import { type Word, wordsIn } from './words.ts';

/** The moment at which a search is read, the zone of its reader, and what it can name. */
export type SearchContext = Pick<MomentContext, 'now' | 'timeZone'> & Readonly<{ known: KnownNames }>;

type Reading = {
  readonly values: Map<ValueKey, Set<string>>;
  from?: SearchMoment;
  to?: SearchMoment;
  readonly mistakes: Mistake[];
};

/** After so many mistakes the rest is not read, because each looks for the nearest name among all people. */
const MOST_MISTAKES = 5;

/** Reads a search, such as `person:ana entitlement:orders-db state:active since:7d`. The error has the first five mistakes, in their order. */
export function parseSearch(text: string, context: SearchContext): Result<Search, readonly Mistake[]> {
  if (text.length > LONGEST_SEARCH)
    return no([
      {
        ...{ at: LONGEST_SEARCH, word: '' },
        says: `the search is too long. It can have ${LONGEST_SEARCH} characters.`,
      },
    ]);
  const reading: Reading = { values: new Map(), mistakes: [] };
  for (const word of wordsIn(text)) if (!isFull(reading)) readWord(word, context, reading);
  const { values, from, to, mistakes } = reading;
  if (mistakes.length > 0) return no(mistakes);
  const is = Object.keys(VALUE_KEYS).flatMap((key) => {
    const found = values.get(key as ValueKey);
    return found ? [[key, [...found].sort()] as const] : [];
  });
  return ok({
    is: Object.fromEntries(is),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
}

const isFull = ({ mistakes }: Reading): boolean => mistakes.length >= MOST_MISTAKES;

function readWord(word: Word, context: SearchContext, reading: Reading): void {
  const { text, at, key, values, isClosed } = word;
  const mistake = (says: string, instead?: string): void =>
    void reading.mistakes.push({ at, word: text, says, ...(instead === undefined ? {} : { instead }) });
  if (!isClosed) return mistake('a double quote is opened and not closed.');
  if (key !== undefined && !Object.hasOwn(KEYS, key)) {
    const guess = nearest(key, Object.keys(KEYS));
    return mistake(
      `there is no key ${shown(key)}. The keys are ${Object.keys(KEYS).join(', ')}.`,
      guess === undefined ? undefined : `${guess}:${text.slice(key.length + 1)}`,
    );
  }
  for (const value of values) {
    if (isFull(reading)) return;
    if (value.text.trim() === '')
      return mistake(
        key === undefined ? 'there is a word without a letter.' : `${shown(`${key}:`)} has no value.`,
      );
    if (key !== undefined && Object.hasOwn(TIME_KEYS, key)) readTime(key as TimeKey, word, context, reading);
    else {
      const read =
        key === undefined
          ? readBareWord(value.text, context.known)
          : readValue(key as ValueKey, value.text, context.known);
      if (read.ok) add(reading, ...read.value);
      else mistake(read.error.says, read.error.instead);
    }
  }
}

function add({ values }: Reading, key: ValueKey, value: string): void {
  const found = values.get(key) ?? new Set();
  values.set(key, found.add(value));
}

function readTime(key: TimeKey, { text, at, values }: Word, context: SearchContext, reading: Reading): void {
  const mistake = (says: string): void => void reading.mistakes.push({ at, word: text, says });
  const end = key === 'to' ? 'to' : 'from';
  if (reading[end] !== undefined || values.length > 1)
    return mistake(
      end === 'to' ? 'a search has one "to:".' : 'a search has one beginning: one "since:" or "from:".',
    );
  const read = readMoment(values[0]?.text ?? '', key, context);
  if (!read.ok) return mistake(oneLine(read.error));
  reading[end] = read.value;
  const { from, to } = reading;
  if (from && to && from.at > to.at) mistake('the search ends before it begins.');
}
