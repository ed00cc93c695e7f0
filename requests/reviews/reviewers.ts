import type { PersonId } from '../../core/ids.ts';
import type { ReviewLine } from '../../core/reviews/review.ts';
import type { Policy, ReviewedAccess, Reviewers } from '../../policy/index.ts';

/** Who may review each line, and whose access it is, in their order. While the policy cannot be read, nobody may. */
export async function reviewersOfLines(
  policy: Pick<Policy, 'reviewersFor'>,
  lines: readonly ReviewLine[],
): Promise<readonly Readonly<{ line: ReviewLine; reviewers: Reviewers }>[]> {
  const found = await policy.reviewersFor(lines.map(accessOf));
  const nobody = (line: ReviewLine): Reviewers => ({ reviewers: [], owner: ownerOf(line) });
  return lines.map((line, at) => ({ line, reviewers: (found.ok && found.value[at]) || nobody(line) }));
}

const ownerOf = (line: ReviewLine): PersonId | undefined =>
  line.kind === 'grant' ? line.person : line.leaseOf;

/** What decides who reviews a line. */
export const accessOf = (line: ReviewLine): ReviewedAccess => {
  const { approvals } = line;
  if (line.kind === 'grant')
    return { kind: line.kind, person: line.person, entitlement: line.entitlement, approvals };
  return {
    ...{ kind: line.kind, provider: line.provider, target: line.target, approvals },
    ...(line.account === undefined ? {} : { account: line.account }),
    ...(line.leaseOf === undefined ? {} : { leaseOf: line.leaseOf }),
  };
};
