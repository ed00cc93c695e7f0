import type { Instant } from '../../core/ids.ts';
import { parseMoment } from '../../core/moment.ts';
import { CommandError } from './exit.ts';

/** The time zone of this computer. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Reads a moment that is over. A time without a zone is in the zone of this computer. `now` is the ledger's time. */
export function momentTyped(text: string, now: Instant): Instant {
  const read = parseMoment(text, { now, timeZone: localZone() });
  if (read.ok) return read.value;
  throw new CommandError('usage', read.error);
}

/** The same; undefined when nothing was typed. */
export const momentIfTyped = (text: string | undefined, now: Instant): Instant | undefined =>
  text === undefined ? undefined : momentTyped(text, now);
