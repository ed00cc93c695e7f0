import type { RequestId } from '../core/ids.ts';
import { dueCommand } from '../core/request/due.ts';
import { type Progress, progressOf } from '../core/request/progress.ts';
import type { FaultCode } from '../core/faults.ts';
import type { RequestState } from '../core/request/state.ts';
import type { Via } from '../ledger/index.ts';
import type { Deps } from './deps.ts';

/**
 * Records what is due for a request by the ledger's clock, and returns where the request stands. It takes no order from
 * its caller: whoever calls it, the ledger's state and clock decide.
 */
export async function advance(
  { ledger }: Pick<Deps, 'ledger'>,
  { request, via }: Readonly<{ request: RequestId; via: Via }>,
): Promise<Progress> {
  const { state, at } = await ledger.readState(request);
  const fault = await lastFault({ ledger }, state);
  const due = dueCommand(state, at, fault);
  if (!due) return progressOf(state, at, fault);
  const recorded = await ledger.record({
    request,
    name: due.kind,
    via,
    // The ledger decides again. What is due may have changed.
    command: (now, time) => dueCommand(now, time, fault) ?? { ...due, at: time },
  });
  return progressOf(recorded.state, recorded.at);
}

/** Why the last attempt to grant a lease of the request failed. Waiting for the person counts only when nothing else failed. */
async function lastFault(
  { ledger }: Pick<Deps, 'ledger'>,
  state: RequestState,
): Promise<FaultCode | 'unknown'> {
  if (state.kind !== 'granting') return 'unknown';
  const leases = await ledger.leasesOf(state.details.id);
  const faults = leases.flatMap(({ state: each, fault }) => (each === 'granted' ? [] : [fault]));
  if (faults.length > 0 && faults.every((fault) => fault === 'awaiting-person')) return 'awaiting-person';
  return faults.find((fault) => fault !== undefined && fault !== 'awaiting-person') ?? 'unknown';
}
