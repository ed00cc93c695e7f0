import type { PersonId } from '../ids.ts';
import type { Ending } from './events.ts';
import type { Refusal } from './refusals.ts';
import type { RequestState } from './state.ts';

/** Tells a person who came too late who decided before them (B22, B23). */
export function stateRefusal(state: RequestState): Refusal {
  const code = 'wrong-state';
  switch (state.kind) {
    case 'blank':
      return { code: 'unknown-request' };
    case 'closed': {
      const { kind, ending, at: since } = state;
      return { code, state: kind, ending, since, ...personIn(ending) };
    }
    case 'revoking':
      return { code, state: state.kind, ending: state.ending, ...personIn(state.ending) };
    default: {
      const last = state.approvals.at(-1);
      return { code, state: state.kind, ...(last ? { by: last.by, since: last.at } : {}) };
    }
  }
}

const personIn = (ending: Ending): { by?: PersonId } => ('by' in ending ? { by: ending.by } : {});
