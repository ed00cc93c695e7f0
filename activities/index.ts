import { Context } from '@temporalio/activity';
import type { ClickId, LeaseId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { answer } from '../requests/answer.ts';
import type { Deps } from '../requests/deps.ts';
import { translating, withDetails } from './failure.ts';
import { grant } from '../requests/grant-lease.ts';
import { judge } from '../requests/judge.ts';
import { remove, type Undo } from '../requests/revoke-lease.ts';
import { type Machine, settle } from '../requests/settle.ts';

export type { Deps, Sealer, Update } from '../requests/deps.ts';
export type { Undo } from '../requests/revoke-lease.ts';
export type { Machine } from '../requests/settle.ts';

const BEAT_MS = 2_000;

/**
 * One try at a provider: bounded in time, and with a heartbeat by which Temporal knows that we live. What is
 * owed goes with the heartbeats from one try to the next, and with a failure to the workflow: a later try, with
 * the ledger away, could not find out (I14).
 */
async function attempt<T>(work: (signal: AbortSignal, owe: (undo: Undo) => void) => Promise<T>): Promise<T> {
  const context = Context.current();
  let owed = context.info.heartbeatDetails as Undo | undefined;
  const beating = setInterval(() => context.heartbeat(owed), BEAT_MS);
  const owe = (undo: Undo) => {
    owed = undo;
    context.heartbeat(owed);
  };
  try {
    const bound = AbortSignal.timeout(LIMITS.attemptMs);
    return await work(AbortSignal.any([context.cancellationSignal, bound]), owe);
  } catch (error) {
    throw owed ? withDetails(error, owed) : error;
  } finally {
    clearInterval(beating);
  }
}

/** The workflow's effects, one thin function each. Those that touch a provider run on its own task queue. */
export type Activities = ReturnType<typeof createActivities>;

export const createActivities = (deps: Deps) =>
  translating(
    {
      judge: (input: { request: RequestId }) => judge(deps, input),
      answer: (input: { request: RequestId; click: ClickId; version: number }) => answer(deps, input),
      settle: (input: { request: RequestId; said: Machine; version: number }) =>
        settle(deps, { ...input, via: 'workflow' }),
      grant: (input: { lease: LeaseId; version: number }) =>
        attempt((signal, owe) => grant(deps, { ...input, signal, owe })),
      revoke: (input: { lease: LeaseId; expire: boolean; undo?: Undo; version: number }) =>
        attempt((signal) => remove(deps, { ...input, via: 'workflow', signal })),
    },
    ['revoke'],
  );
