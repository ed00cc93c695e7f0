import { formatDuration } from '../core/duration.ts';
import { FAULTS, isFaultCode } from '../core/faults.ts';
import type { Minutes, PersonId } from '../core/ids.ts';
import type { Ending, Event } from '../core/request/events.ts';
import { unreachable } from '../core/result.ts';
import { escaped, moment } from './text.ts';

/** How a person is spelled here: a mention in Slack, a name elsewhere. */
export type NameOf = (person: PersonId) => string;

/** Why it ended, as the second half of a sentence. */
export function endingText(ending: Ending, spell: NameOf): string {
  switch (ending.kind) {
    case 'denied':
      return `denied by ${spell(ending.by)}`;
    case 'withdrawn':
      return `withdrawn by ${spell(ending.by)}`;
    case 'lapsed':
      return 'lapsed, because nobody answered in time';
    case 'voided':
      return `void, because ${escaped(ending.why)}`;
    case 'grant-failed':
      return `the access could not be given${grantFault(ending)}`;
    case 'ended':
      return `ended by ${spell(ending.by)}`;
    case 'expired':
      return 'its time was up';
    default:
      return unreachable(ending);
  }
}

function grantFault({ fault, why }: Extract<Ending, { kind: 'grant-failed' }>): string {
  if (!isFaultCode(fault)) return '';
  const told = FAULTS[fault].text.replace(/\.$/, '');
  return ` (${why === undefined ? told : `${told}: ${escaped(why)}`})`;
}

/** One line of a request's history, or nothing for steps that say nothing to people. */
export function eventText(event: Event, spell: NameOf): string | undefined {
  switch (event.kind) {
    case 'requested':
      return `${spell(event.details.requester)} asked for ${formatDuration(event.details.minutes as Minutes)}.`;
    case 'approved':
      return `${spell(event.by)} approved.`;
    case 'grant-started':
      return `Approved. ${moment(event.endsAt, 'It ends ')}, whatever happens.`;
    case 'activated':
      return 'The access is there; we looked.';
    case 'delivered':
      return `${spell(event.by)} took the password.`;
    case 'revoke-started':
      return `Taking the access away: ${endingText(event.ending, spell)}.`;
    case 'revoked':
      return `Taken away. What shows there now: ${escaped(event.seen)}.${event.note ? ` ${escaped(event.note)}` : ''}`;
    case 'closed':
      return `Closed: ${endingText(event.ending, spell)}.`;
    case 'refused':
      return event.by === null
        ? undefined
        : `${spell(event.by)} tried to ${event.tried} and was told no (${event.refusal.code}).`;
    case 'judged':
    case 'intended':
    case 'granted':
      return undefined;
    default:
      return unreachable(event);
  }
}
