import { test } from '@jest/globals';
import fc from 'fast-check';

/** How many examples each law gets. `npm run test:long` sets more. */
export const RUNS = Number(process.env['TEST_LAW_RUNS'] ?? 250);
const SEED = process.env['TEST_LAW_SEED'];

/**
 * Checks a law on arbitrary examples. A failure prints the seed and the smallest example. TEST_LAW_SEED repeats a run.
 */
export function holds<T>(law: string, arbitrary: fc.Arbitrary<T>, check: (example: T) => void): void {
  test(law, () =>
    fc.assert(fc.property(arbitrary, check), {
      numRuns: RUNS,
      endOnFailure: process.env['TEST_LAW_SHRINK'] === 'no',
      ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    }),
  );
}
