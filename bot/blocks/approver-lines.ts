import type { PersonId } from '../../core/ids.ts';
import { pendingExtension } from '../../core/request/extension.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { Approver } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { list, person, phrase, quoted } from '../../wording/phrase.ts';
import { dateMarkup, plainText } from '../mrkdwn.ts';

/** Who is asked now, and why each of them. Empty when nothing waits for a decision. */
export function approversLine(view: RequestView): string {
  const names = currentApprovers(view).map(
    (approver) => phrase`${person(approver.person)} (${quoted(approver.because)})`,
  );
  if (names.length === 0) return '';
  return plainText(phrase`Approvers: ${list(names)}.`, (who) => view.nameOf(who).name);
}

/** Why the reader is asked. Who is no approver now reads who is. */
export function ownLine(view: RequestView, reader: PersonId): string {
  const own = currentApprovers(view).find((approver) => approver.person === reader);
  return own ? `You are an approver because you ${inSecondPerson(own.because)}.` : approversLine(view);
}

/** The approvers of the current stage of what waits for a decision: the request, or its extension. */
function currentApprovers({ state }: RequestView): readonly Approver[] {
  const waiting = state.kind === 'pending' ? state : pendingExtension(state);
  return waiting ? (waiting.requirements.stages[currentStage(waiting)]?.approvers ?? []) : [];
}

/** "owns X" becomes "own X", for the sentence "you own X". */
const inSecondPerson = (because: string): string => because.replace(/^owns /, 'own ').replace(/^is /, 'are ');

/** Until when a pending request waits, and what happens then. The card of an extension says the same of it. */
export const lapseLines = ({ state }: RequestView): readonly string[] =>
  state.kind === 'pending'
    ? [
        `If nobody decides, the request ${dateMarkup(state.requirements.lapsesAt, 'lapses ')} and no access is granted.`,
      ]
    : [];
