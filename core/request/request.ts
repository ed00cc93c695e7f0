import { type Instant, leaseOf, type PersonId, plus } from '../ids.ts';
import type { Command, Demand, Ending, Event, Held, Known, Refusal, RequestState } from './life.ts';
import { no, ok, type Result, unreachable } from '../result.ts';

export type * from './life.ts';

type Decision = Result<readonly Event[], Refusal>;

export const BLANK: RequestState = { kind: 'blank' };

/** Says what a command would do. No clock, no I/O, no chance: the same answer on every replay. */
export function decide(state: RequestState, command: Command): Decision {
  const { at } = command;
  switch (command.kind) {
    case 'open':
      if (state.kind !== 'blank') return wrongState(state);
      return ok([
        { kind: 'asked', ask: command.ask, at },
        { kind: 'judged', demand: command.demand, at },
      ]);
    case 'approve':
      return approve(state, command);
    case 'deny': {
      const refusal = mayAnswer(state, command);
      if (refusal) return no(refusal);
      return close({ kind: 'denied', by: command.by }, at);
    }
    case 'withdraw':
      if (state.kind !== 'pending') return wrongState(state);
      if (command.by !== state.ask.requester) return no({ code: 'not-requester' });
      return close({ kind: 'withdrawn', by: command.by }, at);
    case 'end':
      if (state.kind !== 'active' && state.kind !== 'granting') return wrongState(state);
      if (
        command.by !== state.ask.requester &&
        !(command.eligibleNow !== false && isDemanded(state, command.by))
      )
        return no({ code: 'not-requester' });
      return takeBack({ kind: 'ended', by: command.by }, at);
    case 'lapse':
      if (state.kind !== 'pending') return wrongState(state);
      return at < state.demand.lapsesAt ? no({ code: 'not-yet' }) : close({ kind: 'lapsed' }, at);
    case 'void':
      if (state.kind === 'pending') return close({ kind: 'voided', why: command.why }, at);
      if (state.kind !== 'granting' && state.kind !== 'active') return wrongState(state);
      return takeBack({ kind: 'voided', why: command.why }, at);
    case 'intend': {
      if (state.kind !== 'granting' || at >= state.end) return wrongState(state);
      const { lease, prior, level, subject } = command;
      if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
      return ok([{ kind: 'intended', lease, prior, level, subject, at }]);
    }
    case 'confirm-granted':
      return confirmGranted(state, command);
    case 'fail-grant':
      // A call that failed may still have worked, so we take back what we may have given.
      if (state.kind !== 'granting') return wrongState(state);
      return takeBack(grantFailed(command), at);
    case 'expire':
      if (state.kind !== 'active' && state.kind !== 'granting') return wrongState(state);
      return at < state.end ? no({ code: 'not-yet' }) : takeBack({ kind: 'expired' }, at);
    case 'deliver':
      if (state.kind !== 'active') return wrongState(state);
      if (command.by !== state.ask.requester) return no({ code: 'not-requester' });
      if (!state.leases.includes(command.lease)) return no({ code: 'unknown-lease' });
      if (state.delivered.includes(command.lease)) return no({ code: 'already-delivered' });
      return ok([{ kind: 'delivered', by: command.by, lease: command.lease, at }]);
    case 'confirm-removed':
      return confirmRemoved(state, command);
    default:
      return unreachable(command);
  }
}

/** Folds one recorded event into the state. Total: history is never refused. */
export function evolve(state: RequestState, event: Event): RequestState {
  switch (event.kind) {
    case 'judged':
      return state.kind === 'pending' ? { ...state, demand: event.demand } : state;
    case 'asked':
      return { kind: 'pending', ask: event.ask, demand: NO_DEMAND, approvals: [] };
    case 'approved': {
      if (state.kind !== 'pending') return state;
      const { by, stage, at } = event;
      return { ...state, approvals: [...state.approvals, { by, stage, at }] };
    }
    case 'grant-started':
      if (state.kind !== 'pending') return state;
      return { ...state, kind: 'granting', end: event.end, leases: event.leases, granted: [] };
    case 'granted':
      return state.kind === 'granting' ? { ...state, granted: [...state.granted, event.lease] } : state;
    case 'activated': {
      if (state.kind !== 'granting') return state;
      const { granted: _granted, ...held } = state;
      return { ...held, kind: 'active', delivered: [] };
    }
    case 'revoke-started':
      return state.kind === 'granting' || state.kind === 'active' ? revoking(state, event.because) : state;
    case 'removed':
      return state.kind === 'revoking' ? { ...state, removed: [...state.removed, event.lease] } : state;
    case 'closed':
      return closed(state, event.because, event.at);
    case 'delivered':
      return state.kind === 'active' ? { ...state, delivered: [...state.delivered, event.lease] } : state;
    case 'intended':
    case 'refused':
      return state;
    default:
      return unreachable(event);
  }
}

/** The state that a list of events adds up to. */
export const stateOf = (events: readonly Event[]): RequestState => events.reduce(evolve, BLANK);

// Nobody can approve a request that was asked but not judged.
const NO_DEMAND: Demand = { stages: [], policy: '', lapsesAt: 0 as Instant };

const grantFailed = ({ fault, why }: Extract<Command, { kind: 'fail-grant' }>): Ending => ({
  kind: 'grant-failed',
  fault,
  ...(why === undefined ? {} : { why }),
});

function approve(state: RequestState, command: Extract<Command, { kind: 'approve' }>): Decision {
  const refusal = mayAnswer(state, command);
  if (refusal) return no(refusal);
  if (state.kind !== 'pending') return wrongState(state);
  const { ask, demand, approvals } = state;
  const { by, digest, at } = command;
  if (digest !== ask.digest) return no({ code: 'changed' });

  const stage = currentStage(state);
  const approved = { kind: 'approved', by, stage, digest, at } as const;
  const said = approvals.filter((approval) => approval.stage === stage).length + 1;
  const last = stage === demand.stages.length - 1 && said >= (demand.stages[stage]?.needs ?? Infinity);
  if (!last) return ok([approved]);

  const leases = ask.targets.map((_, target) => leaseOf(ask.id, target));
  return ok([approved, { kind: 'grant-started', end: plus(at, ask.minutes), leases, at }]);
}

/** Why this person may not answer this request now, or nothing when they may. */
function mayAnswer(
  state: RequestState,
  { kind, by, eligibleNow, at }: Extract<Command, { kind: 'approve' | 'deny' }>,
): Refusal | undefined {
  if (state.kind === 'blank') return { code: 'unknown-request' };
  if (by === state.ask.requester) return { code: 'own-request' };
  if (kind === 'approve' && state.approvals.some((approval) => approval.by === by))
    return { code: 'already-approved' };
  if (state.kind !== 'pending') return stateRefusal(state);
  if (at >= state.demand.lapsesAt) return { code: 'lapsed' };
  const stage = state.demand.stages[currentStage(state)];
  if (!stage?.approvers.some(({ person }) => person === by)) return { code: 'not-an-approver' };
  if (typeof eligibleNow === 'string') return { code: 'not-allowed', why: eligibleNow };
  return eligibleNow === true ? undefined : { code: 'no-longer-an-approver' };
}

/** The first stage that still lacks approvals, by index; the number of stages when none does. */
export function currentStage({ demand, approvals }: Known): number {
  const open = demand.stages.findIndex(
    ({ needs }, stage) => approvals.filter((approval) => approval.stage === stage).length < needs,
  );
  return open === -1 ? demand.stages.length : open;
}

/** True when some stage of the demand names this person. */
export const isDemanded = ({ demand }: Known, by: PersonId): boolean =>
  demand.stages.some(({ approvers }) => approvers.some(({ person }) => person === by));

function confirmGranted(
  state: RequestState,
  command: Extract<Command, { kind: 'confirm-granted' }>,
): Decision {
  if (state.kind !== 'granting') return wrongState(state);
  const { lease, seen, at } = command;
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  if (state.granted.includes(lease)) return ok([]);
  const granted = { kind: 'granted', lease, seen, at } as const;
  const all = state.leases.every((each) => each === lease || state.granted.includes(each));
  return ok(all ? [granted, { kind: 'activated', at }] : [granted]);
}

/** Only the receipts close a request that may hold access, and it takes all of them. */
function confirmRemoved(
  state: RequestState,
  command: Extract<Command, { kind: 'confirm-removed' }>,
): Decision {
  if (state.kind !== 'revoking') return wrongState(state);
  const { lease, seen, note, at } = command;
  if (!state.leases.includes(lease)) return no({ code: 'unknown-lease' });
  if (state.removed.includes(lease)) return ok([]);
  const removed = { kind: 'removed', lease, seen, at, ...(note === undefined ? {} : { note }) } as const;
  const all = state.leases.every((each) => each === lease || state.removed.includes(each));
  return ok(all ? [removed, { kind: 'closed', because: state.because, at }] : [removed]);
}

function revoking(state: Known & Held, because: Ending): RequestState {
  const { ask, demand, approvals, end, leases } = state;
  return { kind: 'revoking', ask, demand, approvals, end, leases, because, removed: [] };
}

function closed(state: RequestState, because: Ending, at: Instant): RequestState {
  if (state.kind === 'blank' || state.kind === 'closed') return state;
  const { ask, approvals } = state;
  return { kind: 'closed', ask, approvals, because, at, ...('end' in state ? { end: state.end } : {}) };
}

const takeBack = (because: Ending, at: Instant): Decision => ok([{ kind: 'revoke-started', because, at }]);
const close = (because: Ending, at: Instant): Decision => ok([{ kind: 'closed', because, at }]);
const wrongState = (state: RequestState): Decision => no(stateRefusal(state));

/** Tells the loser of a race who won it (B22, B23). */
function stateRefusal(state: RequestState): Refusal {
  if (state.kind === 'blank') return { code: 'unknown-request' };
  const now = state.kind;
  if (state.kind === 'closed')
    return { code: 'wrong-state', now, because: state.because, since: state.at, ...byOf(state.because) };
  const last = state.approvals.at(-1);
  if (state.kind === 'revoking')
    return { code: 'wrong-state', now, because: state.because, ...byOf(state.because) };
  return { code: 'wrong-state', now, ...(last ? { by: last.by, since: last.at } : {}) };
}

const byOf = (because: Ending): { by?: PersonId } => ('by' in because ? { by: because.by } : {});
