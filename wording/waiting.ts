import { currentStage } from '../core/request/stages.ts';
import type { Approvable } from '../core/request/state.ts';
import { list, type Phrase, person, phrase } from './phrase.ts';
import { stagesPhrase } from './stages.ts';

/** Who must still approve a request or an extension, who has approved, and who is asked after that. */
export function waitingPhrase(waiting: Approvable): Phrase {
  const { approvals, requirements } = waiting;
  const current = currentStage(waiting);
  const stage = requirements.stages[current];
  const given = approvals.filter((approval) => approval.stage === current).length;
  const open = (stage?.approvers ?? []).filter((one) => approvals.every(({ by }) => by !== one.person));
  const missing = stagesPhrase([{ needs: (stage?.needs ?? 1) - given, approvers: open }]);
  const later = requirements.stages.slice(current + 1);
  const then = later.length === 0 ? [] : phrase`, then by ${stagesPhrase(later)}`;
  const names = list(approvals.map(({ by }) => person(by)));
  const soFar = approvals.length === 0 ? [] : phrase` Approved so far by ${names}.`;
  return phrase`Waiting for approval by ${missing}${then}.${soFar}`;
}
