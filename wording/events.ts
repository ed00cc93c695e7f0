import { CLICKS, isClickKind } from '../core/click-kinds.ts';
import type { Drift } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import type { KnownGrants } from '../core/request/access.ts';
import type { Event, EventOf } from '../core/request/events.ts';
import type { Stage } from '../core/request/state.ts';
import { skipNewer } from '../core/result.ts';
import { receiptPhrase, revocationPhrase } from './access.ts';
import { endingPhrase, extensionEndingPhrase } from './endings.ts';
import { code, duration, emphasis, instant, type Phrase, person, phrase, quoted } from './phrase.ts';
import { refusalPhrase } from './refusals.ts';
import { stagesPhrase } from './stages.ts';

/** The request that an event belongs to: its title, and what its trail says about its grants. */
export type StoryOf = Readonly<{ title: string; granted: KnownGrants }>;

/** What happened to a request, in one sentence. */
export function eventPhrase(event: Event, { title, granted }: StoryOf): Phrase {
  switch (event.kind) {
    case 'requested': {
      const { requester, minutes } = event.details;
      return phrase`${person(requester)} requested ${emphasis(quoted(title))} for ${duration(minutes)}.`;
    }
    case 'judged': {
      const { stages, lapsesAt } = event.requirements;
      return phrase`The policy requires approval by ${routePhrase(stages)}. Without it the request ${instant(lapsesAt, 'lapses ')}.`;
    }
    case 'asked':
      return phrase`${person(event.by)} asked the requester a question. Until it is answered, the time to lapse does not run.`;
    case 'answered':
      return phrase`${person(event.by)} answered the question.`;
    case 'approved':
      return phrase`${person(event.by)} approved the request.`;
    case 'grant-started':
      return phrase`The request is approved. ${instant(event.endsAt, 'The access ends ')} at the latest.`;
    case 'intended':
      return phrase`Curfew starts to grant “${quoted(event.level)}” to the account “${quoted(event.subject)}”, which had “${quoted(event.prior)}” before.`;
    case 'granted':
      return phrase`Granted. The provider shows now: ${code(event.seen)}.`;
    case 'activated':
      return phrase`Access granted and verified: ${emphasis(quoted(title))}.`;
    case 'delivered':
      return phrase`The password was released to ${person(event.by)}.`;
    case 'extension-requested': {
      const { by, extension, requirements } = event;
      return phrase`${person(by)} requested ${duration(extension.minutes)} more, ${instant(extension.endsAt, 'until ')}. The policy requires approval by ${routePhrase(requirements.stages)}.`;
    }
    case 'extension-approved':
      return phrase`${person(event.by)} approved the extension.`;
    case 'extension-started':
      return phrase`The extension is approved. Curfew moves the end of the access ${instant(event.endsAt, 'to ')}.`;
    case 'lease-extended':
      return phrase`A part of the access has the later end. The provider shows now: ${code(event.seen)}.`;
    case 'extended':
      return phrase`Extended. ${instant(event.endsAt, 'The access ends ')} now.`;
    case 'extension-closed':
      return phrase`The access is not extended: ${extensionEndingPhrase(event.ending)}. The end stays as it was.`;
    case 'end-adopted':
      return phrase`The ledger was restored from an older state. ${person(event.by)} adopted the later end that the manifest has: ${instant(event.endsAt, 'until ')}.`;
    case 'undone':
      return phrase`While the ledger was unavailable, Curfew revoked the access ${instant(event.undoneAt, 'without it ')}.`;
    case 'repaired':
      return phrase`The provider showed access that differs from the ledger, perhaps because an earlier write by Curfew took effect late. Curfew corrected it. The provider shows now: ${quoted(event.seen)}.`;
    case 'drifted':
      return phrase`${driftPhrase(event)} ${[event.change === 'lowered' ? 'Curfew does not grant it again.' : 'Curfew also revokes the higher level when the access ends.']}`;
    case 'revoke-started':
      return revocationPhrase(granted(), event.ending, 'Curfew revokes');
    case 'revoked':
      return phrase`${receiptPhrase(event, granted(event.lease))}${notePhrase(event)}${event.drift ? phrase` ${driftPhrase(event.drift)}` : []}`;
    case 'tidied':
      return phrase`What the access had left is cleaned up. The provider shows now: ${code(event.seen)}.${notePhrase(event)}`;
    case 'closed':
      return phrase`The request is closed: ${endingPhrase(event.ending)}.`;
    case 'refused':
      return refusedPhrase(event);
    default:
      skipNewer(event);
      return phrase`Something happened that a newer version of Curfew recorded: ${code(kindOf(event))}.`;
  }
}

/** Who tried what, and why not. */
export function refusedPhrase({ by, tried, refusal }: EventOf<'refused'>): Phrase {
  const who = by === null ? phrase`An unknown person` : person(by);
  return phrase`${who} tried to ${attemptPhrase(tried)} and was refused (${quoted(refusal.code)}).`;
}

/** What an auditor needs besides the sentence: the lease, the digest, the policy, the answer to a refused person. */
export function eventDetail(event: Event): Phrase {
  switch (event.kind) {
    case 'judged':
    case 'extension-requested':
      return phrase`Policy: ${quoted(event.requirements.policy.slice(0, 12))}.`;
    case 'approved':
    case 'extension-approved':
      return phrase`Digest: ${quoted(event.digest.slice(0, 12))}.`;
    case 'intended':
    case 'granted':
    case 'lease-extended':
    case 'delivered':
    case 'undone':
    case 'repaired':
    case 'drifted':
    case 'revoked':
    case 'tidied':
      return leasePhrase(event.lease);
    case 'refused':
      return phrase`Answer: ${refusalPhrase(event.refusal, event.tried)}`;
    case 'requested':
    case 'asked':
    case 'answered':
    case 'grant-started':
    case 'activated':
    case 'extension-started':
    case 'extended':
    case 'extension-closed':
    case 'end-adopted':
    case 'revoke-started':
    case 'closed':
      return [];
    default:
      skipNewer(event);
      return [];
  }
}

const notePhrase = ({ note }: Readonly<{ note?: string }>): Phrase =>
  note ? phrase` Note: ${code(note)}.` : [];

const driftPhrase = ({ change, expected, found }: Drift): Phrase =>
  phrase`Somebody ${[change]} the access by hand: the ledger expected “${quoted(expected)}”, and the provider showed “${quoted(found)}”.`;

const kindOf = (event: Pick<Event, 'kind'>): string => event.kind;

const leasePhrase = (lease: LeaseId): Phrase => phrase`Lease: ${quoted(lease)}.`;

const routePhrase = (stages: readonly Stage[]): Phrase =>
  stagesPhrase(stages, ({ person: who, because }) => phrase`${person(who)} (${quoted(because)})`);

/** A newer version may have kinds that this one does not know. */
const attemptPhrase = (tried: string): Phrase => (isClickKind(tried) ? [CLICKS[tried].attempt] : code(tried));
