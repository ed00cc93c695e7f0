import type { Instant, LeaseId } from '../ids.ts';
import type { LeaseState } from '../lease.ts';
import { skipNewer } from '../result.ts';
import type { Event } from './events.ts';

/** Where a lease stands, and when its access ends. */
export type LeaseStanding = Readonly<{ state: LeaseState; endsAt: Instant }>;

/** Where each lease of a request stands, as its events say. The table of leases is a projection of this. */
export function leaseStates(events: readonly Event[]): ReadonlyMap<LeaseId, LeaseStanding> {
  const leases = new Map<LeaseId, LeaseStanding>();
  const set = (lease: LeaseId, state: LeaseState): void => {
    const known = leases.get(lease);
    if (known && known.state !== 'revoked') leases.set(lease, { ...known, state });
  };
  for (const event of events)
    switch (event.kind) {
      case 'grant-started':
        for (const lease of event.leases) leases.set(lease, { state: 'grant-started', endsAt: event.endsAt });
        break;
      case 'intended':
      case 'granted':
      case 'revoked':
        set(event.lease, event.kind);
        break;
      case 'revoke-started':
        for (const lease of leases.keys()) set(lease, 'revoke-started');
        break;
      case 'requested':
      case 'judged':
      case 'approved':
      case 'activated':
      case 'delivered':
      case 'undone':
      case 'repaired':
      case 'closed':
      case 'refused':
        break;
      default:
        skipNewer(event);
    }
  return leases;
}
