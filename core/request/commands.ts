import type { FaultCode } from '../faults.ts';
import type { Drift } from '../holding.ts';
import type { MassEndedEnding } from '../mass-ending.ts';
import type { ObjectionEnding } from '../reviews/objected.ts';
import type { Instant, LeaseId, PersonId } from '../ids.ts';
import type { ExtensionDetails, RequestDetails, Requirements } from './state.ts';

/** Every kind of answer that a person can give to a request. */
export const ANSWER_KINDS = ['approve', 'deny', 'withdraw', 'end'] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** True for the kinds of clicks that need no permission of the policy, because they only reduce access. */
export const endsAccess = (kind: string): boolean => kind === 'end' || kind === 'withdraw';

/** Whether the policy lets a person answer at this moment. `unknown`: the policy cannot be read; `why` says why. */
export type Eligibility = Readonly<
  { kind: 'eligible' } | { kind: 'not-eligible' } | { kind: 'unknown'; why: string }
>;

export const ELIGIBLE: Eligibility = { kind: 'eligible' };
export const NOT_ELIGIBLE: Eligibility = { kind: 'not-eligible' };

type AnswerFields = Readonly<{
  /** `digest` is the one of the request, or of its extension, that the person saw. */
  approve: { digest: string; eligibility: Eligibility };
  /** `hasReason`: whether a text for the requester comes with the denial. The text itself is stored beside the events. */
  deny: { digest: string; eligibility: Eligibility; hasReason: boolean };
  withdraw: { digest: string };
  end: { eligibility: Eligibility };
}>;

/**
 * What a person says about a request. It carries no time: the ledger's clock stamps it. `eligibility` is what the
 * policy says when the answer is decided. It can only narrow what the policy required when the request was opened
 * (I12). While the policy cannot be read, nobody can approve or deny, but the approvers of the request can still end
 * the access (I14).
 */
export type Answer = Readonly<
  { [Kind in AnswerKind]: { kind: Kind; by: PersonId } & AnswerFields[Kind] }[AnswerKind]
>;

/** What the system reports about a request. No person is behind it, so it cannot be an answer. */
export type SystemCommand = Readonly<
  | { kind: 'lapse' }
  | { kind: 'fail-grant'; fault: FaultCode | 'unknown'; why?: string }
  | { kind: 'void'; why: string }
  | { kind: 'lapse-extension' }
  | { kind: 'fail-extension'; fault: FaultCode | 'unknown'; why?: string }
>;

/** `wasUnseen`: the credential was delivered before, and nobody confirmed that its requester saw it. */
export type Command = Readonly<
  { at: Instant } & (
    | Answer
    | SystemCommand
    | { kind: 'open'; details: RequestDetails; requirements: Requirements }
    | { kind: 'expire' }
    | { kind: 'mass-end'; ending: MassEndedEnding }
    | { kind: 'object'; ending: ObjectionEnding }
    | { kind: 'intend'; lease: LeaseId; prior: string; level: string; subject: string; key?: string }
    | { kind: 'confirm-granted'; lease: LeaseId; seen: string }
    | { kind: 'deliver'; by: PersonId; lease: LeaseId; wasUnseen: boolean }
    | {
        kind: 'extend';
        by: PersonId;
        /** The end of the access when the policy judged the extension. */
        from: Instant;
        extension: ExtensionDetails;
        requirements: Requirements;
      }
    | { kind: 'ask'; by: PersonId; digest: string; eligibility: Eligibility; hasText: boolean }
    | { kind: 'answer'; by: PersonId; hasText: boolean }
    | { kind: 'confirm-lease-extended'; lease: LeaseId; generation: number; seen: string }
    | { kind: 'confirm-extended' }
    | { kind: 'adopt-end'; by: PersonId; endsAt: Instant }
    | { kind: 'report-undone'; lease: LeaseId; undoneAt: Instant }
    | { kind: 'confirm-repaired'; lease: LeaseId; generation: number; seen: string }
    | { kind: 'record-drift'; lease: LeaseId; drift: Drift }
    | { kind: 'confirm-revoked'; lease: LeaseId; seen: string; note?: string; drift?: Drift; untidied?: true }
    | { kind: 'confirm-tidied'; lease: LeaseId; seen: string; note?: string }
  )
>;

/** The command of one kind. */
export type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;
