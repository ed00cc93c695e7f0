import type { PersonId } from '../ids.ts';
import { approvedAlone } from './approvals.ts';
import type { LineDecisionKind, ReviewLine } from './review.ts';

/** Why somebody may not open a review, or may not decide a line. */
export type ReviewRefusal = Readonly<
  /** `why`: who may open one, or what is wrong with the review. */
  | { code: 'may-not-open-review' | 'review-not-opened'; why: string }
  | {
      code:
        | 'review-title-missing'
        | 'unknown-line'
        | 'own-access'
        | 'own-approval'
        | 'not-a-reviewer'
        | 'objection-reason-missing';
    }
  | { code: 'already-reviewed'; kind: LineDecisionKind; by: PersonId }
>;

/** What somebody wants to do with a line, and what is known when it is judged. `owner`: whose access it is, when somebody is known to have it. */
export type LineCommand = Readonly<{
  kind: LineDecisionKind;
  by: PersonId;
  owner: PersonId | undefined;
  reviewers: readonly PersonId[];
  hasReason: boolean;
}>;

/** Decides what a person wants to do with a line: undefined when they may, or why not. */
export function lineRefusal(
  line: ReviewLine | undefined,
  { kind, by, owner, reviewers, hasReason }: LineCommand,
): ReviewRefusal | undefined {
  if (!line) return { code: 'unknown-line' };
  if (by === owner) return { code: 'own-access' };
  if (!reviewers.includes(by))
    return { code: approvedAlone(line.approvals).has(by) ? 'own-approval' : 'not-a-reviewer' };
  if (line.decision) return { code: 'already-reviewed', kind: line.decision.kind, by: line.decision.by };
  if (kind === 'object' && !hasReason) return { code: 'objection-reason-missing' };
  return undefined;
}
