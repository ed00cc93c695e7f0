import type { FaultCode } from '../faults.ts';
import type { Instant, LeaseId } from '../ids.ts';
import { extensionDueAt, grantFailsAt, mayWait } from './due.ts';
import type { Extension, RequestState } from './state.ts';

/** A lease, and the provider whose process grants and revokes it. */
export type LeaseOfProvider = Readonly<{ lease: LeaseId; provider: string }>;

/** `at` is the ledger's time, and `endsAt` is the end of the access. */
type Live = Readonly<{ at: Instant; endsAt: Instant; leases: readonly LeaseOfProvider[] }>;

/** `dueAt`: when the extension lapses, or fails. `endsAt`: the later end, which Curfew must give to the leases. */
export type ExtensionProgress = Readonly<
  { dueAt: Instant } & ({ kind: 'pending' } | { kind: 'started'; endsAt: Instant })
>;

/**
 * Where a request stands, as its workflow needs to know it, and when it goes on by itself. `blank`: there is no request,
 * or the policy refused it. `awaitsPerson`: the grant waits until the person did something at the provider. `waits`: it waits for the rate of a vendor, or
 * for the log.
 */
export type Progress = Readonly<
  | { kind: 'blank' }
  | { kind: 'pending'; at: Instant; lapsesAt: Instant }
  | ({ kind: 'granting'; failsAt: Instant; awaitsPerson?: true; waits?: true } & Live)
  | ({ kind: 'active'; extension?: ExtensionProgress } & Live)
  | ({ kind: 'revoking' } & Live)
  | { kind: 'closed'; ending: string }
>;

/** Where a request stands at this time of the ledger. `fault` is why the last attempt to grant it failed. */
export function progressOf(state: RequestState, at: Instant, fault?: FaultCode | 'unknown'): Progress {
  switch (state.kind) {
    case 'blank':
      return { kind: 'blank' };
    case 'pending':
      return { kind: 'pending', at, lapsesAt: state.requirements.lapsesAt };
    case 'closed':
      return { kind: 'closed', ending: state.ending.kind };
    case 'granting':
    case 'active':
    case 'revoking': {
      const { endsAt, details } = state;
      const leases = state.leases.map((lease, index) => ({ lease, provider: details.targets[index] ?? '' }));
      const live = { at, endsAt, leases };
      if (state.kind === 'active')
        return {
          kind: 'active',
          ...live,
          ...(state.extension && { extension: extensionProgress(state.extension) }),
        };
      if (state.kind === 'revoking') return { kind: 'revoking', ...live };
      const awaits =
        fault === 'awaiting-person'
          ? { awaitsPerson: true as const }
          : mayWait(fault)
            ? { waits: true as const }
            : {};
      return { kind: 'granting', failsAt: grantFailsAt(state, fault), ...awaits, ...live };
    }
  }
}

function extensionProgress(extension: Extension): ExtensionProgress {
  const dueAt = extensionDueAt(extension);
  return extension.kind === 'pending'
    ? { kind: 'pending', dueAt }
    : { kind: 'started', dueAt, endsAt: extension.details.endsAt };
}

/** True when the workflow of a request must learn that one state became the other: it acts differently, or at another time. */
export function isNewsForWorkflow(before: RequestState, after: RequestState): boolean {
  if (before.kind === 'blank') return false; // It knows that its request was opened.
  if (before.kind !== after.kind || extensionKind(before) !== extensionKind(after)) return true;
  return lapseOf(before) !== lapseOf(after);
}

const extensionKind = (state: RequestState): Extension['kind'] | undefined =>
  state.kind === 'active' ? state.extension?.kind : undefined;

/** A question postpones it. */
const lapseOf = (state: RequestState): Instant | undefined =>
  state.kind === 'pending' ? state.requirements.lapsesAt : undefined;
