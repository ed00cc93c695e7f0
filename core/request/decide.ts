import { addMinutes, type Instant, type LeaseId, leaseIdOf, requestIdOfLease } from '../ids.ts';
import { no, ok, unreachable } from '../result.ts';
import type { Command, CommandOf } from './commands.ts';
import type { Decision } from './decision.ts';
import type { Ending } from './events.ts';
import type { Refusal } from './refusals.ts';
import { approverRefusal } from './approver-refusal.ts';
import {
  answeredExtension,
  approveExtension,
  closeExtension,
  confirmExtended,
  confirmLeaseExtended,
  denyExtension,
  extend,
  withdrawExtension,
} from './extension.ts';
import { answer, ask } from './questions.ts';
import { currentStage, isLastApproval, isNamedApprover } from './stages.ts';
import type { RequestState } from './state.ts';
import { stateRefusal } from './state-refusal.ts';

/**
 * Says what a command does to a request: the events it causes, or the refusal. It has no clock, no I/O and no
 * randomness, so every replay gives the same answer.
 */
export function decide(state: RequestState, command: Command): Decision {
  const { at } = command;
  switch (command.kind) {
    case 'open':
      return open(state, command);
    case 'approve':
      return approve(state, command);
    case 'deny': {
      const active = answeredExtension(state, command.digest);
      if (active) return denyExtension(active, command);
      const refusal = answerRefusal(state, command);
      if (refusal) return no(refusal);
      if (!command.hasReason) return no({ code: 'denial-reason-missing' });
      return close({ kind: 'denied', by: command.by }, at);
    }
    case 'withdraw': {
      const active = answeredExtension(state, command.digest);
      if (active) return withdrawExtension(active, command);
      if (state.kind !== 'pending') return wrongState(state);
      if (command.by !== state.details.requester) return no({ code: 'not-requester' });
      return close({ kind: 'withdrawn', by: command.by }, at);
    }
    case 'end':
      return end(state, command);
    case 'lapse':
      if (state.kind !== 'pending') return wrongState(state);
      return at < state.requirements.lapsesAt ? no({ code: 'not-yet' }) : close({ kind: 'lapsed' }, at);
    case 'void':
      return endOpen(state, { kind: 'voided', why: command.why }, at);
    case 'mass-end':
      return endOpen(state, command.ending, at);
    case 'object':
      // A line of a review is access that was granted, so there is nothing to close.
      return state.kind === 'granting' || state.kind === 'active'
        ? startRevocation(command.ending, at)
        : wrongState(state);
    case 'intend':
      return intend(state, command);
    case 'confirm-granted':
      return confirmGranted(state, command);
    case 'fail-grant':
      // A call that failed may still have changed the provider, so the access is revoked.
      if (state.kind !== 'granting') return wrongState(state);
      return startRevocation(grantFailed(command), at);
    case 'expire':
      // Access that was never granted completely cannot expire: its grant fails.
      if (state.kind !== 'active') return wrongState(state);
      return at < state.endsAt ? no({ code: 'not-yet' }) : startRevocation({ kind: 'expired' }, at);
    case 'deliver':
      return deliver(state, command);
    case 'ask':
      return ask(state, command);
    case 'answer':
      return answer(state, command);
    case 'extend':
      return extend(state, command);
    case 'confirm-lease-extended':
      return confirmLeaseExtended(state, command);
    case 'confirm-extended':
      return confirmExtended(state, command);
    case 'lapse-extension':
    case 'fail-extension':
      return closeExtension(state, command);
    case 'adopt-end':
      return adoptEnd(state, command);
    case 'report-undone':
      return reportUndone(state, command);
    case 'confirm-repaired':
      return confirmRepaired(state, command);
    case 'record-drift':
      return (
        foreignLease(state, command.lease) ??
        ok([{ kind: 'drifted', lease: command.lease, ...command.drift, at }])
      );
    case 'confirm-revoked':
      return confirmRevoked(state, command);
    case 'confirm-tidied':
      return confirmTidied(state, command);
    default:
      return unreachable(command);
  }
}

function open(state: RequestState, { details, requirements, at }: CommandOf<'open'>): Decision {
  if (state.kind !== 'blank') return wrongState(state);
  return ok([
    { kind: 'requested', details, at },
    { kind: 'judged', requirements, at },
  ]);
}

function approve(state: RequestState, command: CommandOf<'approve'>): Decision {
  const active = answeredExtension(state, command.digest);
  if (active) return approveExtension(active, command);
  const refusal = answerRefusal(state, command);
  if (refusal) return no(refusal);
  if (state.kind !== 'pending') return wrongState(state);
  const { details } = state;
  const { by, digest, at } = command;
  if (digest !== details.digest) return no({ code: 'changed' });

  const approved = { kind: 'approved', by, stage: currentStage(state), digest, at } as const;
  if (!isLastApproval(state)) return ok([approved]);
  const leases = details.targets.map((_, target) => leaseIdOf(details.id, target));
  const endsAt = addMinutes(at, details.minutes);
  return ok([approved, { kind: 'grant-started', endsAt, leases, at }]);
}

/** Why this person may not approve or deny now, or undefined when they may. */
function answerRefusal(state: RequestState, command: CommandOf<'approve' | 'deny'>): Refusal | undefined {
  const { kind, by } = command;
  if (state.kind === 'blank') return { code: 'unknown-request' };
  if (by === state.details.requester) return { code: 'own-request' };
  if (state.kind === 'revoking' || state.kind === 'closed') return stateRefusal(state);
  if (kind === 'approve' && state.approvals.some((approval) => approval.by === by))
    return { code: 'already-approved' };
  return state.kind === 'pending' ? approverRefusal(state, command) : stateRefusal(state);
}

/** The requester may always end the access. A named approver may, unless the policy removed them since. */
function end(state: RequestState, { by, eligibility, at }: CommandOf<'end'>): Decision {
  if (state.kind !== 'active' && state.kind !== 'granting' && state.kind !== 'pending')
    return wrongState(state);
  const isApprover = isNamedApprover(state, by) && eligibility.kind !== 'not-eligible';
  if (by !== state.details.requester && !isApprover) return no({ code: 'not-requester' });
  return state.kind === 'pending' ? wrongState(state) : startRevocation({ kind: 'ended', by }, at);
}

function intend(state: RequestState, command: CommandOf<'intend'>): Decision {
  const { lease, prior, level, subject, key, at } = command;
  if (state.kind !== 'granting' || at >= state.endsAt) return wrongState(state);
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  return ok([{ kind: 'intended', lease, prior, level, subject, ...(key === undefined ? {} : { key }), at }]);
}

/** A confirmation that comes at the end or later is refused, so that whoever granted revokes the access. */
function confirmGranted(state: RequestState, command: CommandOf<'confirm-granted'>): Decision {
  const { lease, seen, at } = command;
  if (state.kind !== 'granting' || at >= state.endsAt) return wrongState(state);
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  if (state.granted.includes(lease)) return ok([]);
  const granted = { kind: 'granted', lease, seen, at } as const;
  const all = state.leases.every((each) => each === lease || state.granted.includes(each));
  return ok(all ? [granted, { kind: 'activated', at }] : [granted]);
}

function deliver(state: RequestState, { by, lease, at, wasUnseen }: CommandOf<'deliver'>): Decision {
  if (state.kind !== 'active') return wrongState(state);
  // The end may not be recorded yet.
  if (at >= state.endsAt) return no({ code: 'wrong-state', state: 'revoking', ending: { kind: 'expired' } });
  if (by !== state.details.requester) return no({ code: 'not-requester' });
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  if (state.delivered.includes(lease) && !wasUnseen) return no({ code: 'already-delivered' });
  return ok([{ kind: 'delivered', by, lease, at }]);
}

/** The end was approved in what the restored ledger lost. It never moves an end to an earlier time. */
function adoptEnd(state: RequestState, { by, endsAt, at }: CommandOf<'adopt-end'>): Decision {
  if (state.kind !== 'active' && state.kind !== 'granting') return wrongState(state);
  return endsAt <= state.endsAt ? ok([]) : ok([{ kind: 'end-adopted', by, endsAt, at }]);
}

/** It is reported when the ledger is back, whatever happened to the request until then. */
function reportUndone(state: RequestState, command: CommandOf<'report-undone'>): Decision {
  const { lease, undoneAt, at } = command;
  return foreignLease(state, lease) ?? ok([{ kind: 'undone', lease, undoneAt, at }]);
}

/** A repair is possible in every state: a change that came too late may come at any time. */
function confirmRepaired(state: RequestState, command: CommandOf<'confirm-repaired'>): Decision {
  const { lease, generation, seen, at } = command;
  return foreignLease(state, lease) ?? ok([{ kind: 'repaired', lease, generation, seen, at }]);
}

/** The refusal of a lease that is not one of this request, also after the request is closed. */
function foreignLease(state: RequestState, lease: LeaseId): Decision | undefined {
  if (state.kind === 'blank') return wrongState(state);
  return requestIdOfLease(lease) === state.details.id ? undefined : no({ code: 'unknown-lease' });
}

/** A request that may hold access is closed only by the receipts of all its leases. */
function confirmRevoked(state: RequestState, command: CommandOf<'confirm-revoked'>): Decision {
  if (state.kind !== 'revoking') return wrongState(state);
  const { kind: _kind, ...receipt } = command;
  const { lease, at } = receipt;
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  if (state.revoked.includes(lease)) return ok([]);
  const revoked = { kind: 'revoked', ...receipt } as const;
  const all = state.leases.every((each) => each === lease || state.revoked.includes(each));
  return ok(all ? [revoked, { kind: 'closed', ending: state.ending, at }] : [revoked]);
}

/** The request may already be closed: closing needs only that the access is gone, not that everything is cleaned up. */
function confirmTidied(
  state: RequestState,
  { kind: _kind, ...receipt }: CommandOf<'confirm-tidied'>,
): Decision {
  return foreignLease(state, receipt.lease) ?? ok([{ kind: 'tidied', ...receipt }]);
}

const grantFailed = ({ fault, why }: CommandOf<'fail-grant'>): Ending => ({
  kind: 'grant-failed',
  fault,
  ...(why === undefined ? {} : { why }),
});

/** Closes a pending request, and starts the revocation of one that may have access. */
function endOpen(state: RequestState, ending: Ending, at: Instant): Decision {
  if (state.kind === 'pending') return close(ending, at);
  if (state.kind !== 'granting' && state.kind !== 'active') return wrongState(state);
  return startRevocation(ending, at);
}

const startRevocation = (ending: Ending, at: Instant): Decision =>
  ok([{ kind: 'revoke-started', ending, at }]);
const close = (ending: Ending, at: Instant): Decision => ok([{ kind: 'closed', ending, at }]);
const wrongState = (state: RequestState): Decision => no(stateRefusal(state));
