import type { PersonId } from '../../core/ids.ts';
import type { ReviewLine } from '../../core/reviews/review.ts';
import type { Policy, ReviewedAccess, Reviewers } from '../../policy/index.ts';

/** Who may review each line, and whose access it is. Alike lines are judged once. While the policy cannot be read, nobody may. */
export function reviewersOfLines(
  policy: Pick<Policy, 'reviewersFor'>,
): (line: ReviewLine) => Promise<Reviewers> {
  const known = new Map<string, Reviewers>();
  return async (line) => {
    const access = accessOf(line);
    const key = JSON.stringify(access);
    const before = known.get(key);
    if (before) return before;
    const found = await policy.reviewersFor(access);
    const reviewers = found.ok ? found.value : { reviewers: [], owner: ownerOf(line) };
    known.set(key, reviewers);
    return reviewers;
  };
}

const ownerOf = (line: ReviewLine): PersonId | undefined =>
  line.kind === 'grant' ? line.person : line.leaseOf;

/** What decides who reviews a line. */
export const accessOf = (line: ReviewLine): ReviewedAccess =>
  line.kind === 'grant'
    ? {
        ...{ kind: line.kind, person: line.person, entitlement: line.entitlement },
        approvedBy: line.approvedBy,
      }
    : {
        ...{ kind: line.kind, provider: line.provider, target: line.target },
        ...(line.account === undefined ? {} : { account: line.account }),
        ...(line.leaseOf === undefined ? {} : { leaseOf: line.leaseOf }),
        ...(line.adoptedBy === undefined ? {} : { adoptedBy: line.adoptedBy }),
      };
