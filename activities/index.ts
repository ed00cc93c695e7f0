import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FaultCode } from '../core/errors.ts';
import type { ClickId, Instant, LeaseId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Command } from '../core/request.ts';
import { answer } from './answer.ts';
import { type Deps, type Update, updateOf } from './deps.ts';
import { translating, withDetails } from './failure.ts';
import { grant } from './grant.ts';
import { judge } from './judge.ts';
import { remove, type Undo } from './remove.ts';

export type { Deps, Sealer, Update } from './deps.ts';
export type { Undo } from './remove.ts';

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

/** What machinery says of a request: nobody is behind it, so it cannot be an answer. */
export type Machine = Readonly<
  | { kind: 'lapse' }
  | { kind: 'fail-grant'; fault: FaultCode | 'unknown'; why?: string }
  | { kind: 'void'; why: string }
>;

/** Part by part: whoever can write to the namespace can send anything, and a yes or a receipt is not for them. */
function commandOf(said: Machine, at: Instant): Command {
  switch (said.kind) {
    case 'lapse':
      return { kind: 'lapse', at };
    case 'fail-grant':
      return {
        kind: 'fail-grant',
        fault: said.fault,
        ...(said.why === undefined ? {} : { why: storable(said.why) }),
        at,
      };
    case 'void':
      return { kind: 'void', why: storable(said.why), at };
    default:
      throw ApplicationFailure.nonRetryable('no machine may say that', 'forged', said satisfies never);
  }
}

const MOST_WHY = 300;

/** Not too long, and nothing that Postgres would refuse: what happened has to be written. */
const storable = (why: string): string =>
  [...why.replaceAll('\0', '').toWellFormed()].slice(0, MOST_WHY).join('');

/** The workflow's effects, one thin function each. Those that touch a provider run on its own task queue. */
export type Activities = ReturnType<typeof createActivities>;

export const createActivities = (deps: Deps) =>
  translating(
    {
      judge: (input: { request: RequestId }) => judge(deps, input),
      answer: (input: { request: RequestId; click: ClickId; version: number }) => answer(deps, input),
      settle: async (input: { request: RequestId; said: Machine; version: number }): Promise<Update> => {
        const { request, said, version } = input;
        const recorded = await deps.ledger.record({
          request,
          name: said.kind,
          via: 'workflow',
          command: (_state, at) => commandOf(said, at),
        });
        return updateOf(recorded, version);
      },
      grant: (input: { lease: LeaseId; version: number }) =>
        attempt((signal, owe) => grant(deps, { ...input, signal, owe })),
      revoke: (input: { lease: LeaseId; expire: boolean; undo?: Undo; version: number }) =>
        attempt((signal) => remove(deps, { ...input, via: 'workflow', signal })),
    },
    ['revoke'],
  );
