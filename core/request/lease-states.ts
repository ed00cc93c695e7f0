import type { Instant, LeaseId } from '../ids.ts';
import type { LeaseState } from '../lease.ts';
import { skipNewer } from '../result.ts';
import type { Event } from './events.ts';
import { evolve } from './evolve.ts';
import { BLANK, type RequestState } from './state.ts';

/** Where a lease stands. */
export type LeaseStanding = Readonly<{
  state: LeaseState;
  /** When its access ends. */
  endsAt: Instant;
  /** When its intent was recorded. */
  intendedAt?: Instant;
  /** When a read last showed its access. */
  shownAt?: Instant;
  /** Its provider may show a later end than `endsAt`: while an extension is carried out, and after it failed. */
  laterEnd?: 'wanted' | 'unwanted';
  /** The lease counts for at most this level: the one that the last drift found. */
  cap?: string;
  /** Its access is gone, and something of it is still to be cleaned up. */
  untidied?: boolean;
}>;

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
    if (changesLeases(event, before, state)) applyTo(leases, event, state);
  }
  return leases;
}

/** Repairs, drifts and cleanups do not change the state of the request, but they change a lease. */
function changesLeases({ kind }: Event, before: RequestState, after: RequestState): boolean {
  return kind === 'repaired' || kind === 'drifted' || kind === 'tidied' || after !== before;
}

function applyTo(leases: Map<LeaseId, LeaseStanding>, event: Event, after: RequestState): void {
  const change = (lease: LeaseId, to: Partial<LeaseStanding>): void => {
    const known = leases.get(lease);
    if (known) leases.set(lease, { ...known, ...to });
  };
  switch (event.kind) {
    case 'grant-started':
      for (const lease of event.leases) leases.set(lease, { state: 'grant-started', endsAt: event.endsAt });
      break;
    case 'intended':
      change(event.lease, { state: event.kind, intendedAt: event.at });
      break;
    case 'granted':
      change(event.lease, { state: event.kind, shownAt: event.at });
      break;
    case 'repaired':
      change(event.lease, { shownAt: event.at });
      break;
    case 'drifted':
      change(event.lease, { cap: event.found });
      break;
    case 'extension-started':
      for (const lease of leases.keys()) change(lease, { laterEnd: 'wanted' });
      break;
    case 'extended':
      // The end is the one that was approved, whatever the event says.
      if (after.kind === 'active')
        for (const [lease, { laterEnd: _over, ...known }] of leases)
          leases.set(lease, { ...known, endsAt: after.endsAt });
      break;
    case 'end-adopted':
      if (after.kind === 'active' || after.kind === 'granting')
        for (const lease of leases.keys()) change(lease, { endsAt: after.endsAt });
      break;
    case 'extension-closed':
      if (event.ending.kind === 'failed')
        for (const lease of leases.keys()) change(lease, { laterEnd: 'unwanted' });
      break;
    case 'revoke-started':
      for (const lease of leases.keys()) change(lease, { state: event.kind });
      break;
    case 'revoked':
      change(event.lease, { state: event.kind, ...(event.untidied ? { untidied: true } : {}) });
      break;
    case 'tidied':
      change(event.lease, { untidied: false });
      break;
    case 'requested':
    case 'judged':
    case 'asked':
    case 'answered':
    case 'approved':
    case 'activated':
    case 'delivered':
    case 'extension-requested':
    case 'extension-approved':
    case 'lease-extended':
    case 'undone':
    case 'closed':
    case 'refused':
      break;
    default:
      skipNewer(event);
  }
}
