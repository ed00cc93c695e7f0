import type { Instant } from '../ids.ts';

const SHARE = 0.1;
const LEAST_MS = 5 * 60_000;

/**
 * When the requester is reminded that access ends: before its last tenth, and at least five minutes before its end. For access
 * that is shorter than ten minutes, it is at half of its time. The length begins at `from`: when the access became active, or was extended last.
 */
export function endsSoonAt({ from, endsAt }: Readonly<{ from: Instant; endsAt: Instant }>): Instant {
  const length = Math.max(endsAt - from, 0);
  const before = Math.min(Math.max(length * SHARE, LEAST_MS), length / 2);
  return Math.round(endsAt - before) as Instant;
}
