import type { Period } from '../../../audit/questions/index.ts';
import { parseFindingId } from '../../../core/findings/finding.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import type { Instant } from '../../../core/ids.ts';
import { addressOf, cursorIn, type MomentReading, momentsIn, type QueryFields } from '../../parts/period.tsx';

/** What a page of findings is asked: in which period, from which row on, and about which finding. */
export type FindingsQuestion = PeriodQuestion & Readonly<{ after?: string; finding?: string }>;

/** Reads the question of an address. Only the list of decisions can be about one finding. */
export function parseFindingsQuestion(
  section: string | undefined,
  typed: QueryFields,
  reading: MomentReading,
): Result<FindingsQuestion, string> {
  const period = parsePeriod(typed, reading);
  if (!period.ok) return period;
  const after = cursorIn(typed);
  const finding = parseFindingId(section === 'decisions' ? (typed['finding'] ?? '') : '');
  return ok({
    ...period.value,
    ...(after === undefined ? {} : { after }),
    ...(finding.ok ? { finding: finding.value } : {}),
  });
}

export const FINDINGS_PATH = '/findings';

/** The address of the first page of findings. */
export const findingsAddress = ({ from, to }: Period): string => addressOf(FINDINGS_PATH, { from, to });

export const sectionPath = (section: string): string => `${FINDINGS_PATH}/${section}`;

/** The address of a section. */
export const sectionAddress = (
  section: string,
  {
    from,
    to,
    finding,
    after,
  }: Period & Readonly<{ finding?: string | undefined; after?: string | undefined }>,
): string => addressOf(sectionPath(section), { from, to, finding, after });

/** A period of an address. Without an end it lasts until now. `given` is the part that the address has. */
export type PeriodQuestion = Readonly<{ period: Period & Readonly<{ from: Instant }>; given: Period }>;

const DAY_MS = 86_400_000;
/** How long a period is, when the address does not say when it begins. */
const USUAL_MS = 30 * DAY_MS;

/** Reads the period of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
export function parsePeriod(typed: QueryFields, reading: MomentReading): Result<PeriodQuestion, string> {
  const moments = momentsIn(typed, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const { to, from = ((to ?? reading.now) - USUAL_MS) as Instant } = moments.value;
  if (from > (to ?? reading.now)) return no('The beginning of the period must be before its end.');
  return ok({ period: { from, ...(to === undefined ? {} : { to }) }, given: moments.value });
}
