import type { Period } from '../../audit/questions/index.ts';
import type { Instant } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { momentsIn, type MomentReading, type Typed } from './typed-moments.ts';

/** A period of an address. Without an end it lasts until now. `given` is the part that the address has. */
export type PeriodQuestion = Readonly<{ period: Period & Readonly<{ from: Instant }>; given: Period }>;

const DAY_MS = 86_400_000;
/** How long a period is, when the address does not say when it begins. */
const USUAL_MS = 30 * DAY_MS;

/** Reads the period of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
export function parsePeriod(typed: Typed, reading: MomentReading): Result<PeriodQuestion, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const { to, from = ((to ?? reading.now) - USUAL_MS) as Instant } = moments.value;
  if (from > (to ?? reading.now)) return no('The beginning of the period must be before its end.');
  return ok({ period: { from, ...(to === undefined ? {} : { to }) }, given: moments.value });
}
