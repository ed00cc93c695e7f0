import type { Instant, Minutes, PersonId } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { no, ok, type Result } from '../result.ts';
import { approverRefusal } from './approver-refusal.ts';
import type { CommandOf } from './commands.ts';
import type { Decision } from './decision.ts';
import type { Event, ExtensionEnding } from './events.ts';
import type { Refusal } from './refusals.ts';
import { currentStage, isLastApproval } from './stages.ts';
import type { ActiveRequest, Extension, RequestState } from './state.ts';
import { stateRefusal } from './state-refusal.ts';

// An extension is a request for a later end of an active request. It has its own approvals. Until `extended` is recorded, the
// old end counts: whatever fails on the way, the access ends then.

type PendingExtension = Extract<Extension, { kind: 'pending' }>;
export type StartedExtension = Extract<Extension, { kind: 'started' }>;

/** The extension that waits for approval, if there is one. */
export const pendingExtension = (state: RequestState): PendingExtension | undefined =>
  state.kind === 'active' && state.extension?.kind === 'pending' ? state.extension : undefined;

/** The extension that is approved and not carried out yet, if there is one. */
export const startedExtension = (state: RequestState): StartedExtension | undefined =>
  state.kind === 'active' && state.extension?.kind === 'started' ? state.extension : undefined;

/** True when every lease has the later end at its provider. */
export const hasEveryLease = ({ leases }: ActiveRequest, { extended }: StartedExtension): boolean =>
  leases.every((lease) => extended.includes(lease));

/** The digest that an answer names now: that of the extension which waits for approval, or that of the request. */
export const digestToAnswer = (state: Exclude<RequestState, { kind: 'blank' }>): string =>
  (pendingExtension(state)?.details ?? state.details).digest;

/** The whole length of the access, from its first grant to the end that it has now. */
export const lengthGiven = ({ approvals, endsAt }: Pick<ActiveRequest, 'approvals' | 'endsAt'>): Minutes =>
  Math.round((endsAt - (approvals.at(-1)?.at ?? 0)) / 60_000) as Minutes;

type Extending = ActiveRequest & Readonly<{ extension: Extension }>;

const isExtending = (state: RequestState): state is Extending =>
  state.kind === 'active' && state.extension !== undefined;

/** The state, when an answer with this digest is about its extension: one with the digest of the request is not. */
export const answeredExtension = (state: RequestState, digest: string): Extending | undefined =>
  isExtending(state) && digest !== state.details.digest ? state : undefined;

/** The active request for which this person may request a later end now, or why they may not. */
export function extendable(
  state: RequestState,
  { by, at }: Readonly<{ by: PersonId; at: Instant }>,
): Result<ActiveRequest, Refusal> {
  if (state.kind !== 'active') return no(stateRefusal(state));
  // The end may not be recorded yet.
  if (at >= state.endsAt) return no({ code: 'wrong-state', state: 'revoking', ending: { kind: 'expired' } });
  if (by !== state.details.requester) return no({ code: 'not-requester' });
  if (state.extension) return no({ code: 'extension-open' });
  return (state.extensionsRequested ?? 0) < LIMITS.extensionsPerRequest
    ? ok(state)
    : no({ code: 'too-many-extensions' });
}

/** The policy judged the extension from the end that the access had then. With another end it is another extension. */
export function extend(state: RequestState, command: CommandOf<'extend'>): Decision {
  const active = extendable(state, command);
  if (!active.ok) return active;
  const { by, from, extension, requirements, at } = command;
  if (from !== active.value.endsAt || extension.endsAt <= from) return no({ code: 'changed' });
  return ok([{ kind: 'extension-requested', by, extension, requirements, at }]);
}

export function approveExtension({ details, extension }: Extending, command: CommandOf<'approve'>): Decision {
  const refusal = answerRefusal({ details, extension }, command);
  if (refusal) return no(refusal);
  const { by, digest, at } = command;
  const approved = { kind: 'extension-approved', by, stage: currentStage(extension), digest, at } as const;
  if (!isLastApproval(extension)) return ok([approved]);
  return ok([approved, { kind: 'extension-started', endsAt: extension.details.endsAt, at }]);
}

export function denyExtension(state: Extending, command: CommandOf<'deny'>): Decision {
  const refusal = answerRefusal(state, command);
  if (refusal) return no(refusal);
  if (!command.hasReason) return no({ code: 'denial-reason-missing' });
  return close({ kind: 'denied', by: command.by }, command.at);
}

export function withdrawExtension(
  { details, extension }: Extending,
  { by, digest, at }: CommandOf<'withdraw'>,
): Decision {
  if (by !== details.requester) return no({ code: 'not-requester' });
  if (digest !== extension.details.digest) return no({ code: 'changed' });
  return extension.kind === 'pending' ? close({ kind: 'withdrawn', by }, at) : no(startedRefusal(extension));
}

function answerRefusal(
  { details, extension }: Pick<Extending, 'details' | 'extension'>,
  command: CommandOf<'approve' | 'deny'>,
): Refusal | undefined {
  if (command.by === details.requester) return { code: 'own-request' };
  if (command.digest !== extension.details.digest) return { code: 'changed' };
  return extension.kind === 'pending' ? approverRefusal(extension, command) : startedRefusal(extension);
}

/** The extension is approved. Only an end of the access stops it. */
function startedRefusal({ approvals }: Extension): Refusal {
  const last = approvals.at(-1);
  return { code: 'wrong-state', state: 'active', ...(last && { by: last.by, since: last.at }) };
}

/** A report that comes at the old end or later is refused: the access ends then. */
export function confirmLeaseExtended(
  state: RequestState,
  { lease, generation, seen, at }: CommandOf<'confirm-lease-extended'>,
): Decision {
  if (!isExtending(state) || state.extension.kind !== 'started' || at >= state.endsAt)
    return no(stateRefusal(state));
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  const { details, extended } = state.extension;
  if (extended.includes(lease)) return ok([]);
  return ok([{ kind: 'lease-extended', lease, endsAt: details.endsAt, generation, seen, at }]);
}

/** The later end counts once every lease has it. */
export function confirmExtended(state: RequestState, { at }: CommandOf<'confirm-extended'>): Decision {
  const extension = startedExtension(state);
  if (state.kind !== 'active' || !extension || !hasEveryLease(state, extension) || at >= state.endsAt)
    return no(stateRefusal(state));
  return ok([{ kind: 'extended', endsAt: extension.details.endsAt, at }]);
}

/** The end stays. What the providers may show of the later one is set back. */
export function closeExtension(
  state: RequestState,
  command: CommandOf<'lapse-extension' | 'fail-extension'>,
): Decision {
  if (!isExtending(state)) return no(stateRefusal(state));
  const { extension } = state;
  const { at } = command;
  if (command.kind === 'fail-extension') {
    const { fault, why } = command;
    return extension.kind === 'started'
      ? close({ kind: 'failed', fault, ...(why === undefined ? {} : { why }) }, at)
      : no({ code: 'not-yet' });
  }
  if (extension.kind === 'started') return no(startedRefusal(extension));
  return at < extension.requirements.lapsesAt ? no({ code: 'not-yet' }) : close({ kind: 'lapsed' }, at);
}

const close = (ending: ExtensionEnding, at: Instant): Decision =>
  ok([{ kind: 'extension-closed', ending, at }]);

type ExtensionEvent = Extract<
  Event,
  {
    kind:
      | 'extension-requested'
      | 'extension-approved'
      | 'extension-started'
      | 'lease-extended'
      | 'extended'
      | 'extension-closed';
  }
>;

/** Applies an event of an extension to an active request. One that comes in the wrong state changes nothing (T24). */
export function evolveExtension(state: ActiveRequest, event: ExtensionEvent): ActiveRequest {
  const { extension, ...rest } = state;
  if (event.kind === 'extension-requested') {
    const { extension: details, requirements } = event;
    return extension
      ? state
      : {
          ...rest,
          extensionsRequested: (rest.extensionsRequested ?? 0) + 1,
          extension: { kind: 'pending', details, requirements, approvals: [] },
        };
  }
  if (!extension) return state;
  if (event.kind === 'extension-closed') return rest;
  if (extension.kind === 'pending') return { ...rest, extension: evolvePending(extension, event) };
  switch (event.kind) {
    case 'lease-extended':
      return { ...rest, extension: { ...extension, extended: [...extension.extended, event.lease] } };
    case 'extended':
      // The end that was approved, whatever the event says. One that was adopted may be later.
      return { ...rest, endsAt: Math.max(rest.endsAt, extension.details.endsAt) as Instant };
    case 'extension-approved':
    case 'extension-started':
      return state;
  }
}

function evolvePending(extension: PendingExtension, event: ExtensionEvent): Extension {
  switch (event.kind) {
    case 'extension-approved': {
      const { by, stage, at } = event;
      return { ...extension, approvals: [...extension.approvals, { by, stage, at }] };
    }
    case 'extension-started':
      return { ...extension, kind: 'started', since: event.at, extended: [] };
    default:
      return extension;
  }
}
