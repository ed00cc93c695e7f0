import { addMinutes, type Instant } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { AuditQuery, Ledger } from '../../ledger/index.ts';

/**
 * Before this time an answer lacks what was purged: the requests that were made before the purge's time, whose access lasted no longer
 * than any access may. Undefined while nothing was purged, and for an answer about a time that begins later (`from`).
 */
export async function incompleteBefore(
  { purgedBefore }: Pick<Ledger, 'purgedBefore'>,
  from = 0 as Instant,
): Promise<Instant | undefined> {
  const before = await purgedBefore();
  if (before === undefined) return undefined;
  const whole = addMinutes(before, LIMITS.longestMinutes);
  return from < whole ? whole : undefined;
}

/** What is not about a request stays in the ledger. */
const NEVER_PURGED: readonly AuditQuery['view'][] = [
  ...(['purge', 'reading', 'review', 'review_line', 'review_decision'] as const),
  ...(['finding', 'finding_decision'] as const),
];

/** Whether a question is about a time before this one, or about no certain time. What is not about a request is never purged. */
export function reachesBefore({ view, where, known }: AuditQuery, time: Instant): boolean {
  if (NEVER_PURGED.includes(view)) return false;
  const from = known?.from ?? where.flatMap(startOf)[0];
  return from === undefined || from < time;
}

const startOf = (condition: AuditQuery['where'][number]): readonly Instant[] =>
  condition.kind === 'during' ? [condition.from] : condition.kind === 'from' ? [condition.at] : [];
