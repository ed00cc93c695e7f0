import { Fault, messageOf } from '../../core/faults.ts';
import type { Instant, LeaseId } from '../../core/ids.ts';
import type { Deps } from '../deps.ts';
import { leaseAtProvider } from '../lease-at-provider.ts';

/** What came of one reading. `failed`: the provider did not answer, so the use is recorded as unknown, and `why` says why. */
export type UseReading = Readonly<
  { kind: 'known' | 'unknown' | 'none' } | { kind: 'failed'; why: string; mayPass: boolean }
>;

/** `endedAt`: when the receipt was recorded; left out while the lease is live. */
type Options = Readonly<{ endedAt?: Instant; signal: AbortSignal }>;

/**
 * Reads what was done with a lease, and records it. A reading that fails is recorded as unknown: it never says that something was not used. It changes
 * nothing at the provider, and its calls count as reads, never as removals.
 */
export async function readLeaseUse(
  deps: Pick<Deps, 'ledger' | 'providers'>,
  id: LeaseId,
  { endedAt, signal }: Options,
): Promise<UseReading> {
  const { ledger } = deps;
  const [lease, facts] = [await ledger.readLease(id), await ledger.readUseFacts(id)];
  if (!lease?.holding || !facts) return { kind: 'none' };
  const { grantedAt, now, mark } = facts;
  const source = lease.target.provider;
  try {
    const { provider, target } = leaseAtProvider(deps, lease);
    const use = await provider.readUse(
      {
        ...{ lease: id, subject: lease.holding.subject, target, grantedAt, now },
        ...(endedAt === undefined ? {} : { endedAt }),
        ...(mark === undefined ? {} : { mark }),
      },
      signal,
    );
    await ledger.recordUse(id, { use, readAt: now });
    return { kind: use.kind };
  } catch (error) {
    const isUnknown = error instanceof Fault && error.code === 'unknown-provider';
    const why = isUnknown ? `no provider "${source}" is configured` : messageOf(error);
    await ledger.recordUse(id, { use: { kind: 'unknown', source, why }, readAt: now });
    return { kind: 'failed', why, mayPass: !(error instanceof Fault) || error.retry };
  }
}
