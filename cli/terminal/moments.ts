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

/** The period of `--from` and `--to`. `now` is the ledger's time. */
export function periodTyped(
  { from, to }: Readonly<{ from?: string; to?: string }>,
  now: Instant,
): Readonly<{ from: Instant | undefined; to: Instant | undefined }> {
  const [start, end] = [momentIfTyped(from, now), endIfTyped(to, now)];
  if (start !== undefined && end !== undefined && start > end)
    throw new CommandError('usage', 'The time of --from is after that of --to.');
  return { from: start, to: end };
}
