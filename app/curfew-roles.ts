import { CURFEW } from '../core/curfew-role.ts';
import { curfewRoles } from '../providers/curfew/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Ledger } from '../ledger/index.ts';
import type { HeldRoles } from '../policy/index.ts';

/** The providers, of which the one of Curfew's roles reads them in the ledger of this part. It stays as it is where it is not configured. */
export function withRoleLedger(
  providers: ReadonlyMap<string, Provider>,
  ledger: Pick<Ledger, 'readLease' | 'heldRoles' | 'now'>,
): ReadonlyMap<string, Provider> {
  if (!providers.has(CURFEW)) return providers;
  const roles = curfewRoles({
    held: () => ledger.heldRoles(),
    async standing(id) {
      const lease = await ledger.readLease(id);
      if (!lease) return undefined;
      const { state, endsAt } = lease;
      if (state === 'revoke-started' || state === 'revoked' || (await ledger.now()) >= endsAt) return 'over';
      return state === 'granted' ? 'live' : 'waiting';
    },
  });
  return new Map([...providers, [CURFEW, roles as Provider]]);
}

/**
 * Who has a role now. During a quarantine it is nobody: the ledger was restored, and may have lost that a lease ended early. So only the people
 * whom the catalogue names can end the quarantine.
 */
export const heldRolesIn =
  (ledger: Pick<Ledger, 'heldRoles' | 'isQuarantined'>): HeldRoles =>
  async () => {
    const [held, isQuarantined] = await Promise.all([ledger.heldRoles(), ledger.isQuarantined()]);
    return isQuarantined ? [] : held;
  };
