import type { PersonId } from '../ids.ts';
import { skipNewer } from '../result.ts';
import type { Ending, Event } from './events.ts';

/** An event in the trail of a request. */
type Trail = readonly Readonly<{ event: Event }>[];

/**
 * True when the requester waits for one of the events `from` (inclusive) to `to` (exclusive). They are told of it in a new
 * message, because Slack notifies nobody of an edit. When a later event is one that they wait for too, that one is told instead.
 */
export function isAwaitedByRequester(trail: Trail, from: number, to: number, requester: PersonId): boolean {
  const isAwaited = ({ event }: Trail[number]): boolean => awaits(event, requester);
  return trail.slice(from, to).some(isAwaited) && !trail.slice(to).some(isAwaited);
}

function awaits(event: Event, requester: PersonId): boolean {
  switch (event.kind) {
    case 'activated':
      return true;
    case 'drifted':
      return event.change === 'lowered';
    case 'revoke-started':
      // The requester waits for the access, and not for the receipts that nothing of it remains.
      return event.ending.kind === 'grant-failed';
    case 'closed':
      return event.ending.kind !== 'grant-failed' && !isEndedBy(event.ending, requester);
    case 'requested':
    case 'judged':
    case 'approved':
    case 'grant-started':
    case 'intended':
    case 'granted':
    case 'delivered':
    case 'undone':
    case 'repaired':
    case 'revoked':
    case 'tidied':
    case 'refused':
      return false;
    default:
      skipNewer(event);
      return false;
  }
}

/** Who ended or withdrew their own request reads the result where they pressed the button. */
const isEndedBy = (ending: Ending, person: PersonId): boolean => 'by' in ending && ending.by === person;
