import type { FaultCode } from '../faults.ts';
import type { Instant } from '../ids.ts';
import type { GrantReceipts } from './access.ts';
import type { Approval } from './state.ts';

/**
 * For what an approved grant waits: the audit log, the rate that a vendor allows, a vendor that does not answer, something that the person must do
 * there, or another thing that its fault names. `since`: when the last approval was given.
 */
export type GrantWait = Readonly<
  { since: Instant } & (
    | { kind: 'log' }
    | { kind: 'rate' | 'vendor' | 'person'; provider: string }
    | { kind: 'other'; fault: FaultCode }
  )
>;

/** A lease, with why the last attempt to grant it failed. */
type Tried = Readonly<{
  id: string;
  target: Readonly<{ provider: string }>;
  fault?: FaultCode | 'unknown';
}>;

type Granting = Pick<GrantReceipts, 'granted'> & Readonly<{ approvals: readonly Approval[] }>;

/** For what the grant waits, as the last attempts say. What the person must do counts when nothing else is waited for. */
export function grantWait({ granted, approvals }: Granting, leases: readonly Tried[]): GrantWait | undefined {
  const waits = leases
    .filter(({ id }) => !granted.some((each) => each === id))
    .flatMap(({ fault, target }) =>
      fault === undefined || fault === 'unknown' ? [] : [waitFor(fault, target.provider)],
    );
  const wait = waits.find(({ kind }) => kind !== 'person') ?? waits[0];
  const since = approvals.at(-1)?.at;
  return wait && since !== undefined ? { ...wait, since } : undefined;
}

type Waited = GrantWait extends infer Each ? (Each extends GrantWait ? Omit<Each, 'since'> : never) : never;

function waitFor(fault: FaultCode, provider: string): Waited {
  switch (fault) {
    case 'log-behind':
      return { kind: 'log' };
    case 'provider-throttled':
      return { kind: 'rate', provider };
    case 'provider-unavailable':
      return { kind: 'vendor', provider };
    case 'awaiting-person':
      return { kind: 'person', provider };
    default:
      return { kind: 'other', fault };
  }
}
