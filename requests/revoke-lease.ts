import { Fault, messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import type { Lease, Recorded, Via } from '../ledger/index.ts';
import type { Receipt } from '../providers/provider.ts';
import { type Deps, type NewEvents, newEventsOf } from './deps.ts';
import { leaseAtProvider, lockKeyOf, remainingIntent, targetAtProvider } from './lease-at-provider.ts';
import type { Undo } from './undo.ts';

export type RevokeInput = Readonly<{
  lease: LeaseId;
  /** True when the caller thinks that the time is over. The ledger's clock decides whether it is. */
  expire: boolean;
  via: Via;
  undo?: Undo;
  version: number;
  signal: AbortSignal;
}>;

/** `endsInMs` is 0 when the lease is revoked. Else its end is not reached: the milliseconds until then. */
export type RevokeResult = NewEvents & Readonly<{ endsInMs: number }>;

const ALREADY_REVOKED: Receipt = { level: 'none', seen: 'already revoked' };
const NEVER_GRANTED: Receipt = { level: 'none', seen: 'nothing was granted' };

/**
 * Revokes one lease: records that its time is over, revokes at the provider, reads there that the access is gone, and
 * records the receipt. While the ledger is away it still revokes at the provider (I14). Only the receipt is then
 * missing, so it throws and the caller tries again.
 */
export async function revokeLease(deps: Deps, input: RevokeInput): Promise<RevokeResult> {
  const { ledger } = deps;
  const { lease: id, expire, version, signal, undo } = input;
  let isRevoked = false;
  try {
    const expired = expire ? await expireRequest(deps, input) : undefined;
    if (expired && !expired.outcome.ok && expired.outcome.error.code === 'not-yet')
      return { ...newEventsOf(expired, version), endsInMs: await msUntilEnd(deps, expired) };

    const lease = await ledger.readLease(id);
    if (!lease)
      throw new Fault('ledger-unavailable', `it has no lease ${id}; it may be restored from a backup`);
    const confirmed = await ledger.withLock(lockKeyOf(lease), async () => {
      const receipt = await ensureRevoked(deps, id, signal);
      isRevoked = true;
      // The receipt is recorded under the lock too: whoever locks next must know that this lease is revoked (F15).
      return confirmRevoked(deps, input, { lease, receipt });
    });
    return { ...newEventsOf(confirmed, version), endsInMs: 0 };
  } catch (error) {
    // When this attempt already revoked with the ledger's data, the undo, which is older, must not be used.
    if (undo && !isRevoked && isLedgerFailure(error)) {
      const { provider, target } = targetAtProvider(deps, undo.target);
      await provider.ensureAbsent({ ...undo.intent, target }, signal);
    } else if (!isRevoked) {
      await ledger.noteLeaseFault(id, messageOf(error)).catch(() => undefined); // The first error says more.
    }
    throw error;
  }
}

/** The ledger is away, or failed in an unknown way. A failure of a provider is always another fault. */
const isLedgerFailure = (error: unknown): boolean =>
  !(error instanceof Fault) || error.code === 'ledger-unavailable';

async function expireRequest(
  { ledger }: Deps,
  { lease: id, via }: RevokeInput,
): Promise<Recorded | undefined> {
  const lease = await ledger.readLease(id);
  if (!lease) return undefined;
  const { request } = lease;
  return ledger.record({ request, name: 'expire', via, command: (_state, at) => ({ kind: 'expire', at }) });
}

const msUntilEnd = async ({ ledger }: Deps, { state }: Recorded): Promise<number> =>
  Math.max(('endsAt' in state ? (state.endsAt ?? 0) : 0) - (await ledger.now()), 1);

const confirmRevoked = (
  { ledger }: Deps,
  { via }: RevokeInput,
  { lease: { id, request }, receipt: { seen, note } }: Readonly<{ lease: Lease; receipt: Receipt }>,
): Promise<Recorded> =>
  ledger.record({
    request,
    name: `revoked/${id}`,
    via,
    command: (_state, at) => ({
      kind: 'confirm-revoked',
      lease: id,
      at,
      seen,
      ...(note === undefined ? {} : { note }),
    }),
  });

/**
 * A lease without an intent never reached its provider, and its intent would be refused now. A lease that was revoked
 * while we waited for the lock has its receipt: what the account has now belongs to other leases.
 */
async function ensureRevoked(deps: Deps, id: LeaseId, signal: AbortSignal): Promise<Receipt> {
  const lease = await deps.ledger.readLease(id);
  if (lease?.state === 'revoked') return ALREADY_REVOKED;
  if (lease?.state !== 'revoke-started')
    throw new Fault('superseded', `lease ${id} must not be revoked: it is ${lease?.state}`);
  if (!lease.holding) return NEVER_GRANTED;
  const current = leaseAtProvider(deps, lease);
  return current.provider.ensureAbsent(remainingIntent(current), signal);
}
