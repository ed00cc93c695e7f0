import { currentStage } from '../core/request/stages.ts';
import type { Approvable, Question, RequestFacts } from '../core/request/state.ts';
import { instant, list, type Phrase, person, phrase } from './phrase.ts';
import { stagesPhrase } from './stages.ts';

/** Who must still approve a request or an extension, who has approved, and who is asked after that. */
export const waitingPhrase = (waiting: Approvable): Phrase =>
  phrase`Waiting for approval by ${missingPhrase(waiting)}.${soFarPhrase(waiting)}`;

/**
 * A pending request with an open question: who must answer, since when, and when the request lapses without an answer. Its approvers may still
 * approve or deny it.
 */
export function waitingForAnswerPhrase(waiting: RequestFacts, { by, at }: Question): Phrase {
  const { details, requirements } = waiting;
  const since = instant(at, 'since ');
  const lapse = instant(requirements.lapsesAt, 'lapses ');
  return phrase`Waiting for ${person(details.requester)} to answer a question of ${person(by)}, ${since}. The question postpones the lapse: without an answer, the request ${lapse}. It can still be approved by ${missingPhrase(waiting)}.${soFarPhrase(waiting)}`;
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
