import type { PersonId } from '../ids.ts';
import { approvedAlone, type ApprovedBy } from './approvals.ts';

/** What decides who reviews a line. `person`: whose access it is; undefined when nobody is known to have the account. */
export type ReviewersOf = Readonly<{
  person: PersonId | undefined;
  approvals: readonly ApprovedBy[];
  /** Who may approve such access for the person. */
  approvers: readonly PersonId[];
  /** Who reviews when none of them can. */
  security: readonly PersonId[];
}>;

/**
 * Who may review a line. Nobody reviews their own access. Who gave one of its approvals alone does not either, unless nobody else can. When no
 * approver is left, the security people do.
 */
export function reviewersOf({ person, approvals, approvers, security }: ReviewersOf): readonly PersonId[] {
  const alone = approvedAlone(approvals);
  const notOwn = (people: readonly PersonId[]) => people.filter((each) => each !== person);
  const independent = (people: readonly PersonId[]) => notOwn(people).filter((each) => !alone.has(each));
  const groups = [independent(approvers), independent(security), notOwn(approvers), notOwn(security)];
  return groups.find((people) => people.length > 0) ?? [];
}
