import { BLANK, type RequestState } from '../core/request/state.ts';
import { evolve } from '../core/request/evolve.ts';
import type { NewEvents } from '../requests/deps.ts';

/** The workflow's copy of a request's state. The workflow waits on it. The ledger's state is the one that counts. */
export type RequestCopy = Readonly<{
  state(): RequestState;
  /** The kind of the state. It is a function, so that TypeScript does not keep its value across an await. */
  kind(): RequestState['kind'];
  /** How many of the request's events the copy contains. */
  version(): number;
  /** Applies new events in the order of their numbers, also when activities return in another order. */
  apply(newEvents: NewEvents): void;
}>;

export function newRequestCopy(): RequestCopy {
  let state: RequestState = BLANK;
  let version = 0;
  const early = new Map<number, NewEvents['events'][number]>();
  return {
    state: () => state,
    kind: () => state.kind,
    version: () => version,
    apply({ events }) {
      for (const each of events) if (each.seq >= version) early.set(each.seq, each);
      for (let next = early.get(version); next; next = early.get(version)) {
        early.delete(version);
        state = evolve(state, next.event);
        version += 1;
      }
    },
  };
}
