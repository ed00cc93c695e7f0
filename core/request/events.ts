import type { FaultCode } from '../faults.ts';
import type { Drift } from '../holding.ts';
import type { Instant, LeaseId, PersonId } from '../ids.ts';
import type { MassEndedEnding } from '../mass-ending.ts';
import type { ObjectionEnding } from '../reviews/objected.ts';
import type { Refusal } from './refusals.ts';
import type { ExtensionDetails, RequestDetails, Requirements } from './state.ts';

/** Why a request ended. Auditors filter on `kind`. */
export type Ending = Readonly<
  | { kind: 'denied'; by: PersonId }
  | { kind: 'withdrawn'; by: PersonId }
  | { kind: 'lapsed' }
  | { kind: 'voided'; why: string }
  | { kind: 'grant-failed'; fault: FaultCode | 'unknown'; why?: string }
  | { kind: 'ended'; by: PersonId }
  | MassEndedEnding
  | ObjectionEnding
  | { kind: 'expired' }
>;

/** Why an extension is over without a later end. */
export type ExtensionEnding = Readonly<
  | { kind: 'denied'; by: PersonId }
  | { kind: 'withdrawn'; by: PersonId }
  | { kind: 'lapsed' }
  | { kind: 'failed'; fault: FaultCode | 'unknown'; why?: string }
>;

/** One thing that happened to a request. All its events are its audit trail. Its state is computed from them. */
export type Event = Readonly<
  { at: Instant } & (
    | { kind: 'requested'; details: RequestDetails }
    | { kind: 'judged'; requirements: Requirements }
    | { kind: 'asked'; by: PersonId }
    | { kind: 'answered'; by: PersonId }
    | { kind: 'approved'; by: PersonId; stage: number; digest: string }
    | { kind: 'grant-started'; endsAt: Instant; leases: readonly LeaseId[] }
    /** `key`: that of the target with the vendor's own id. An earlier version did not record it. */
    | { kind: 'intended'; lease: LeaseId; prior: string; level: string; subject: string; key?: string }
    | { kind: 'granted'; lease: LeaseId; seen: string }
    | { kind: 'activated' }
    | { kind: 'delivered'; by: PersonId; lease: LeaseId }
    | {
        kind: 'extension-requested';
        by: PersonId;
        extension: ExtensionDetails;
        requirements: Requirements;
      }
    | { kind: 'extension-approved'; by: PersonId; stage: number; digest: string }
    | { kind: 'extension-started'; endsAt: Instant }
    | { kind: 'lease-extended'; lease: LeaseId; endsAt: Instant; generation: number; seen: string }
    | { kind: 'extended'; endsAt: Instant }
    | { kind: 'extension-closed'; ending: ExtensionEnding }
    | { kind: 'end-adopted'; by: PersonId; endsAt: Instant }
    | { kind: 'undone'; lease: LeaseId; undoneAt: Instant }
    | { kind: 'repaired'; lease: LeaseId; generation: number; seen: string }
    | ({ kind: 'drifted'; lease: LeaseId } & Drift)
    | { kind: 'revoke-started'; ending: Ending }
    | { kind: 'revoked'; lease: LeaseId; seen: string; note?: string; drift?: Drift; untidied?: true }
    | { kind: 'tidied'; lease: LeaseId; seen: string; note?: string }
    | { kind: 'closed'; ending: Ending }
    | { kind: 'refused'; by: PersonId | null; tried: string; refusal: Refusal }
  )
>;

export type EventKind = Event['kind'];

/** The event of one kind. */
export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>;

/** Every kind of event, each once, with its meaning. docs/events.md links to this table, and SQL checks and tests read it. */
export const EVENTS = {
  requested: 'A person requested an entitlement.',
  judged: 'The policy allowed the request and named the approvers.',
  asked: 'An approver asked the requester a question. Until it is answered, the time to lapse does not run.',
  answered: 'The requester answered the question.',
  approved: 'One approver approved exactly this request.',
  'grant-started': 'The last approval fixed the end of the access and created one lease for each target.',
  intended: 'Curfew read what the account had before, and is about to write to the provider.',
  granted: 'A read from the provider showed the access of one lease.',
  activated: 'All leases are granted.',
  delivered: 'The credential of a lease was released to its requester, to be shown once.',
  'extension-requested':
    'The requester requested a later end of the access. The policy allowed it and named the approvers.',
  'extension-approved': 'One approver approved exactly this extension.',
  'extension-started': 'The last approval of the extension was given. Curfew moves the end at the providers.',
  'lease-extended': 'A read from the provider showed that the access of one lease has the later end.',
  extended: 'All leases have the later end. From now on it is the end of the access.',
  'extension-closed': 'The extension is over, with the reason. The end of the access is the same as before.',
  'end-adopted':
    'After the ledger was restored, the manifest had a later end of the access, and a security person adopted it.',
  undone: 'While the ledger was unavailable, the access of one lease was revoked without it.',
  repaired:
    'The provider showed access that differs from the ledger, perhaps because a change came late or was made without the ledger. Curfew corrected it.',
  drifted:
    'Before a grant or a revocation, the provider showed access that differs from the ledger. Somebody changed it by hand. Curfew does not grant again what was lowered.',
  'revoke-started': 'The access must be revoked, with the reason.',
  revoked:
    'Nothing of the access of one lease is left: a read showed it, or nothing was ever written. This is the receipt.',
  tidied: 'What one lease had left at the provider after its access was gone is cleaned up.',
  closed: 'The request is over, with the reason.',
  refused:
    'Somebody tried something and was refused. The same attempt of the same person for the same reason is one event.',
} as const satisfies Record<EventKind, string>;
