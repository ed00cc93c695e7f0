import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Fault } from '../core/errors.ts';

/** The only place where our faults become Temporal's. The vendor's own wait becomes the next retry's delay. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retry,
    category: ApplicationFailureCategory.BENIGN,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}

/** Gives every activity of a set that translation. */
export const translating = <A extends Record<string, (input: never) => Promise<unknown>>>(activities: A): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        try {
          return await activity(input);
        } catch (error) {
          throw toFailure(error);
        }
      },
    ]),
  ) as A;
