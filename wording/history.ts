import { knownGrants } from '../core/request/access.ts';
import type { Event } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { RequestState } from '../core/request/state.ts';
import { skipNewer } from '../core/result.ts';
import { accessOverLine, revocationPhrase } from './access.ts';
import { eventPhrase, type StoryOf } from './events.ts';
import { duration, instant, type Phrase, person, phrase } from './phrase.ts';

/**
 * What happened to a request, for its card: one line for each step that people did or wait for, oldest first. The trail has
 * every event, also those that are left out here.
 */
export function historyLines(events: readonly Event[], title: string): readonly Phrase[] {
  const story = { title, granted: knownGrants(events), state: stateAfter(events) };
  return events.flatMap((event) => {
    const what = stepPhrase(event, story);
    return what === undefined ? [] : [phrase`${instant(event.at)}: ${what}`];
  });
}

function stepPhrase(event: Event, story: StoryOf & Readonly<{ state: RequestState }>): Phrase | undefined {
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
      return eventPhrase(event, story);
    case 'revoke-started':
      return revocationPhrase(story.granted(), event.ending, 'Curfew began to revoke');
    case 'revoked':
      // Without a note it says only what the end of the request says too.
      return event.note || event.drift ? eventPhrase(event, story) : undefined;
    case 'closed':
      return closedLine(story.state) ?? eventPhrase(event, story);
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
      return eventPhrase(event, story);
  }
}

/** What became of the access. Undefined when none was granted: then the reason of the ending is all. */
const closedLine = (state: RequestState): Phrase | undefined =>
  state.kind === 'closed' ? accessOverLine(state.access) : undefined;
