import type { Instant } from '../ids.ts';
import { skipNewer } from '../result.ts';
import { grantedAccess } from './access.ts';
import type { Ending, Event, EventOf } from './events.ts';
import { evolveExtension } from './extension.ts';
import { evolveQuestion, type PendingRequest } from './questions.ts';
import {
  type ActiveRequest,
  BLANK,
  type GrantFacts,
  type RequestFacts,
  type RequestState,
  type Requirements,
} from './state.ts';

/**
 * Applies one recorded event to a state. It accepts every event in every state, because it already happened. An event of a
 * newer version changes nothing.
 */
export function evolve(state: RequestState, event: Event): RequestState {
  switch (event.kind) {
    case 'requested':
      // Only the first one opens the request. A later one must not hide what was approved and granted.
      if (state.kind !== 'blank') return state;
      return {
        kind: 'pending',
        details: event.details,
        requirements: NO_REQUIREMENTS,
        approvals: [],
        mayWaitMs: 0,
      };
    case 'judged':
      return state.kind === 'pending' ? judged(state, event) : state;
    case 'asked':
    case 'answered':
      return state.kind === 'pending' ? evolveQuestion(state, event) : state;
    case 'approved': {
      if (state.kind !== 'pending') return state;
      const { by, stage, at } = event;
      return { ...state, approvals: [...state.approvals, { by, stage, at }] };
    }
    case 'grant-started':
      if (state.kind !== 'pending') return state;
      return granting(state, event);
    case 'intended':
      return state.kind === 'granting' ? { ...state, begun: [...state.begun, event.lease] } : state;
    case 'granted':
      return state.kind === 'granting' ? { ...state, granted: [...state.granted, event.lease] } : state;
    case 'activated':
      return state.kind === 'granting' ? { ...state, kind: 'active', delivered: [] } : state;
    case 'delivered':
      return state.kind === 'active' ? { ...state, delivered: [...state.delivered, event.lease] } : state;
    case 'extension-requested':
    case 'extension-approved':
    case 'extension-started':
    case 'lease-extended':
    case 'extended':
    case 'extension-closed':
      return state.kind === 'active' ? evolveExtension(state, event) : state;
    case 'end-adopted':
      return state.kind === 'granting' || state.kind === 'active' ? adopted(state, event.endsAt) : state;
    case 'revoke-started':
      return state.kind === 'granting' || state.kind === 'active' ? revoking(state, event.ending) : state;
    case 'revoked':
      return state.kind === 'revoking' ? { ...state, revoked: [...state.revoked, event.lease] } : state;
    case 'closed':
      return closed(state, event.ending, event.at);
    case 'drifted':
      return state.kind === 'active' ? drifted(state, event) : state;
    case 'undone':
    case 'repaired':
    case 'tidied':
    case 'refused':
      return state;
    default:
      skipNewer(event);
      return state;
  }
}

/** The state after a list of events. */
export const stateAfter = (events: readonly Event[]): RequestState => events.reduce(evolve, BLANK);

// Nobody can approve a request that has not been judged.
const NO_REQUIREMENTS: Requirements = { stages: [], policy: '', lapsesAt: 0 as Instant };

/** The questions of approvers may postpone the lapse by as much again as the request waits without them. */
const judged = (state: PendingRequest, { requirements, at }: EventOf<'judged'>): PendingRequest => ({
  ...state,
  requirements,
  mayWaitMs: Math.max(requirements.lapsesAt - at, 0),
});

function granting(
  { details, requirements, approvals }: PendingRequest,
  { endsAt, leases }: EventOf<'grant-started'>,
): RequestState {
  return { kind: 'granting', details, requirements, approvals, endsAt, leases, begun: [], granted: [] };
}

const adopted = <S extends GrantFacts>(state: S, endsAt: Instant): S => ({
  ...state,
  endsAt: Math.max(state.endsAt, endsAt) as Instant,
});

/** Curfew does not grant again what somebody lowered, so it counts as lowered until the end. */
function drifted(state: ActiveRequest, { lease, change, found }: EventOf<'drifted'>): RequestState {
  const { leases, lowered = [] } = state;
  const isLowered = change === 'lowered' || lowered.some((each) => each.lease === lease);
  if (!isLowered || !leases.includes(lease)) return state;
  return { ...state, lowered: [...lowered.filter((each) => each.lease !== lease), { lease, found }] };
}

function revoking(state: RequestFacts & GrantFacts, ending: Ending): RequestState {
  const { details, requirements, approvals, endsAt, leases, begun, granted } = state;
  return {
    ...{ kind: 'revoking', details, requirements, approvals, endsAt, leases, begun, granted },
    ...{ ending, revoked: [] },
  };
}

function closed(state: RequestState, ending: Ending, at: Instant): RequestState {
  if (state.kind === 'blank' || state.kind === 'closed') return state;
  const { details, approvals } = state;
  const closing = { kind: 'closed', details, approvals, ending, at } as const;
  if (state.kind === 'pending') return { ...closing, access: { kind: 'never-granted' } };
  const access = grantedAccess(state, state.kind === 'revoking' ? state.revoked : []);
  return { ...closing, access, endsAt: state.endsAt };
}
