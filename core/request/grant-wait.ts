import type { FaultCode } from '../faults.ts';
import type { Instant } from '../ids.ts';
import type { GrantReceipts } from './access.ts';
import type { Approval } from './state.ts';

/**
 * The reason why an approved grant waits: the audit log (`witnesses`: those that do not sign it), the rate that a vendor allows, a vendor that
 * does not answer, something that the person must do there, a first attempt, or another reason that its fault names.
 */
export type GrantWait = Readonly<
  | { kind: 'log'; witnesses?: readonly string[] }
  | { kind: 'rate' | 'vendor' | 'person' | 'first-attempt'; provider: string }
  | { kind: 'other'; fault: FaultCode }
>;

/** The provider of a lease that is not granted, and why the last attempt failed. */
export type GrantAttempt = Readonly<{ provider: string; fault: FaultCode | 'unknown' }>;

/** For what a grant waits, as the last attempts at its leases say. What the person must do counts when nothing else is waited for. */
export function waitOf(tried: readonly GrantAttempt[]): GrantWait | undefined {
  const waits = tried.flatMap(({ fault, provider }) =>
    fault === 'unknown' ? [] : [waitFor(fault, provider)],
  );
  return waits.find(({ kind }) => kind !== 'person') ?? waits[0];
}

type Granting = Pick<GrantReceipts, 'granted'> & Readonly<{ approvals: readonly Approval[] }>;
type TriedLease = Readonly<{
  id: string;
  target: Pick<GrantAttempt, 'provider'>;
  fault?: GrantAttempt['fault'];
}>;

/** The same for a request. `since`: when its last approval was given. */
export function grantWait(
  { granted, approvals }: Granting,
  leases: readonly TriedLease[],
): WaitSince | undefined {
  const wait = waitOf(
    leases.flatMap(({ id, fault, target: { provider } }) =>
      fault === undefined || granted.some((each) => each === id) ? [] : [{ provider, fault }],
    ),
  );
  const since = approvals.at(-1)?.at;
  return wait && since !== undefined ? { ...wait, since } : undefined;
}

export type WaitSince = GrantWait & Readonly<{ since: Instant }>;

function waitFor(fault: FaultCode, provider: string): GrantWait {
  switch (fault) {
    case 'log-behind':
      return { kind: 'log' };
    case 'provider-throttled':
      return { kind: 'rate', provider };
    case 'provider-unavailable':
      return { kind: 'vendor', provider };
    case 'not-tried':
      return { kind: 'first-attempt', provider };
    case 'awaiting-person':
      return { kind: 'person', provider };
    default:
      return { kind: 'other', fault };
  }
}
