import { lockKeyOf } from '../core/target.ts';
import type { HeldLock, Holding, Lease, Ledger } from '../ledger/index.ts';

type Work<T> = (lock: HeldLock) => Promise<T>;
type WithHolding = Pick<Lease, 'holding'>;

/**
 * The keys of the locks of these leases and of all that share an access with them. There is more than one after the account or
 * the target was renamed: each lease keeps the lock of the name that it was requested with (F24, F32).
 */
const keysOf = (key: string, leases: readonly WithHolding[]): readonly string[] =>
  [...new Set([key, ...leases.flatMap(({ holding }) => otherKeys(holding))])].sort();

const otherKeys = (holding: Holding | undefined): readonly string[] =>
  holding?.others.map(({ lockKey }) => lockKey) ?? [];

/** Works under the lock of the access of a lease. */
export const withAccessLock = <T>(ledger: Ledger, lease: Lease, work: Work<T>): Promise<T> =>
  withLocks(ledger, keysOf(lockKeyOf(lease.target), [lease]), work);

/** Works under the lock of this key, and those of all leases that share an access with one of `leases`. */
export const withLocksOfLeases = <T>(
  ledger: Ledger,
  { key, leases }: Readonly<{ key: string; leases: readonly WithHolding[] }>,
  work: Work<T>,
): Promise<T> => withLocks(ledger, keysOf(key, leases), work);

/** Takes one lock after the other, always in the same order, so that no two attempts wait for each other. */
function withLocks<T>(ledger: Ledger, [first = '', ...rest]: readonly string[], work: Work<T>): Promise<T> {
  return ledger.withLock(first, (lock) =>
    rest.length === 0 ? work(lock) : withLocks(ledger, rest, (other) => work(combineLocks(lock, other))),
  );
}

/** Two locks for the same work, as one. The access is in doubt when it is in doubt under either, and losing either loses both. */
export const combineLocks = (one: HeldLock, other: HeldLock): HeldLock => ({
  ...one,
  isInDoubt: one.isInDoubt || other.isInDoubt,
  lost: AbortSignal.any([one.lost, other.lost]),
  markWriting: () => {
    other.markWriting();
    one.markWriting();
  },
  heldWith: other,
});

/** True when the lock of this key is held, by itself or with another one. */
export const holdsKey = ({ key, heldWith: other }: HeldLock, wanted: string): boolean =>
  key === wanted || (other !== undefined && holdsKey(other, wanted));
