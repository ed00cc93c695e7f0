import type { FaultCode } from '../faults.ts';
import { addMinutes, type Instant } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import type { CommandOf } from './commands.ts';
import type { Extension, GrantFacts, RequestFacts, RequestState } from './state.ts';

/** What the system itself must record at a time, because no person does. */
export type DueCommand = CommandOf<'lapse' | 'expire' | 'fail-grant' | 'lapse-extension' | 'fail-extension'>;

/**
 * What is due for a request at this time, or undefined: nobody approved it in time, its access is over, or its grant
 * took too long. The same for its extension. `fault` is why the last attempt to grant or to extend it failed.
 */
export function dueCommand(
  state: RequestState,
  at: Instant,
  fault: FaultCode | 'unknown' = 'unknown',
): DueCommand | undefined {
  switch (state.kind) {
    case 'pending':
      return at >= state.requirements.lapsesAt ? { kind: 'lapse', at } : undefined;
    case 'granting':
      return at >= grantFailsAt(state, fault) ? { kind: 'fail-grant', fault, at } : undefined;
    case 'active':
      if (at >= state.endsAt) return { kind: 'expire', at };
      return state.extension && dueOfExtension(state.extension, at, fault);
    case 'blank':
    case 'revoking':
    case 'closed':
      return undefined;
  }
}

function dueOfExtension(
  extension: Extension,
  at: Instant,
  fault: FaultCode | 'unknown',
): DueCommand | undefined {
  if (at < extensionDueAt(extension)) return undefined;
  return extension.kind === 'pending'
    ? { kind: 'lapse-extension', at }
    : { kind: 'fail-extension', fault, at };
}

/** When an extension lapses that nobody decided, or fails that is not carried out. At the end of the access the request expires. */
export const extensionDueAt = (extension: Extension): Instant =>
  extension.kind === 'pending'
    ? extension.requirements.lapsesAt
    : addMinutes(extension.since, LIMITS.grantingMinutes);

/**
 * Nothing is wrong with a grant that waits for the person, for its turn within the rate of a vendor, or for the log. So it may wait until its
 * access would end.
 */
export const mayWait = (fault: FaultCode | 'unknown' | undefined): boolean =>
  fault === 'awaiting-person' || fault === 'provider-throttled' || fault === 'log-behind';

/** When a grant that still has no receipt fails: at the end of the access at the latest. */
export const grantFailsAt = (
  { approvals, endsAt }: RequestFacts & GrantFacts,
  fault: FaultCode | 'unknown' = 'unknown',
): Instant =>
  mayWait(fault)
    ? endsAt
    : (Math.min(
        endsAt,
        addMinutes(approvals.at(-1)?.at ?? (0 as Instant), LIMITS.grantingMinutes),
      ) as Instant);
