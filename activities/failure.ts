import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { Fault } from '../core/faults.ts';

/** No removal waits longer than this for its next try, whatever the vendor would like (I4). */
const LONGEST_OWED_MS = 60_000;

/**
 * The only place where our faults become Temporal's. The vendor's own wait becomes the next retry's delay. What
 * is `owed` is tried again whatever the fault: a credential can be mended, a removal cannot be given up (I4).
 */
export function toFailure(error: unknown, owed = false): unknown {
  if (!(error instanceof Fault)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retry && !owed,
    category: ApplicationFailureCategory.BENIGN,
    ...(error.retryAfterMs === undefined
      ? {}
      : { nextRetryDelay: owed ? Math.min(error.retryAfterMs, LONGEST_OWED_MS) : error.retryAfterMs }),
  });
}

/** A failure that also carries something to the workflow. */
export function withDetails(error: unknown, details: unknown): unknown {
  const failure = toFailure(error);
  return failure instanceof CancelledFailure
    ? failure
    : ApplicationFailure.fromError(failure, { details: [details] });
}

/** Gives every activity of a set that translation. */
export const translating = <A extends Record<string, (input: never) => Promise<unknown>>>(
  activities: A,
  owed: readonly (keyof A)[],
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        try {
          return await activity(input);
        } catch (error) {
          throw toFailure(error, owed.includes(name));
        }
      },
    ]),
  ) as A;
