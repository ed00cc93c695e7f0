import type { Update } from '../activities/index.ts';
import { BLANK, evolve, type RequestState } from '../core/request/request.ts';

/** The workflow's own copy of a request's state, to wait by; what counts is the ledger's. */
export type Copy = Readonly<{
  state(): RequestState;
  /** A call, so that TypeScript forgets what it knew before each await. */
  kind(): RequestState['kind'];
  /** How many of the request's events it knows. */
  version(): number;
  /** Takes over what happened, in order, whichever activity came back first. */
  learn(update: Update): void;
}>;

export function newCopy(): Copy {
  let state: RequestState = BLANK;
  let version = 0;
  const early = new Map<number, Update['events'][number]>();
  return {
    state: () => state,
    kind: () => state.kind,
    version: () => version,
    learn({ events }) {
      for (const step of events) if (step.seq >= version) early.set(step.seq, step);
      for (let next = early.get(version); next; next = early.get(version)) {
        early.delete(version);
        state = evolve(state, next.event);
        version += 1;
      }
    },
  };
}
