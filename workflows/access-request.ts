import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { Machine, Undo, Update } from '../activities/index.ts';
import type { FaultCode } from '../core/errors.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { BLANK, decide, evolve, type Refusal, type RequestState } from '../core/request.ts';
import * as effects from './effects.ts';
import { answer, type Heard, type Input, look, type Outcome, REFUSED, type Said } from './messages.ts';
import { parseSaid } from './parse.ts';

/**
 * One request, from the asking to the receipt: order and waiting, nothing else. Decisions are made by the
 * same `decide` on the ledger's own state; this is a copy, kept up by what the activities bring back.
 * Cancelling it ends the request; what was given is still taken back.
 */
export function accessRequest(input: Input): Promise<Outcome> {
  const operator = { cancelled: false };
  CancellationScope.current().cancelRequested.catch(() => (operator.cancelled = true));
  return CancellationScope.nonCancellable(() => life(input, operator));
}

async function life({ request }: Input, operator: { readonly cancelled: boolean }): Promise<Outcome> {
  let state: RequestState = BLANK;
  let version = 0;
  let judged = false;
  const early = new Map<number, Update['events'][number]>();
  const kind = () => state.kind; // a call, so that TypeScript forgets what it knew before each await
  const now = () => Date.now() as Instant; // Temporal's clock, the same on replay

  /** Takes over what happened, in order, whichever activity came back first. */
  function learn({ events }: Update): void {
    for (const step of events) if (step.seq >= version) early.set(step.seq, step);
    for (let next = early.get(version); next; next = early.get(version)) {
      early.delete(version);
      state = evolve(state, next.event);
      version += 1;
    }
  }

  const settle = async (said: Machine) => learn(await effects.settle({ request, said, version }));

  setHandler(look, () => state);
  setHandler(answer, hear, {
    // Not async, ever: Temporal does not await a validator, so a rejected promise would count as a yes.
    validator: (said) => {
      const { kind: what, by, digest } = parseSaid(said);
      if (state.kind === 'blank') return;
      const predicted = decide(state, { kind: what, by, digest, eligibleNow: true, at: now() });
      if (!predicted.ok) throw refused(predicted.error);
    },
  });

  async function hear(said: Said): Promise<Heard> {
    await condition(() => judged);
    const answered = await effects.answer({ click: said.click, version });
    learn(answered);
    if (answered.refusal) throw refused(answered.refusal);
    if (said.kind === 'end') await condition(() => kind() === 'closed');
    return { state: kind() };
  }

  async function wait(lapsesAt: Instant): Promise<void> {
    // By the ledger's clock it may be too early yet: it is asked again, ever less often.
    for (let pause = 1; kind() === 'pending'; pause = Math.min(Math.max(2 * pause, 1_000), 60_000)) {
      const answered = await condition(
        () => kind() !== 'pending' || operator.cancelled,
        Math.max(lapsesAt - now(), pause),
      );
      if (kind() !== 'pending') return;
      await settle(answered ? CANCELLED : { kind: 'lapse' });
    }
  }

  async function hold(leases: readonly LeaseId[], end: Instant, providers: readonly string[]): Promise<void> {
    let due = false;
    void sleep(atLeast(end - now())).then(() => (due = true)); // armed before the grant, so nothing outlasts it
    const within = Math.min(LIMITS.grantingMinutes * 60_000, atLeast(end - now()));

    // The ledger has to know at once, also while a provider hangs: it is what stops the next attempt.
    void condition(() => operator.cancelled).then(() =>
      kind() === 'granting' || kind() === 'active' ? settle(CANCELLED) : undefined,
    );

    const undo = new Map<LeaseId, Undo>();
    const failures = await Promise.all(
      leases.map(async (lease, target) => {
        try {
          const granted = await effects.granting(providers[target] ?? '', within)({ lease, version });
          undo.set(lease, granted.undo);
          learn(granted);
          return undefined;
        } catch (error) {
          return whyOf(error);
        }
      }),
    );
    const failure = failures.find((why) => why !== undefined);
    // What is due does not wait for the ledger to hear why (I14).
    if (failure) await Promise.race([settle(failure), condition(() => due)]);

    await condition(() => kind() !== 'active' || due);

    await Promise.all(
      leases.map(async (lease, target) => {
        const owed = undo.get(lease);
        for (let again = true; again;) {
          const before = kind();
          const expire = before === 'active' || before === 'granting';
          const revoke = effects.revoking(providers[target] ?? '');
          const removed = await revoke({ lease, expire, version, ...(owed ? { undo: owed } : {}) });
          learn(removed);
          again = removed.inMs > 0;
          if (again) await condition(() => kind() !== before, removed.inMs);
        }
      }),
    );
  }

  learn(await effects.judge({ request }));
  judged = true;
  if (state.kind === 'pending') await wait(state.demand.lapsesAt);
  if ('leases' in state) await hold(state.leases, state.end, state.ask.targets);

  await condition(allHandlersFinished);
  if (kind() === 'blank') return { ending: 'refused' };
  if (state.kind !== 'closed') throw ApplicationFailure.nonRetryable(`ended while ${kind()}`, 'not-closed');
  return { ending: state.because.kind };
}

const CANCELLED: Machine = { kind: 'void', why: 'an operator cancelled the workflow' };

/** Timers of nothing or less than nothing fire at once; Temporal wants them positive. */
const atLeast = (ms: number): number => Math.max(ms, 1);

const refused = (refusal: Refusal) => ApplicationFailure.nonRetryable(refusal.code, REFUSED, refusal);

/** Why a grant failed, in the ledger's words. */
function whyOf(error: unknown): Machine {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || !cause.type) return { kind: 'fail-grant', fault: 'unknown' };
  if (cause.type === 'no-longer-allowed') return { kind: 'void', why: cause.message };
  return { kind: 'fail-grant', fault: cause.type as FaultCode };
}
