import type { LogLedger } from '../ledger/index.ts';

/** So many numbers are compared at a time. */
const CHUNK = 50_000;
const EVERY_MS = 30_000;

/**
 * Compares the rows with the log, a part at each call: all of them after the start, and then a part each half minute. There is never one that
 * is missing, unless somebody changed the database by hand. Returns how many the next pass adds.
 */
export function missedRows(ledger: LogLedger): () => Promise<number> {
  let from = 0;
  let isFirstRound = true;
  let nextAt = 0;
  return async () => {
    if (!isFirstRound && performance.now() < nextAt) return 0;
    nextAt = performance.now() + EVERY_MS;
    const { seenTo } = await ledger.logProgress();
    const missed = await ledger.findMissedRows(from, from + CHUNK);
    from += CHUNK;
    if (from > seenTo) {
      from = 0;
      isFirstRound = false;
    }
    return missed;
  };
}
