import { test } from '@jest/globals';
import fc from 'fast-check';

/** How many examples each law gets. `npm run test:long` sets more. */
export const RUNS = Number(process.env['TEST_LAW_RUNS'] ?? 250);
const SEED = process.env['TEST_LAW_SEED'];

const options = {
  endOnFailure: process.env['TEST_LAW_SHRINK'] === 'no',
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
};

/**
 * Checks a law on arbitrary examples. A failure prints the seed and the smallest example. TEST_LAW_SEED repeats a run.
 */
export function holds<T>(law: string, arbitrary: fc.Arbitrary<T>, check: (example: T) => void): void {
  test(law, () => fc.assert(fc.property(arbitrary, check), { ...options, numRuns: RUNS }));
}

/** The same for a law whose check is asynchronous and needs no server. */
export function holdsAsync<T>(
  law: string,
  arbitrary: fc.Arbitrary<T>,
  check: (example: T) => Promise<void>,
): void {
  test(law, () => fc.assert(fc.asyncProperty(arbitrary, check), { ...options, numRuns: RUNS }));
}

/** One example takes about half a second on servers. */
const RUNS_ON_SERVERS = Math.ceil(RUNS / 50);

/** The same for a law that needs servers. It gets one example where the others get fifty, and finds none that is smaller. */
export function holdsOnServers<T>(
  law: string,
  arbitrary: fc.Arbitrary<T>,
  check: (example: T) => Promise<void>,
): void {
  test(
    law,
    () =>
      fc.assert(fc.asyncProperty(arbitrary, check), {
        ...options,
        endOnFailure: true,
        numRuns: RUNS_ON_SERVERS,
      }),
    RUNS_ON_SERVERS * 60_000,
  );
}
