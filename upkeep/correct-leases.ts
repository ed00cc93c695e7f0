import { messageOf } from '../core/faults.ts';
import type { LeaseId, RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';

type WrongLease = Awaited<ReturnType<Deps['ledger']['correctLeases']>>[number];

/** A lease whose row was not what its events say, and how. */
export type Correction = Readonly<{ lease: LeaseId | RequestId; why: string }>;

/**
 * Compares the table of leases with the events, which decide (I20). A row that differs is set right, so that the access ends
 * all the same. An end that was moved is reported only: the sweeper's role cannot change it, and providers get the end of the events.
 */
export async function correctLeases({ ledger }: Pick<Deps, 'ledger'>): Promise<readonly Correction[]> {
  const corrected: Correction[] = [];
  for (const request of await ledger.requestsWithWrongLeases())
    try {
      for (const wrong of await ledger.correctLeases(request))
        corrected.push({ lease: wrong.lease, why: sentence(wrong) });
    } catch (error) {
      corrected.push({ lease: request, why: `its row cannot be corrected: ${messageOf(error)}` });
    }
  return corrected;
}

function sentence({ expected, found }: WrongLease): string {
  const says = `the events say ${expected.state} until ${timeOf(expected.endsAt)}`;
  if (!found) return `${says}, and it has no row`;
  return `${says}, and its row said ${found.state} until ${timeOf(found.endsAt)}, with the sweeper’s next look at ${timeOf(found.nextTryAt)}`;
}

const timeOf = (at: number | null): string =>
  at !== null && Number.isFinite(at) ? new Date(at).toISOString() : 'no time';
