import type { ActiveRequest, OpenedRequest } from '../core/request/state.ts';
import { unreachable } from '../core/result.ts';
import type { Elsewhere } from '../core/elsewhere.ts';
import { grantedSoFar } from '../core/request/access.ts';
import type { WaitSince } from '../core/request/grant-wait.ts';
import { accessOverPhrase, revocationPhrase } from './access.ts';
import { elsewherePhrase } from './elsewhere.ts';
import { endingSentence } from './endings.ts';
import { grantWaitPhrase } from './grant-wait.ts';
import { code, emphasis, instant, list, type Phrase, person, phrase } from './phrase.ts';
import { waitingForAnswerPhrase, waitingPhrase } from './waiting.ts';

/** What is known of a request: where it stands, for what its grant waits, and what goes on at its providers. */
export type StatusFacts = Readonly<{
  state: OpenedRequest;
  title: string;
  wait: WaitSince | undefined;
  elsewhere: readonly Elsewhere[];
}>;

/** The status of a request, in some sentences. */
export const statusPhrase = (told: StatusFacts): Phrase => [
  ...statePhrase(told),
  ...told.elsewhere.flatMap((each) => [' ', ...elsewherePhrase(each)]),
];

function statePhrase({ state, title, wait }: StatusFacts): Phrase {
  switch (state.kind) {
    case 'pending':
      return state.question ? waitingForAnswerPhrase(state, state.question) : waitingPhrase(state);
    case 'granting':
      return wait === undefined
        ? phrase`Approved by ${approversOf(state)}. Curfew is granting the access now; ${instant(state.endsAt, 'it ends ')}.${grantedPart(state)}`
        : phrase`Approved by ${approversOf(state)}. ${grantWaitPhrase(wait)} ${instant(state.endsAt, 'It ends ')} at the latest.${grantedPart(state)}`;
    case 'active':
      return activePhrase(state);
    case 'revoking':
      return revokingPhrase(state);
    case 'closed':
      return phrase`${endingSentence(state.ending, state.at)} ${accessOverPhrase(state.access, title)}`;
    default:
      return unreachable(state);
  }
}

function activePhrase(state: ActiveRequest): Phrase {
  const { endsAt, leases, lowered = [] } = state;
  const approved = phrase`Approved by ${approversOf(state)}.${laterEndPart(state)}`;
  if (lowered.length === leases.length)
    return phrase`${loweredPhrase(state, [])} ${instant(endsAt, 'What is left of it ends ')}. ${approved}`;
  const active = phrase`${emphasis(phrase`${instant(endsAt, 'Active until ')}.`)} ${approved}`;
  if (lowered.length === 0) return active;
  return phrase`${active} ${loweredPhrase(state, [` at ${lowered.length} of ${leases.length} targets`])}`;
}

function loweredPhrase({ details, leases, lowered = [] }: ActiveRequest, where: Phrase): Phrase {
  const shown = lowered.map(({ lease, found }) => {
    const provider = details.targets[leases.indexOf(lease)] ?? '';
    return phrase`${code(provider)} showed ${code(found)}`;
  });
  return phrase`${emphasis(phrase`Lowered by hand${where}:`)} ${list(shown)}. Curfew does not grant it again.`;
}

function revokingPhrase(state: Extract<OpenedRequest, { kind: 'revoking' }>): Phrase {
  const { kind } = grantedSoFar(state);
  const doing = revocationPhrase(kind, state.ending, 'Curfew is revoking');
  return kind === 'never-granted'
    ? doing
    : phrase`${doing} It tries again until the provider shows that ${[kind === 'granted' ? 'the access is gone' : 'nothing of it is left']}.`;
}

/** A part of the access that is there already, while another part waits, for example for an invitation to be accepted. */
const grantedPart = ({ granted, leases }: Extract<OpenedRequest, { kind: 'granting' }>): Phrase =>
  granted.length === 0 ? [] : [` Granted so far: ${granted.length} of ${leases.length} targets.`];

/** Says that a later end is requested, or is on its way. The card of an extension has the details. */
const laterEndPart = ({ extension }: Extract<OpenedRequest, { kind: 'active' }>): Phrase => {
  if (!extension) return [];
  return [extension.kind === 'pending' ? ' A later end is requested.' : ' Curfew moves the end.'];
};

const approversOf = ({ approvals }: Pick<OpenedRequest, 'approvals'>): Phrase =>
  list(approvals.map(({ by }) => person(by)));
