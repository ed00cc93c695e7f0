import { currentStage } from '../core/request/stages.ts';
import type { OpenedRequest } from '../core/request/state.ts';
import { unreachable } from '../core/result.ts';
import { closedPhrase, endingPhrase } from './endings.ts';
import { emphasis, instant, list, type Phrase, person, phrase } from './phrase.ts';
import { stagesPhrase } from './stages.ts';

/** The status of the request for `title`, in one or two sentences. */
export function statusPhrase(state: OpenedRequest, title: string): Phrase {
  switch (state.kind) {
    case 'pending':
      return pendingPhrase(state);
    case 'granting':
      return phrase`Approved by ${approversOf(state)}. Curfew is granting the access now; ${instant(state.endsAt, 'it ends ')}.${grantedPart(state)}`;
    case 'active':
      return phrase`${emphasis(phrase`${instant(state.endsAt, 'Active until ')}.`)} Approved by ${approversOf(state)}.`;
    case 'revoking':
      return phrase`Curfew is revoking the access: ${endingPhrase(state.ending)}. It tries again until the provider shows that the access is gone.`;
    case 'closed': {
      const { ending, at, endsAt } = state;
      return closedPhrase({ ending, at, title, hadAccess: endsAt !== undefined });
    }
    default:
      return unreachable(state);
  }
}

/** A part of the access that is there already, while another part waits, for example for an invitation to be accepted. */
const grantedPart = ({ granted, leases }: Extract<OpenedRequest, { kind: 'granting' }>): Phrase =>
  granted.length === 0 ? [] : [` Granted so far: ${granted.length} of ${leases.length} targets.`];

/** Who must still approve, who has approved, and who is asked after that. */
function pendingPhrase(state: Extract<OpenedRequest, { kind: 'pending' }>): Phrase {
  const { approvals, requirements } = state;
  const current = currentStage(state);
  const stage = requirements.stages[current];
  const given = approvals.filter((approval) => approval.stage === current).length;
  const open = (stage?.approvers ?? []).filter((one) => approvals.every(({ by }) => by !== one.person));
  const missing = stagesPhrase([{ needs: (stage?.needs ?? 1) - given, approvers: open }]);
  const later = requirements.stages.slice(current + 1);
  const then = later.length === 0 ? [] : phrase`, then by ${stagesPhrase(later)}`;
  const soFar = approvals.length === 0 ? [] : phrase` Approved so far by ${approversOf(state)}.`;
  return phrase`Waiting for approval by ${missing}${then}.${soFar}`;
}

const approversOf = ({ approvals }: Pick<OpenedRequest, 'approvals'>): Phrase =>
  list(approvals.map(({ by }) => person(by)));
