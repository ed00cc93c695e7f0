import type { Event } from '../core/request/events.ts';
import { skipNewer } from '../core/result.ts';
import { endingPhrase } from './endings.ts';
import { eventPhrase } from './events.ts';
import { duration, instant, type Phrase, person, phrase } from './phrase.ts';

/**
 * What happened to a request, for its card: one line for each step that people did or wait for, oldest first. The trail has
 * every event, also those that are left out here.
 */
export function historyLines(events: readonly Event[], title: string): readonly Phrase[] {
  const hadAccess = events.some(({ kind }) => kind === 'grant-started');
  return events.flatMap((event) => {
    const what = stepPhrase(event, { title, hadAccess });
    return what === undefined ? [] : [phrase`${instant(event.at)}: ${what}`];
  });
}

function stepPhrase(
  event: Event,
  { title, hadAccess }: Readonly<{ title: string; hadAccess: boolean }>,
): Phrase | undefined {
  switch (event.kind) {
    case 'requested':
      return phrase`${person(event.details.requester)} requested the access.`;
    case 'activated':
      return phrase`Access granted and verified.`;
    case 'extension-requested': {
      const { by, extension } = event;
      return phrase`${person(by)} requested ${duration(extension.minutes)} more${instant(extension.endsAt, ', until ')}.`;
    }
    case 'asked':
    case 'answered':
    case 'approved':
    case 'delivered':
    case 'extension-approved':
    case 'extended':
    case 'extension-closed':
    case 'end-adopted':
    case 'undone':
    case 'repaired':
    case 'drifted':
    case 'tidied':
      return eventPhrase(event, title);
    case 'revoke-started':
      return phrase`Curfew began to revoke the access: ${endingPhrase(event.ending)}.`;
    case 'revoked':
      // Without a note it says only what the end of the request says too.
      return event.note || event.drift ? eventPhrase(event, title) : undefined;
    case 'closed':
      return hadAccess ? phrase`Access revoked and verified.` : eventPhrase(event, title);
    case 'judged':
    case 'grant-started':
    case 'intended':
    case 'granted':
    case 'extension-started':
    case 'lease-extended':
    case 'refused': // Only the person who was refused reads it, and who reads the whole trail.
      return undefined;
    default:
      skipNewer(event);
      return eventPhrase(event, title);
  }
}
