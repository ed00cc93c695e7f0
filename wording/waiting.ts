import { currentStage } from '../core/request/stages.ts';
import type { Approvable, Question, RequestFacts } from '../core/request/state.ts';
import { instant, list, type Phrase, person, phrase } from './phrase.ts';
import { stagesPhrase } from './stages.ts';

/** Who must still approve a request or an extension, who has approved, and who is asked after that. */
export const waitingPhrase = (waiting: Approvable): Phrase =>
  phrase`Waiting for approval by ${missingPhrase(waiting)}.${soFarPhrase(waiting)}`;

/**
 * Since when a pending request waits for an answer of its requester. Meanwhile the time to lapse does not run, until the lapse that the request
 * has without an answer. Whoever may approve or deny it still may.
 */
export function waitingForAnswerPhrase(waiting: RequestFacts, { by, at }: Question): Phrase {
  const { details, requirements } = waiting;
  const since = instant(at, 'since ');
  const lapse = instant(requirements.lapsesAt, 'lapses ');
  return phrase`Waiting for ${person(details.requester)} to answer a question of ${person(by)}, ${since}. Meanwhile the time to lapse does not run. Without an answer the request ${lapse}. It can still be approved by ${missingPhrase(waiting)}.${soFarPhrase(waiting)}`;
}

function missingPhrase(waiting: Approvable): Phrase {
  const { approvals, requirements } = waiting;
  const current = currentStage(waiting);
  const stage = requirements.stages[current];
  const given = approvals.filter((approval) => approval.stage === current).length;
  const open = (stage?.approvers ?? []).filter((one) => approvals.every(({ by }) => by !== one.person));
  const missing = stagesPhrase([{ needs: (stage?.needs ?? 1) - given, approvers: open }]);
  const later = requirements.stages.slice(current + 1);
  const then = later.length === 0 ? [] : phrase`, then by ${stagesPhrase(later)}`;
  return phrase`${missing}${then}`;
}

const soFarPhrase = ({ approvals }: Approvable): Phrase =>
  approvals.length === 0 ? [] : phrase` Approved so far by ${list(approvals.map(({ by }) => person(by)))}.`;
