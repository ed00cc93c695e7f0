import type { AttemptKind } from '../core/turns.ts';
import type { Lease } from '../ledger/index.ts';
import type { Deps } from './deps.ts';
import { targetAtProvider } from './lease-at-provider.ts';

/**
 * Runs an attempt for a lease when its provider has a turn for all its calls. Call it before the lock of the access is taken, so that nobody waits for
 * the lock meanwhile. It throws `provider-throttled` when the turn comes later, and the attempt comes back then.
 */
export async function inTurn<T>(
  deps: Pick<Deps, 'providers'>,
  { lease, kind, signal }: Readonly<{ lease: Lease; kind: AttemptKind; signal: AbortSignal }>,
  work: () => Promise<T>,
): Promise<T> {
  const { provider, target } = targetAtProvider(deps, lease.target);
  return provider.inTurn
    ? provider.inTurn({ kind, key: `${kind} ${lease.id}`, target }, signal, work)
    : work();
}

/** Access that a read once showed is ended before access that may never have been granted. */
export const kindOfEnd = ({ shownAt }: Pick<Lease, 'shownAt'>): AttemptKind =>
  shownAt === undefined ? 'end-unconfirmed' : 'end';
