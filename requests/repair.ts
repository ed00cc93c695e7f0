import { Fault } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import type { Receipt } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { type LeaseAtProvider, leaseAtProvider, type UnderLock } from './lease-at-provider.ts';
import { remainingWithLost } from './lost-leases.ts';

/**
 * Lowers the account to what the ledger says now that must remain without this lease, because the lease ended during its
 * grant. The lease has no receipt yet, because that is recorded under the same lock.
 */
export async function revokeLateGrant(deps: Deps, id: LeaseId, under: UnderLock): Promise<void> {
  const { ledger } = deps;
  const lease = await ledger.readLease(id);
  if (!lease?.holding) return;
  const current = leaseAtProvider(deps, lease);
  under.lock.markWriting();
  await current.provider.ensureAbsent(await remainingWithLost(deps, current), under.signal);
  await ledger.assertHeld(under.lock);
}

/**
 * Revokes the access of a lease that has its receipt already. It is always sent, because a read may not show everything:
 * an invitation, or a role that Curfew does not know. It is recorded when there was something to revoke.
 */
export async function revokeAgain(deps: Deps, current: LeaseAtProvider, under: UnderLock): Promise<void> {
  under.lock.markWriting();
  const receipt = await current.provider.ensureAbsent(await remainingWithLost(deps, current), under.signal);
  if (receipt.lowered) await recordRepair(deps, current, { ...under, receipt });
  if (receipt.untidied !== undefined) throw new Fault('not-verified', receipt.untidied);
  if (current.lease.untidied) await recordTidied(deps, current, { ...under, receipt });
}

/** Records that nothing of a lease is left to clean up. */
async function recordTidied(
  { ledger }: Pick<Deps, 'ledger'>,
  { lease: { id, request } }: LeaseAtProvider,
  { lock, receipt: { seen, note } }: UnderLock & Readonly<{ receipt: Receipt }>,
): Promise<void> {
  await ledger.record({
    request,
    name: `tidied/${id}`,
    via: 'sweeper',
    lock,
    command: (_state, at) => ({
      kind: 'confirm-tidied',
      lease: id,
      seen,
      ...(note === undefined ? {} : { note }),
      at,
    }),
  });
}

/** Records that the provider shows again what the ledger says. It is a step of its own each time. */
export async function recordRepair(
  { ledger }: Pick<Deps, 'ledger'>,
  { lease: { id, request, generation } }: LeaseAtProvider,
  { lock, receipt: { seen } }: UnderLock & Readonly<{ receipt: Receipt }>,
): Promise<void> {
  const next = generation + 1;
  await ledger.record({
    request,
    name: `repaired/${id}/${next}`,
    via: 'sweeper',
    lock,
    command: (_state, at) => ({ kind: 'confirm-repaired', lease: id, generation: next, seen, at }),
  });
}
