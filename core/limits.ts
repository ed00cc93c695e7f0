import type { Minutes } from './ids.ts';

/** Every limit of Curfew, with its reason. Waits are in waits.ts, and Slack's own limits in bot/cards/. */
export const LIMITS = {
  /** No access lasts longer, whatever the catalogue says: after a month it is no longer temporary. */
  longestMinutes: (30 * 24 * 60) as Minutes,
  /** A shorter grant ends before the person has opened a terminal. */
  shortestMinutes: 1 as Minutes,
  /** Code points of a reason: enough for a ticket link and a paragraph, and it fits on a Slack card. */
  reasonLength: 1000,
  /** Code points of the reason of a denial. */
  denialReasonLength: 1000,
  /** Code points of the text that says why a grant failed or a request became void. */
  endingReasonLength: 300,
  /** Open requests of one person. More than that comes from a script, not from a person (T30). */
  openRequestsPerPerson: 25,
  /** The same request of a person is not opened again for so long, while the first one is open: its acknowledgement was late. */
  sameRequestMinutes: 60 as Minutes,
  /** Later ends that can be requested of one request, also when they are denied or withdrawn: each lengthens its trail. */
  extensionsPerRequest: 20,
  /** Targets of one entitlement. A lease id has room for two digits. */
  targetsPerEntitlement: 20,
  /** How long a request waits for approval, when the catalogue does not say. */
  approvalWaitMinutes: (8 * 60) as Minutes,
  /** How much the clock of a process and that of the ledger may differ, in milliseconds, for a grant (I23). */
  clockDifferenceMs: 2_000,
  /** How long after its approval a grant has had an attempt, when everything runs. */
  firstAttemptMinutes: 1 as Minutes,
  /** How long a grant may take before it fails and what it may have granted is revoked. An extension has the same time. */
  grantingMinutes: 10 as Minutes,
  /**
   * How long after its end an access waits for a ledger that seems to be there and fails, before it is revoked with its sealed undo, in milliseconds. The
   * pauses between attempts double, so the next attempt is less than a minute after the end (I3).
   */
  waitsForLedgerMs: 20_000,
  /** More people than this, and more than `leaversShare` of all, who leave at once are more likely a broken file. */
  leaversAtOnce: 3,
  leaversShare: 0.1,
} as const;
