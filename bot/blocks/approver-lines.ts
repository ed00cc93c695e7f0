import type { PersonId } from '../../core/ids.ts';
import { currentStage } from '../../core/request/stages.ts';
import type { Approver } from '../../core/request/state.ts';
import type { RequestView } from '../../requests/view.ts';
import { list, person, phrase, quoted } from '../../wording/phrase.ts';
import { dateMarkup, plainText } from '../mrkdwn.ts';

/** Who is asked, and why each of them. Empty when the request is decided. */
export function approversLine(view: RequestView): string {
  const names = currentApprovers(view).map(
    (approver) => phrase`${person(approver.person)} (${quoted(approver.because)})`,
  );
  return plainText(phrase`Approvers: ${list(names)}.`, (who) => view.nameOf(who).name);
}

/** Why the reader is asked. Who is no approver now reads who is. */
export function ownLine(view: RequestView, reader: PersonId): string {
  const own = currentApprovers(view).find((approver) => approver.person === reader);
  return own ? `You are an approver because you ${inSecondPerson(own.because)}.` : approversLine(view);
}

const currentApprovers = ({ state }: RequestView): readonly Approver[] =>
  state.kind === 'pending' ? (state.requirements.stages[currentStage(state)]?.approvers ?? []) : [];

/** "owns X" becomes "own X", for the sentence "you own X". */
const inSecondPerson = (because: string): string => because.replace(/^owns /, 'own ').replace(/^is /, 'are ');

/** Until when a pending request waits, and what happens then. */
export const lapseLine = ({ state }: RequestView): string =>
  state.kind === 'pending'
    ? `If nobody decides, the request ${dateMarkup(state.requirements.lapsesAt, 'lapses ')} and no access is granted.`
    : '';
