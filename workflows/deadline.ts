import { sleep } from '@temporalio/workflow';
import type { Instant } from '../core/ids.ts';
import { msUntil, positive } from './clock.ts';

/** An end of the access, and the ledger's time when it said so. */
type End = Readonly<{ endsAt: Instant; at: Instant }>;

/** When the workflow revokes the access by itself: at the end that the ledger said last. */
export type Deadline = Readonly<{
  isOver(): boolean;
  /** Starts a timer for a later end, which does not count yet. */
  startTimer(end: End): void;
  /** From now on this end counts, and the timers of earlier ends end nothing. It has a timer before it counts. */
  moveTo(end: End): void;
}>;

/** Starts the timer for the end of the access. */
export function startDeadline(first: End): Deadline {
  const timers = new Set<Instant>();
  let reached = 0;
  let counts = first.endsAt;
  const startTimer = ({ endsAt, at }: End): void => {
    if (timers.has(endsAt)) return;
    timers.add(endsAt);
    void sleep(positive(msUntil(endsAt, at))).then(() => (reached = Math.max(reached, endsAt)));
  };
  startTimer(first);
  return {
    isOver: () => reached >= counts,
    startTimer,
    moveTo(end) {
      startTimer(end);
      counts = end.endsAt;
    },
  };
}
