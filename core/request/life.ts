import type { FaultCode } from '../faults.ts';
import type { Instant, LeaseId, Minutes, PersonId, RequestId } from '../ids.ts';

/*
 * The words of a request's life: what it can be, what can be said to it, what can have happened, and why
 * somebody is told no. `request.ts` says which follows from which.
 */

/** What was asked for, exactly. `digest` covers all of it and the policy it was judged by (I11). */
export type Ask = Readonly<{
  id: RequestId;
  requester: PersonId;
  entitlement: string;
  minutes: Minutes;
  /** The provider of each of the entitlement's targets: one lease each. */
  targets: readonly string[];
  /** Salted hash of the reason; the words live beside the events, so that they can be erased. */
  reasonHash: string;
  /** SHA-256, in hex, of the canonical request. An approval binds this. */
  digest: string;
}>;

export type Approver = Readonly<{ person: PersonId; because: string }>;

/** One round of approval: from whom, and how many distinct people it needs. */
export type Stage = Readonly<{ approvers: readonly Approver[]; needs: number }>;

/** What the policy demanded when the request was opened. Recorded, never recomputed here. */
export type Demand = Readonly<{ stages: readonly Stage[]; policy: string; lapsesAt: Instant }>;

export type Approval = Readonly<{ by: PersonId; stage: number; at: Instant }>;

export type Known = Readonly<{ ask: Ask; demand: Demand; approvals: readonly Approval[] }>;
export type Held = Readonly<{ end: Instant; leases: readonly LeaseId[] }>;

export type RequestState = Readonly<
  | { kind: 'blank' }
  | (Known & { kind: 'pending' })
  | (Known & Held & { kind: 'granting'; granted: readonly LeaseId[] })
  | (Known & Held & { kind: 'active'; delivered: readonly LeaseId[] })
  | (Known & Held & { kind: 'revoking'; because: Ending; removed: readonly LeaseId[] })
  | { kind: 'closed'; ask: Ask; approvals: readonly Approval[]; because: Ending; at: Instant; end?: Instant }
>;

/** Why a request ended. Auditors filter on `kind`. */
export type Ending = Readonly<
  | { kind: 'denied'; by: PersonId }
  | { kind: 'withdrawn'; by: PersonId }
  | { kind: 'lapsed' }
  | { kind: 'voided'; why: string }
  | { kind: 'grant-failed'; fault: FaultCode | 'unknown'; why?: string }
  | { kind: 'ended'; by: PersonId }
  | { kind: 'expired' }
>;

/** Whether the policy lets a person answer, at this moment; where that cannot be told, words for why. */
export type Eligibility = boolean | string;

/**
 * What a person says about a request. Carries no time: the ledger's clock stamps it. `eligibleNow` is
 * the policy's word at this very click; it can only narrow what was demanded at the asking (I12).
 * Words, while its files cannot be read, are not a yes, and do not stand in the way of an end (I14).
 */
export type Answer = Readonly<
  | { kind: 'approve'; by: PersonId; digest: string; eligibleNow: Eligibility }
  | { kind: 'deny'; by: PersonId; eligibleNow: Eligibility }
  | { kind: 'withdraw'; by: PersonId }
  | { kind: 'end'; by: PersonId; eligibleNow: Eligibility }
>;

export type Command = Readonly<
  { at: Instant } & (
    | Answer
    | { kind: 'open'; ask: Ask; demand: Demand }
    | { kind: 'lapse' | 'expire' }
    | { kind: 'void'; why: string }
    | { kind: 'intend'; lease: LeaseId; prior: string; level: string; subject: string }
    | { kind: 'confirm-granted'; lease: LeaseId; seen: string }
    | { kind: 'fail-grant'; fault: FaultCode | 'unknown'; why?: string }
    | { kind: 'deliver'; by: PersonId; lease: LeaseId }
    | { kind: 'confirm-removed'; lease: LeaseId; seen: string; note?: string }
  )
>;

/** One thing that happened. These rows are the audit trail; state is only their sum. */
export type Event = Readonly<
  { at: Instant } & (
    | { kind: 'asked'; ask: Ask }
    | { kind: 'judged'; demand: Demand }
    | { kind: 'approved'; by: PersonId; stage: number; digest: string }
    | { kind: 'grant-started'; end: Instant; leases: readonly LeaseId[] }
    | { kind: 'intended'; lease: LeaseId; prior: string; level: string; subject: string }
    | { kind: 'granted'; lease: LeaseId; seen: string }
    | { kind: 'activated' }
    | { kind: 'delivered'; by: PersonId; lease: LeaseId }
    | { kind: 'revoke-started'; because: Ending }
    | { kind: 'removed'; lease: LeaseId; seen: string; note?: string }
    | { kind: 'closed'; because: Ending }
    | { kind: 'refused'; by: PersonId | null; tried: string; refusal: Refusal }
  )
>;

/** Why an ask is turned down before anybody is bothered with it. */
export type AskRefusal = Readonly<
  | { code: 'unknown-entitlement'; entitlement: string; nearest?: string }
  | { code: 'length-unreadable'; problem: string }
  | { code: 'too-long'; longest: Minutes }
  | { code: 'reason-missing' | 'unknown-person' | 'nobody-can-approve' | 'too-many-open' }
  | { code: 'reason-too-long'; most: number }
  | { code: 'not-allowed'; why: string }
  | { code: 'no-account'; provider: string }
  | {
      code: 'not-a-member';
      why: 'guest' | 'outsider' | 'bot' | 'deactivated' | 'other-workspace' | 'unknown';
    }
>;

/** Why a person may not do a thing. A value, because being told no is an ordinary outcome. */
export type Refusal = Readonly<
  | AskRefusal
  | {
      code:
        | 'own-request'
        | 'not-an-approver'
        | 'no-longer-an-approver'
        | 'already-approved'
        | 'already-delivered';
    }
  | { code: 'not-requester' | 'changed' | 'lapsed' | 'not-yet' | 'unknown-request' | 'unknown-lease' }
  | { code: 'wrong-state'; now: RequestState['kind']; because?: Ending; by?: PersonId; since?: Instant }
>;
