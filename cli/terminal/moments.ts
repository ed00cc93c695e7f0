import type { Instant } from '../../core/ids.ts';
import { parseMoment } from '../../core/moment.ts';
import { CommandError } from './exit.ts';
import { LOCAL_ZONE } from './local-zone.mjs';

type Options = Readonly<{ wholeDay?: boolean }>;

/** Reads a moment that is over. A time without a zone is in the zone of this computer. `now` is the ledger's time. */
export function momentTyped(text: string, now: Instant, options: Options = {}): Instant {
  const read = parseMoment(text, { now, timeZone: LOCAL_ZONE, ...options });
  if (read.ok) return read.value;
  throw new CommandError('usage', read.error);
}

/** The same; undefined when nothing was typed. */
export const momentIfTyped = (
  text: string | undefined,
  now: Instant,
  options?: Options,
): Instant | undefined => (text === undefined ? undefined : momentTyped(text, now, options));

/** The same for the end of a time: a day without a time is included. */
export const endIfTyped = (text: string | undefined, now: Instant): Instant | undefined =>
  momentIfTyped(text, now, { wholeDay: true });
