import type { Instant, LeaseId, Minutes, PersonId, RequestId } from '../ids.ts';
import type { GrantedAccess, GrantReceipts } from './access.ts';
import type { Ending } from './events.ts';

/** What a person requested, exactly. `digest` covers it (all but the id) and the policy that judged it (I11). */
export type RequestDetails = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  minutes: Minutes;
  /** The name of the provider of each target of the entitlement. Each target gets one lease. */
  targets: readonly string[];
  /** Salted hash of the reason. The text is stored beside the events, so that it can be erased. */
  reasonHash: string;
  /** SHA-256, in hex, of the canonical request. An approval names this digest. */
  digest: string;
}>;

/** A person who may approve, and the reason why: "owns Orders database". */
export type Approver = Readonly<{ person: PersonId; because: string }>;

/** One round of approval: who may approve, and how many different people must. */
export type Stage = Readonly<{ approvers: readonly Approver[]; needs: number }>;

/**
 * What the policy required when the request was opened. It is recorded and never computed again. `policy` is the
 * digest of the policy files.
 */
export type Requirements = Readonly<{ stages: readonly Stage[]; policy: string; lapsesAt: Instant }>;

export type Approval = Readonly<{ by: PersonId; stage: number; at: Instant }>;

/** What people approve, stage after stage: a request, or the extension of one. */
export type Approvable = Readonly<{ requirements: Requirements; approvals: readonly Approval[] }>;

/** What is known of every open request. */
export type RequestFacts = Readonly<{ details: RequestDetails }> & Approvable;

/** What is known once the last approval is given: when the access ends, its leases, and what was granted of them. An extension moves the end. */
export type GrantFacts = Readonly<{ endsAt: Instant }> & GrantReceipts;

/** The later end that the requester of an active request wants. `digest` covers it, the request and the policy (I11). */
export type ExtensionDetails = Readonly<{
  /** How much longer. */
  minutes: Minutes;
  /** The end that is requested. */
  endsAt: Instant;
  /** Salted hash of the reason. */
  reasonHash: string;
  digest: string;
}>;

/**
 * An extension that is not decided, or not carried out yet. `pending`: it waits for approval. `started`: it is approved since
 * `since`, and Curfew moves the end at the providers. `extended` are the leases that have the later end there.
 */
export type Extension = Readonly<
  { details: ExtensionDetails } & Approvable &
    ({ kind: 'pending' } | { kind: 'started'; since: Instant; extended: readonly LeaseId[] })
>;

/** A question of an approver that the requester has not answered. `lapsesAt`: when the request lapsed without it. */
export type Question = Readonly<{ by: PersonId; at: Instant; lapsesAt: Instant }>;

/** The access of a lease that somebody lowered by hand, and the level that a read found last. */
export type LoweredAccess = Readonly<{ lease: LeaseId; found: string }>;

/** `mayWaitMs`: by how much questions may still postpone the lapse of a pending request, in milliseconds. */
export type RequestState = Readonly<
  | { kind: 'blank' }
  | (RequestFacts & { kind: 'pending'; question?: Question; mayWaitMs: number })
  | (RequestFacts & GrantFacts & { kind: 'granting' })
  | (RequestFacts &
      GrantFacts & {
        kind: 'active';
        delivered: readonly LeaseId[];
        extension?: Extension;
        /** How many later ends were requested so far. */
        extensionsRequested?: number;
        /** What somebody lowered by hand. */
        lowered?: readonly LoweredAccess[];
      })
  | (RequestFacts & GrantFacts & { kind: 'revoking'; ending: Ending; revoked: readonly LeaseId[] })
  | {
      kind: 'closed';
      details: RequestDetails;
      approvals: readonly Approval[];
      ending: Ending;
      at: Instant;
      access: GrantedAccess;
      /** Left out when the request was never approved. */
      endsAt?: Instant;
    }
>;

/** A request whose access is granted. */
export type ActiveRequest = Extract<RequestState, { kind: 'active' }>;

/** A request that exists. */
export type OpenedRequest = Exclude<RequestState, { kind: 'blank' }>;

/** The states of a request that exists, in the order of its life. */
export const REQUEST_STATES = Object.keys({
  pending: true,
  granting: true,
  active: true,
  revoking: true,
  closed: true,
} satisfies Record<OpenedRequest['kind'], true>) as readonly OpenedRequest['kind'][];

/** The states of a request that is not over. */
export const OPEN_STATES = REQUEST_STATES.filter((state) => state !== 'closed');

/** The state of a request without events. */
export const BLANK: RequestState = { kind: 'blank' };
