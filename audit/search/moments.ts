import { parseDuration, spellDuration } from '../../core/duration.ts';
import type { Instant, Minutes } from '../../core/ids.ts';
import { type MomentContext, parseMoment } from '../../core/moment.ts';
import { ok, type Result } from '../../core/result.ts';
import { folded } from './names.ts';
import type { SearchMoment, TimeKey } from './search.ts';

const LONGEST_AGO = (100 * 366 * 1440) as Minutes;
/** The units that a search accepts and a length of access does not. */
const SECONDS_OR_WEEKS = /^(\d{1,6})\s*([sw])$/;
const WEEK_MS = 7 * 86_400_000;

/** Reads a moment, or a length of time before now. A date in `to:` includes all of that day. */
export function readMoment(
  typed: string,
  key: TimeKey,
  { now, timeZone }: MomentContext,
): Result<SearchMoment, string> {
  const text = folded(typed);
  const length = lengthIn(text);
  const read = length
    ? ok((now - length.ms) as Instant)
    : parseMoment(text, { now, timeZone, wholeDay: key === 'to' });
  // Nothing is older than 1970, and the ledger cannot tell times that are much older.
  return read.ok
    ? ok({ text: length?.text ?? canonical(text), at: Math.max(read.value, 0) as Instant })
    : read;
}

/** RFC 3339 has its letters in upper case. */
const canonical = (text: string): string => (/^\d{4}-/.test(text) ? text.toUpperCase() : text);

function lengthIn(text: string): Readonly<{ text: string; ms: number }> | undefined {
  const [, amount, unit] = SECONDS_OR_WEEKS.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined)
    return { text: `${amount}${unit}`, ms: Number(amount) * (unit === 's' ? 1000 : WEEK_MS) };
  const length = parseDuration(text, LONGEST_AGO);
  return length.ok ? { text: spellDuration(length.value), ms: length.value * 60_000 } : undefined;
}

/** True when a canonical text is a length. */
export const isLength = (text: string): boolean => /^(?:\d+[dhmsw])+$/.test(text);
