import type { Instant } from '../ids.ts';
import type { Review } from './review.ts';

const DAY_MS = 86_400_000;

/** Why a reviewer for whom lines wait gets a message. Each reason is told once. */
export type ReminderReason = 'opened' | 'soon' | 'overdue';

/** The reason that holds now. A review that was open for less than two days has no reminder before it is due. */
export function reminderReason(
  { openedAt, due }: Pick<Review, 'openedAt' | 'due'>,
  now: Instant,
): ReminderReason {
  if (now >= due) return 'overdue';
  return now >= due - DAY_MS && due - openedAt >= 2 * DAY_MS ? 'soon' : 'opened';
}
