import type { Instant, PersonId } from '../ids.ts';
import type { Event } from './events.ts';
import { stateAfter } from './evolve.ts';
import { pendingExtension } from './extension.ts';
import { currentStage } from './stages.ts';
import type { RequestState } from './state.ts';

/** A decision that waits for people: who may still approve in the current stage, and when it lapses. */
export type AwaitedDecision = Readonly<{ approvers: readonly PersonId[]; lapsesAt: Instant }>;

/** The decision that a request waits for, of the request itself or of its extension. Undefined when it waits for none. */
export function decisionAwaited(state: RequestState): AwaitedDecision | undefined {
  const facts = state.kind === 'pending' ? state : pendingExtension(state);
  if (!facts) return undefined;
  const { requirements, approvals } = facts;
  const stage = requirements.stages[currentStage(facts)]?.approvers ?? [];
  return {
    approvers: stage.flatMap(({ person }) => (approvals.some(({ by }) => by === person) ? [] : [person])),
    lapsesAt: requirements.lapsesAt,
  };
}

/**
 * The approvers who must decide since the events `from` (inclusive) to `to` (exclusive): those of a new request, of its next stage, or
 * of a new extension.
 */
export function newDeciders(
  trail: readonly Readonly<{ event: Event }>[],
  from: number,
  to: number,
): readonly PersonId[] {
  const asked = (length: number) =>
    decisionAwaited(stateAfter(trail.slice(0, length).map(({ event }) => event)))?.approvers ?? [];
  const before = asked(from);
  return asked(to).filter((person) => !before.includes(person));
}

/** The approvers whose question to the requester was answered by the events `from` (inclusive) to `to` (exclusive). */
export function answeredApprovers(
  trail: readonly Readonly<{ event: Event }>[],
  from: number,
  to: number,
): readonly PersonId[] {
  let by: PersonId | undefined;
  return trail.slice(0, to).flatMap(({ event }, at) => {
    if (event.kind === 'asked') by = event.by;
    return event.kind === 'answered' && at >= from && by !== undefined ? [by] : [];
  });
}
