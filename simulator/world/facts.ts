import type { FaultPlan } from './fault-plan.ts';

/** What a person did, as they know it: when they sent it, what was on their screen, and when the bot acknowledged it. */
export type Deed = { acknowledgedAt?: number } & Readonly<
  { at: number; by: string; request: string } & (
    | { kind: 'approve' | 'deny' | 'withdraw' | 'end'; digest: string }
    | { kind: 'extend'; minutes: number }
  )
>;

/** What a person requested. */
export type RequestDeed = { acknowledgedAt?: number } & Readonly<{
  at: number;
  by: string;
  entitlement: string;
  minutes: number;
}>;

/** What people read about a request: its card. `endsAt` is a time of the ledger. */
export type Card = Readonly<{
  request: string;
  kind: 'pending' | 'granting' | 'active' | 'revoking' | 'closed';
  requester: string;
  entitlement: string;
  minutes: number;
  digest: string;
  endsAt?: number;
  /** When a pending request lapses, in the ledger's time. */
  lapsesAt?: number;
  extension?: Readonly<{ digest: string; minutes: number }>;
  ending?: string;
  /** It says that all of the access is there, or was there. */
  saysGranted?: boolean;
  /** It says that somebody changed the access at the vendor. */
  isChangedByHand?: boolean;
}>;

/** When a card was read. `ledgerTime` is what the clock of the ledger said then. */
export type CardReading = Readonly<{ at: number; ledgerTime: number; card: Card }>;

/** A change in the policy. From then on this person may approve nothing, or, without `isApprover`, request nothing. */
export type PolicyChange = Readonly<{ at: number; person: string; isApprover: boolean }>;

/** From when until when something was disturbed, such as a process that was dead or frozen. `what` names it. */
export type Disturbance = Readonly<{ what: string; from: number; to: number }>;

/**
 * All that checkers know besides the vendor's own log: what people did and read, and what went wrong in the world. None of it
 * comes from Curfew's tables. Times are in milliseconds of the world's own clock.
 */
export type Facts = Readonly<{
  startedAt: number;
  plan: FaultPlan;
  asked: RequestDeed[];
  deeds: Deed[];
  told: CardReading[];
  left: PolicyChange[];
  /** When the policy shortened the longest access that it allows. */
  narrowed: number[];
  disturbances: Disturbance[];
  /** A process that ended by itself, because nobody handled its error. */
  failures: Readonly<{ at: number; process: string; why: string }>[];
  /** How far the clock of the ledger is ahead from a time on. */
  ledgerClock: { at: number; skewMs: number }[];
}>;

export const newFacts = (startedAt: number, plan: FaultPlan): Facts => ({
  startedAt,
  plan,
  asked: [],
  deeds: [],
  told: [],
  left: [],
  narrowed: [],
  disturbances: [],
  failures: [],
  ledgerClock: [{ at: startedAt, skewMs: 0 }],
});
