import type { LeaseId } from '../ids.ts';
import type { Event } from './events.ts';

/**
 * What is known of the access of an approved request. `begun`: the leases of which a write to the provider may have begun. `granted`:
 * those whose access a read showed. An event of a lease that the request does not have counts for nothing.
 */
export type GrantReceipts = Readonly<{
  leases: readonly LeaseId[];
  begun: readonly LeaseId[];
  granted: readonly LeaseId[];
}>;

/**
 * What became of the access of a request. Every sentence about it is made from this, and only `grantedAccess` makes this. `never-granted`: nothing was
 * written to a provider. `unconfirmed`: a write began, and no read showed the access. `granted`: reads showed the access at so many of its
 * targets. A request that is over has the receipts that all of it is gone, or else it is `unreceipted`: receipts are missing of so many targets.
 */
export type GrantedAccess = Readonly<
  | { kind: 'never-granted' }
  | { kind: 'unconfirmed' }
  | { kind: 'granted'; targets: number; of: number }
  | { kind: 'unreceipted'; targets: number }
>;

/** What became of the access of a request that is over, with the receipts of these leases. */
export function grantedAccess(receipts: GrantReceipts, revoked: readonly LeaseId[]): GrantedAccess {
  const { leases, begun, granted } = receipts;
  const left = leases.filter((each) => [...begun, ...granted].includes(each) && !revoked.includes(each));
  return left.length > 0 ? { kind: 'unreceipted', targets: left.length } : grantedSoFar(receipts);
}

/** What was granted so far, whatever of it is still there. */
export function grantedSoFar({
  leases,
  begun,
  granted,
}: GrantReceipts): Exclude<GrantedAccess, { kind: 'unreceipted' }> {
  const shown = leases.filter((each) => granted.includes(each));
  if (shown.length > 0) return { kind: 'granted', targets: shown.length, of: leases.length };
  return { kind: leases.some((each) => begun.includes(each)) ? 'unconfirmed' : 'never-granted' };
}

/** Whether the access of a lease was granted, or without a lease that of any lease of the request. */
export type KnownGrants = (lease?: LeaseId) => ReturnType<typeof grantedSoFar>['kind'];

/** What the whole trail of a request says about its grants. The receipt of a revocation is a sentence about one of them. */
export function knownGrants(trail: readonly Event[]): KnownGrants {
  const leasesOf = (kind: 'intended' | 'granted') =>
    trail.flatMap((event) => (event.kind === kind ? [event.lease] : []));
  const [begun, granted] = [leasesOf('intended'), leasesOf('granted')];
  return (lease) =>
    grantedSoFar({ leases: lease === undefined ? [...begun, ...granted] : [lease], begun, granted }).kind;
}
