import type { EventKind } from './request/events.ts';

/** The events that put a lease into a state. The state has the name of its event. */
export const LEASE_STATES = [
  'grant-started',
  'intended',
  'granted',
  'revoke-started',
  'revoked',
] as const satisfies readonly EventKind[];

/**
 * Where a lease stands. `grant-started`: nothing was written to the provider. `intended`: a write may have reached
 * the provider. `granted`: a read showed the access. `revoke-started`: the access must be revoked. `revoked`: the
 * receipt is recorded.
 */
export type LeaseState = (typeof LEASE_STATES)[number];
