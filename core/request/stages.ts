import type { PersonId } from '../ids.ts';
import type { RequestFacts } from './state.ts';

/** The index of the first stage that lacks approvals, or the number of stages when none does. */
export function currentStage({ requirements, approvals }: RequestFacts): number {
  const open = requirements.stages.findIndex(
    ({ needs }, stage) => approvals.filter((approval) => approval.stage === stage).length < needs,
  );
  return open === -1 ? requirements.stages.length : open;
}

/** True when one more approval completes the last stage. */
export function isLastApproval(facts: RequestFacts): boolean {
  const { requirements, approvals } = facts;
  const stage = currentStage(facts);
  const needs = requirements.stages[stage]?.needs ?? Infinity;
  const given = approvals.filter((approval) => approval.stage === stage).length;
  return stage === requirements.stages.length - 1 && given + 1 >= needs;
}

/** True when some stage of the request names this person as an approver. */
export const isNamedApprover = ({ requirements }: RequestFacts, by: PersonId): boolean =>
  requirements.stages.some(({ approvers }) => approvers.some(({ person }) => person === by));

/** True when the current stage names this person as an approver. */
export const isCurrentApprover = (facts: RequestFacts, by: PersonId): boolean =>
  facts.requirements.stages[currentStage(facts)]?.approvers.some(({ person }) => person === by) ?? false;
