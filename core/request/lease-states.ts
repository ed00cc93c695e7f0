import type { Instant, LeaseId } from '../ids.ts';
import type { LeaseState } from '../lease.ts';
import { skipNewer } from '../result.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { BLANK, type RequestState } from './state.ts';

/** Where a lease stands, and when its access ends. */
export type LeaseStanding = Readonly<{ state: LeaseState; endsAt: Instant }>;

/**
 * Where each lease of a request stands, as its events say. The table of leases is a projection of this. An event that comes
 * in the wrong state changes nothing, so a forged one cannot hide a lease from the sweeper (T24).
 */
export function leaseStates(events: readonly Event[]): ReadonlyMap<LeaseId, LeaseStanding> {
  const leases = new Map<LeaseId, LeaseStanding>();
  let state: RequestState = BLANK;
  for (const event of events) {
    const before = state;
    state = evolve(before, event);
    const counts = event.kind === 'intended' ? before.kind === 'granting' : state !== before;
    if (counts) applyTo(leases, event);
  }
  return leases;
}

function applyTo(leases: Map<LeaseId, LeaseStanding>, event: Event): void {
  const set = (lease: LeaseId, state: LeaseState): void => {
    const known = leases.get(lease);
    if (known) leases.set(lease, { ...known, state });
  };
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
}
