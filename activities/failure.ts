import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { Fault } from '../core/faults.ts';

/** A revocation never waits longer than this for its next attempt, even when the vendor states a longer wait (I4). */
const LONGEST_REVOKE_WAIT_MS = 60_000;

/**
 * The only place that turns our faults into Temporal's failures. The wait that a vendor states becomes the delay
 * of the next attempt. With `retryAlways` every fault is retried: a credential can be repaired, and a revocation
 * must not be given up (I4).
 */
export function toFailure(error: unknown, retryAlways = false): unknown {
  if (!(error instanceof Fault)) return error;
  const { code, message, retry, retryAfterMs } = error;
  const delayMs = retryAlways && retryAfterMs ? Math.min(retryAfterMs, LONGEST_REVOKE_WAIT_MS) : retryAfterMs;
  return ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: !retry && !retryAlways,
    category: ApplicationFailureCategory.BENIGN, // Temporal does not log it as an error
    ...(delayMs === undefined ? {} : { nextRetryDelay: delayMs }),
  });
}

/** The failure of an error, with details for the workflow. */
export function withDetails(error: unknown, details: unknown, retryAlways = false): unknown {
  const failure = toFailure(error, retryAlways);
  return failure instanceof CancelledFailure
    ? failure
    : ApplicationFailure.fromError(failure, { details: [details] });
}

/** The same activities, which throw Temporal's failures. `alwaysRetried` names those that are retried after any fault. */
export const withTemporalFailures = <A extends Record<string, (input: never) => Promise<unknown>>>(
  activities: A,
  alwaysRetried: readonly (keyof A)[],
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: never) => {
        if (input === undefined) throw new Error('the input is not encrypted with a key of this process');
        try {
          return await activity(input);
        } catch (error) {
          throw toFailure(error, alwaysRetried.includes(name));
        }
      },
    ]),
  ) as A;
