import type { PersonId } from '../../core/ids.ts';
import { lineRefusal } from '../../core/reviews/decide-line.ts';
import type { ReviewLine } from '../../core/reviews/review.ts';
import type { Policy, Sight } from '../../policy/index.ts';
import { reviewersOfLines } from './reviewers.ts';

/** A line as somebody may see it. `mayDecide`: they can certify it or object to it now. `isOwn`: it is about their own access. */
export type SeenLine = Readonly<{
  line: ReviewLine;
  reviewers: readonly PersonId[];
  mayDecide: boolean;
  isOwn: boolean;
}>;

/**
 * The lines that somebody may see, in their order: an auditor every one, others those that they may review or have decided, and those about their
 * own access.
 */
export async function seenLines(
  policy: Pick<Policy, 'reviewersFor'>,
  { reader, isAuditor }: Pick<Sight, 'reader' | 'isAuditor'>,
  lines: readonly ReviewLine[],
): Promise<readonly SeenLine[]> {
  const seen: SeenLine[] = [];
  for (const { line, reviewers: its } of await reviewersOfLines(policy, lines)) {
    const { reviewers, owner } = its;
    const isOwn = owner === reader;
    if (!isAuditor && !isOwn && !reviewers.includes(reader) && line.decision?.by !== reader) continue;
    const command = { kind: 'certify', by: reader, owner, reviewers, hasReason: true } as const;
    seen.push({ line, reviewers, isOwn, mayDecide: lineRefusal(line, command) === undefined });
  }
  return seen;
}

/** Whether somebody sees of the review itself how it is called, what it is about and how far it is. Who only sees their own access does not. */
export const seesWholeReview = (
  { isAuditor }: Pick<Sight, 'isAuditor'>,
  lines: readonly SeenLine[],
): boolean => isAuditor || lines.some(({ isOwn }) => !isOwn);
