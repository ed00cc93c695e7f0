import type { RequestId } from '../core/ids.ts';
import { type DueCommand, dueCommand, mayWait } from '../core/request/due.ts';
import { startedExtension } from '../core/request/extension.ts';
import { type Progress, progressOf } from '../core/request/progress.ts';
import type { FaultCode } from '../core/faults.ts';
import type { RequestState } from '../core/request/state.ts';
import type { Lease, Via } from '../ledger/index.ts';
import type { Deps } from './deps.ts';
import { laterEndOf } from './later-end.ts';

/**
 * Records what is due for a request by the ledger's clock, and returns where the request stands. It takes no order from
 * its caller: whoever calls it, the ledger's state and clock decide.
 */
export async function advance(
  { ledger, manifest }: Pick<Deps, 'ledger' | 'manifest'>,
  { request, via }: Readonly<{ request: RequestId; via: Via }>,
): Promise<Progress> {
  const { state, at } = await ledger.readState(request);
  const fault = await lastFault({ ledger }, state);
  const due = dueCommand(state, at, fault);
  if (!due) return progressOf(state, at, fault);
  if ('leases' in state && at >= state.endsAt) {
    // A restored ledger may have forgotten an extension. The later end of the manifest counts until somebody ends the quarantine.
    const laterEnd = await laterEndOf({ ledger, ...(manifest && { manifest }) }, { request, via });
    if (laterEnd !== undefined && at < laterEnd) return progressOf({ ...state, endsAt: laterEnd }, at, fault);
  }
  const recorded = await ledger.record({
    request,
    name: stepName(due, state),
    via,
    // The ledger decides again. What is due may have changed.
    command: (now, time) => dueCommand(now, time, fault) ?? { ...due, at: time },
  });
  return progressOf(recorded.state, recorded.at);
}

/** A request can have several extensions, and each lapses or fails once. */
const stepName = ({ kind }: DueCommand, state: RequestState): string =>
  kind === 'lapse-extension' || kind === 'fail-extension'
    ? `${kind}/${state.kind === 'active' ? state.extension?.details.digest : ''}`
    : kind;

/** Why the last attempt to grant or to extend a lease of the request failed. */
async function lastFault(
  { ledger }: Pick<Deps, 'ledger'>,
  state: RequestState,
): Promise<FaultCode | 'unknown'> {
  if (state.kind === 'granting') return faultOfGrant(await ledger.leasesOf(state.details.id));
  if (state.kind !== 'active' || !startedExtension(state)) return 'unknown';
  const leases = await ledger.leasesOf(state.details.id);
  return leases.find(({ fault }) => fault !== undefined)?.fault ?? 'unknown';
}

/** That a grant may wait counts only when nothing else failed. */
function faultOfGrant(leases: readonly Lease[]): FaultCode | 'unknown' {
  const faults = leases.flatMap(({ state, fault }) => (state === 'granted' ? [] : [fault]));
  const failed = faults.find((fault) => fault !== undefined && !mayWait(fault));
  // A lease that was not tried yet keeps the usual limit.
  return failed ?? (faults.every(mayWait) ? faults[0] : undefined) ?? 'unknown';
}
