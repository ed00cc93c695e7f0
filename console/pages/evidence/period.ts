import type { Control } from '../../../audit/evidence/controls.ts';
import type { Instant } from '../../../core/ids.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import { rfc3339 } from '../../parts/time.tsx';
import { momentsIn, type MomentReading, type QueryFields } from '../../parts/period.tsx';

/** The time of the evidence, both ends included. */
export type EvidencePeriod = Readonly<{ from: Instant; to: Instant }>;

/** The period when the address has none: about a quarter. */
const USUAL_MS = 90 * 86_400_000;

/** Reads the period of an address. The error is a sentence for the reader. */
export function parseEvidencePeriod(
  typed: QueryFields,
  reading: MomentReading,
): Result<EvidencePeriod, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const { to = reading.now } = moments.value;
  const { from = (to - USUAL_MS) as Instant } = moments.value;
  return from < to ? ok({ from, to }) : no('The beginning of the period must be before its end.');
}

/** The address of the evidence of a control. Times are in UTC, so the link says the same to everybody. */
export const evidenceAddress = (
  { framework, id }: Pick<Control, 'framework' | 'id'>,
  period?: EvidencePeriod,
): string => `/evidence/${framework}/${id}${period ? `?${periodQuery(period)}` : ''}`;

/** The address of its folder. */
export const folderAddress = (control: Pick<Control, 'framework' | 'id'>, period?: EvidencePeriod): string =>
  `${evidenceAddress(control)}/folder${period ? `?${periodQuery(period)}` : ''}`;

const periodQuery = ({ from, to }: EvidencePeriod): string =>
  new URLSearchParams({ from: rfc3339(from), to: rfc3339(to) }).toString();
