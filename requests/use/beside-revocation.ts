import type { LeaseId } from '../../core/ids.ts';
import type { Deps } from '../deps.ts';
import { readLeaseUse } from './read-lease-use.ts';

/** As many readings run beside revocations at the same time. While they hang, further revocations go without one. */
const MOST = 2;
const READING_MS = 5_000;

/**
 * Returns what a revocation calls just before its first write: it begins a reading of the use of the lease, where the end removes something
 * that a later reading needs. A revocation can have many attempts, and only the first ones have a reading, until it is answered. It returns at once and never throws, so no reading delays a revocation or makes it fail.
 */
export function readingsBeside(
  deps: Pick<Deps, 'ledger' | 'providers'>,
): (lease: LeaseId, provider: string) => void {
  let running = 0;
  const read = async (lease: LeaseId): Promise<void> => {
    if ((await deps.ledger.readUseFacts(lease))?.isReadAtEnd) return;
    await readLeaseUse(deps, lease, { signal: AbortSignal.timeout(READING_MS) });
  };
  return (lease, provider) => {
    if (!deps.providers.get(provider)?.useReadings.beforeEnd || running >= MOST) return;
    running += 1;
    void read(lease)
      .catch(() => undefined) // The sweeper reads once more after the end, and records why it cannot.
      .finally(() => (running -= 1));
  };
}
