import { type Period, wholePeriod, type WholePeriod } from '../../audit/questions/index.ts';
import { ok, type Result } from '../../core/result.ts';
import { addressOf, momentsIn, type MomentReading, type Typed } from './typed-moments.ts';

/** The time, and the part of it that the address gave. */
export type ParsedPeriod = Readonly<{ period: WholePeriod; given: Period }>;

/** Reads the time of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
export function parseNumbersPeriod(typed: Typed, reading: MomentReading): Result<ParsedPeriod, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const whole = wholePeriod(moments.value, reading.now);
  if (!whole.ok) return whole;
  return ok({ period: whole.value, given: moments.value });
}

/** The address of a time. */
export const numbersAddress = ({ from, to }: Period): string => addressOf('/numbers', { from, to });
