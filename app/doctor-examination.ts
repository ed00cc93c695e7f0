import type { Instant } from '../core/ids.ts';
import type { LastExamination } from '../ledger/index.ts';
import { counted, type Finding } from './findings.ts';

const DAY_MS = 86_400_000;

/** When the whole log was last examined, as a sentence. */
export const examinedSentence = ({ endedAt }: LastExamination): string =>
  endedAt === undefined
    ? 'It was not examined as a whole yet.'
    : `It was last examined as a whole at ${timeOf(endedAt)}.`;

/** What is wrong about the examination of the log: what it found, and that it is late. */
export function examinationProblems(
  part: string,
  { since, endedAt, found, days }: LastExamination,
  now: Instant,
): readonly Finding[] {
  const problems: Finding[] = [];
  if (found > 0)
    problems.push({
      part,
      state: 'broken',
      what: `Its last examination found ${counted(found, 'difference')} between what is recorded and what was signed. The quarantines of the time name them. Export and verify the log.`,
    });
  if (now - (endedAt ?? since) > 2 * days * DAY_MS)
    problems.push({
      part,
      state: 'warning',
      what: `No examination of the whole log ended since ${timeOf(endedAt ?? since)}. One should end every ${counted(days, 'day')}. Does the sequencer run? Its log says why a step fails.`,
    });
  return problems;
}

const timeOf = (at: Instant): string => new Date(at).toISOString();
