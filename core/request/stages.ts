import type { PersonId } from '../ids.ts';
import type { Approvable, Stage } from './state.ts';

/** The index of the first stage that lacks approvals, or the number of stages when none does. */
export function currentStage({ requirements, approvals }: Approvable): number {
  const open = requirements.stages.findIndex(
    ({ needs }, stage) => approvals.filter((approval) => approval.stage === stage).length < needs,
  );
  return open === -1 ? requirements.stages.length : open;
}

/** True when one more approval completes the last stage. */
export function isLastApproval(facts: Approvable): boolean {
  const { requirements, approvals } = facts;
  const stage = currentStage(facts);
  const needs = requirements.stages[stage]?.needs ?? Infinity;
  const given = approvals.filter((approval) => approval.stage === stage).length;
  return stage === requirements.stages.length - 1 && given + 1 >= needs;
}

/** True when some stage names this person as an approver. */
export const isNamedApprover = ({ requirements }: Pick<Approvable, 'requirements'>, by: PersonId): boolean =>
  requirements.stages.some(({ approvers }) => approvers.some(({ person }) => person === by));

/** True when the current stage names this person as an approver. */
export const isCurrentApprover = (facts: Approvable, by: PersonId): boolean =>
  facts.requirements.stages[currentStage(facts)]?.approvers.some(({ person }) => person === by) ?? false;

/**
 * True when every stage can get its approvals. One person approves once, whatever stages name them, so two stages with one
 * common approver cannot both be approved. A request without stages cannot be approved.
 */
export function canBeApproved(stages: readonly Stage[]): boolean {
  const needed = stages.flatMap(({ needs, approvers }) =>
    Array.from({ length: Math.max(needs, 1) }, () => approvers.map(({ person }) => person)),
  );
  const approvalOf = new Map<PersonId, number>();
  /** Finds a person for one needed approval. A person who was found for another one may be replaced there. */
  const assign = (approval: number, tried: Set<PersonId>): boolean =>
    (needed[approval] ?? []).some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const other = approvalOf.get(person);
      if (other !== undefined && !assign(other, tried)) return false;
      approvalOf.set(person, approval);
      return true;
    });
  return needed.length > 0 && needed.every((_people, approval) => assign(approval, new Set()));
}
