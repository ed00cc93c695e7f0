import type { PersonId } from '../ids.ts';
import type { Urgency } from '../message-preference.ts';
import { skipNewer } from '../result.ts';
import type { Ending, Event, ExtensionEnding } from './events.ts';

/** An event in the trail of a request. */
type Trail = readonly Readonly<{ event: Event }>[];

/**
 * The news that the requester waits for among the events `from` (inclusive) to `to` (exclusive), and how urgent it is. They are
 * told of it in a new message, because Slack notifies nobody of an edit. Undefined when there is none, or when a later event
 * is one that they wait for too: then that one is told instead.
 */
export function newsForRequester(
  trail: Trail,
  from: number,
  to: number,
  requester: PersonId,
): Urgency | undefined {
  const newsIn = (some: Trail) => some.flatMap(({ event }) => newsOf(event, requester) ?? []);
  return newsIn(trail.slice(to)).length > 0 ? undefined : newsIn(trail.slice(from, to)).at(-1);
}

const URGENT: Urgency = { kind: 'urgent' };
const CAN_WAIT: Urgency = { kind: 'can-wait' };

function newsOf(event: Event, requester: PersonId): Urgency | undefined {
  switch (event.kind) {
    case 'activated':
      return URGENT; // The time of the access runs.
    case 'extended':
    case 'asked':
      return URGENT;
    case 'extension-closed':
      return isEndedBy(event.ending, requester) ? undefined : URGENT; // The access ends as it would have.
    case 'drifted':
      return event.change === 'lowered' ? URGENT : undefined;
    case 'revoke-started':
      // The requester waits for the access, and not for the receipts that nothing of it remains.
      return event.ending.kind === 'grant-failed' ? URGENT : undefined;
    case 'closed':
      return event.ending.kind === 'grant-failed' || isEndedBy(event.ending, requester)
        ? undefined
        : CAN_WAIT;
    case 'requested':
    case 'judged':
    case 'answered':
    case 'approved':
    case 'grant-started':
    case 'intended':
    case 'granted':
    case 'delivered':
    case 'extension-requested':
    case 'extension-approved':
    case 'extension-started':
    case 'lease-extended':
    case 'end-adopted':
    case 'undone':
    case 'repaired':
    case 'revoked':
    case 'tidied':
    case 'refused':
      return undefined;
    default:
      skipNewer(event);
      return undefined;
  }
}

/** Who ended or withdrew something of their own reads the result where they pressed the button. */
const isEndedBy = (ending: Ending | ExtensionEnding, person: PersonId): boolean =>
  'by' in ending && ending.by === person;
