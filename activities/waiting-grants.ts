import { Fault, type FaultCode } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';

/** Faults for which every grant at the same server of a provider waits, and not one grant alone. */
const SHARED: readonly FaultCode[] = [
  'log-behind',
  'quarantine',
  'manifest-unavailable',
  'provider-unavailable',
  'ledger-unavailable',
];

/** All that wait together come back at most 50 times a second. */
const APART_MS = 20;
const LEAST_MS = 500;
/** One of those that come back is tried at least so often. */
const MOST_MS = 5_000;
/** A grant that did not come back for so long waits no more. */
const FORGOTTEN_MS = 600_000;

/** Grants that wait for the same thing. `leases`: when each came last. */
type Waiting = { readonly fault: FaultCode; readonly leases: Map<LeaseId, number>; triedAt: number };

export type GrantAttempt = Readonly<{ lease: LeaseId; provider: string }>;

/** The grants of one process that wait for the same thing: one is tried for all of them. The others fail at once, without a question to the ledger. */
export function openWaitingGrants(now: () => number = () => performance.now()) {
  const all = new Map<string, Waiting>();

  function leave(lease: LeaseId): void {
    for (const { leases } of all.values()) leases.delete(lease);
  }

  function wait({ lease, provider }: GrantAttempt, { code: fault, server }: Fault): void {
    leave(lease);
    const key = [fault, provider, server].join(' ');
    const waiting = all.get(key) ?? { fault, leases: new Map<LeaseId, number>(), triedAt: 0 };
    const at = now();
    for (const [each, cameAt] of waiting.leases) if (cameAt < at - FORGOTTEN_MS) waiting.leases.delete(each);
    waiting.leases.set(lease, at);
    all.set(key, Object.assign(waiting, { triedAt: at }));
  }

  /** Throws when another grant that waits for the same thing was tried a moment ago. */
  function assertIsNext(lease: LeaseId, { fault, leases, triedAt }: Waiting): void {
    leases.set(lease, now());
    const retryMs = Math.max(LEAST_MS, leases.size * APART_MS);
    if (now() - triedAt < Math.min(retryMs, MOST_MS))
      throw new Fault(fault, 'another grant that waits for the same was tried a moment ago', {
        retryAfterMs: retryMs,
      });
  }

  return {
    /** Runs an attempt to grant. It ends the wait of all others when it fails in another way than before, or not at all. */
    async attempt<T>(attempted: GrantAttempt, work: () => Promise<T>): Promise<T> {
      const [key, waiting] = [...all].find(([, { leases }]) => leases.has(attempted.lease)) ?? [];
      if (waiting) {
        assertIsNext(attempted.lease, waiting);
        waiting.triedAt = now();
      }
      try {
        const granted = await work();
        if (key !== undefined) all.delete(key);
        return granted;
      } catch (error) {
        const fault = error instanceof Fault ? error : undefined;
        // An attempt that was superseded may have ended before it could see whether the wait is over.
        if (key !== undefined && fault?.code !== waiting?.fault && fault?.code !== 'superseded')
          all.delete(key);
        if (fault && SHARED.includes(fault.code)) wait(attempted, fault);
        else leave(attempted.lease);
        throw error;
      }
    },
  };
}
