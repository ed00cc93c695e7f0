import type { Period } from '../../../audit/questions/index.ts';
import { parseFindingId } from '../../../core/findings/finding.ts';
import { ok, type Result } from '../../../core/result.ts';
import { parsePeriod, type PeriodQuestion } from '../period-question.ts';
import { addressOf, cursorIn, type MomentReading, type Typed } from '../typed-moments.ts';

/** What a page of findings is asked: in which period, from which row on, and about which finding. */
export type FindingsQuestion = PeriodQuestion & Readonly<{ after?: string; finding?: string }>;

/** Reads the question of an address. Only the list of decisions can be about one finding. */
export function parseFindingsQuestion(
  section: string | undefined,
  typed: Typed,
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
