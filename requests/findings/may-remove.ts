import { removalsAllowed, USUAL_CAP } from '../../core/findings/removal-cap.ts';
import type { Deps } from '../deps.ts';
import type { RemovalClaim } from '../../ledger/index.ts';
import type { LeaseAtProvider } from '../lease-at-provider.ts';

/**
 * True while Curfew may revoke what a lease left without a person's decision: fewer accesses than the cap allows were revoked at this
 * target within the last hour (B18), and the ledger is not in quarantine (I25). Every revocation that no person decided asks this first.
 */
export async function mayRemove(
  { ledger, removalCap = USUAL_CAP }: Pick<Deps, 'ledger' | 'removalCap'>,
  { provider, target }: Pick<LeaseAtProvider, 'provider' | 'target'>,
): Promise<boolean> {
  if (await ledger.isQuarantined()) return false;
  const { count, members } = await ledger.removalsAt(provider.name, provider.targetKey(target));
  return count < removalsAllowed(removalCap, members);
}

/** The same, and counts this revocation before it is made, so that several at once do not exceed the cap. Undefined when it may not be made. */
export async function claimRemoval(
  { ledger, removalCap = USUAL_CAP }: Pick<Deps, 'ledger' | 'removalCap'>,
  { lease: { id }, provider, target }: LeaseAtProvider,
): Promise<RemovalClaim | undefined> {
  if (await ledger.isQuarantined()) return undefined;
  return ledger.claimRemoval(
    { lease: id, provider: provider.name, key: provider.targetKey(target) },
    ({ count, members }) => count < removalsAllowed(removalCap, members),
  );
}
