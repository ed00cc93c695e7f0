import type { Minutes } from './ids.ts';

/** Every limit in one place, each with its reason. Slack's own limits live beside the views. */
export const LIMITS = {
  /** No grant lasts longer, whatever a catalogue says: past a month it is standing access. */
  longestMinutes: (30 * 24 * 60) as Minutes,
  /** Shorter than this is over before the person has opened a terminal. */
  shortestMinutes: 1 as Minutes,
  /** Code points of a reason. Room for a ticket link and a paragraph; fits a Slack card whole. */
  reasonLength: 1000,
  /** Code points of the words that go with a denial. */
  denialReasonLength: 1000,
  /** Code points of the text that says why a grant failed or a request became void. */
  endingReasonLength: 300,
  /** Requests one person may have waiting or live; more is a script, not a person (T30). */
  openRequestsPerPerson: 25,
  /** Targets of one entitlement; a lease id has room for two digits. */
  targetsPerEntitlement: 20,
  /** How long an unanswered request waits, where the catalogue does not say. */
  approvalWaitMinutes: (8 * 60) as Minutes,
  /** How long the provider may take to give access before we take back what it may have given. */
  grantingMinutes: 10 as Minutes,
  /** Milliseconds of one try at a provider; Temporal starts the next one after 30 s, and by then it is over. */
  attemptMs: 25_000,
} as const;
