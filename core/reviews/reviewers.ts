import type { PersonId } from '../ids.ts';

/** What decides who reviews a line. `person`: whose access it is; undefined when nobody is known to have the account. */
export type ReviewersOf = Readonly<{
  person: PersonId | undefined;
  approvedBy: readonly PersonId[];
  /** Who may approve such access for the person. */
  approvers: readonly PersonId[];
  /** Who reviews when none of them can. */
  security: readonly PersonId[];
}>;

/**
 * Who may review a line. Nobody reviews their own access. Who approved it alone does not either, unless nobody else can. When no approver
 * is left, the security people do.
 */
export function reviewersOf({ person, approvedBy, approvers, security }: ReviewersOf): readonly PersonId[] {
  const [sole, ...others] = [...new Set(approvedBy)];
  const alone = others.length === 0 ? sole : undefined;
  const notOwn = (people: readonly PersonId[]) => people.filter((each) => each !== person);
  const independent = (people: readonly PersonId[]) => notOwn(people).filter((each) => each !== alone);
  const groups = [independent(approvers), independent(security), notOwn(approvers), notOwn(security)];
  return groups.find((people) => people.length > 0) ?? [];
}
