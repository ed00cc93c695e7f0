import { canBeApproved } from '../../core/request/stages.ts';
import type { Approver } from '../../core/request/state.ts';
import { type Candidates, candidatesFor } from '../judge/approvers.ts';
import type { StageResult } from '../judge/verdict.ts';
import {
  type Facts,
  type Finding,
  NO_ENTITLEMENT,
  NO_PERSON,
  notReached,
  pass,
  refuse,
  type Rule,
} from './rule.ts';

/** Every stage has enough people who can approve (B37). */
export const enoughApprovers: Rule = {
  id: 'approvers',
  wanted: 'Every stage has as many approvers as it needs.',
  judge: judgeApprovers,
};

function judgeApprovers({ policy, found: { person, entitlement } }: Facts): Finding {
  if (!person) return notReached(NO_PERSON);
  if (!entitlement) return notReached(NO_ENTITLEMENT);
  const candidates = candidatesFor(policy, entitlement, person);
  const stages = candidates.map(stageResult);
  const passed = stages.filter(({ verdict }) => verdict === 'pass').length;
  const saw = `Stages with enough approvers: ${passed} of ${stages.length}.`;
  // A route without a stage would need no approval, so it refuses.
  if (!canBeApproved(candidates)) return { ...refuse({ code: 'nobody-can-approve' }, saw), stages };
  const found = { stages: candidates.map(({ needs, approvers }) => ({ needs, approvers })) };
  return { ...pass(saw, found), stages };
}

function stageResult({ needs, approvers, excluded }: Candidates, index: number): StageResult {
  const cannot = excluded.map((each) => ({
    ...each,
    because: each.excluded === 'requester' ? 'is the requester' : 'is not active',
  }));
  return {
    stage: index + 1,
    verdict: approvers.length >= needs ? 'pass' : 'refuse',
    wanted: `At least ${needs} ${needs === 1 ? 'person' : 'people'} can approve.`,
    saw: `Can approve: ${spell(approvers)}.${cannot.length > 0 ? ` Cannot approve: ${spell(cannot)}.` : ''}`,
    needs,
    approvers,
    excluded,
  };
}

const MOST_SPELLED = 10;

/** "cy (owns Orders), bo (is the requester's manager)". Of many people the first ten and the number of the others. */
function spell(people: readonly Approver[]): string {
  if (people.length === 0) return 'nobody';
  const shown = people.slice(0, MOST_SPELLED).map(({ person, because }) => `${person} (${because})`);
  const others = people.length - shown.length;
  return [...shown, ...(others > 0 ? [`${others} more`] : [])].join(', ');
}
