import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
} from '@temporalio/workflow';
import type { Machine } from '../activities/index.ts';
import { hopeless } from '../core/request/final-refusal.ts';
import type { Instant } from '../core/ids.ts';
import type { Refusal } from '../core/request/request.ts';
import { newCopy } from './copy.ts';
import * as effects from './effects.ts';
import { CANCELLED, hold } from './hold.ts';
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
  const copy = newCopy();
  let judged = false;
  const settle = async (said: Machine) =>
    copy.learn(await effects.settle({ request, said, version: copy.version() }));

  setHandler(look, copy.state);
  setHandler(answer, hear, {
    // Not async, ever: Temporal does not await a validator, so a rejected promise would count as a yes.
    validator: (said) => {
      const { kind, by, digest } = parseSaid(said);
      // The copy may lag behind the ledger, after a worker's death for a minute.
      const refusal = hopeless(copy.state(), { kind, by, digest, eligibleNow: true }, Date.now() as Instant);
      if (refusal) throw refused(refusal);
    },
  });

  async function hear({ click, kind }: Said): Promise<Heard> {
    await condition(() => judged);
    const answered = await effects.answer({ request, click, version: copy.version() });
    copy.learn(answered);
    if (answered.refusal) throw refused(answered.refusal);
    if (kind === 'end') await condition(() => copy.kind() === 'closed');
    return { state: copy.kind() };
  }

  async function wait(lapsesAt: Instant): Promise<void> {
    // By the ledger's clock it may be too early yet: it is asked again, ever less often.
    for (let pause = 1; copy.kind() === 'pending'; pause = Math.min(Math.max(2 * pause, 1_000), 60_000)) {
      const moved = () => copy.kind() !== 'pending' || operator.cancelled;
      const answered = await condition(moved, Math.max(lapsesAt - Date.now(), pause));
      if (copy.kind() !== 'pending') return;
      await settle(answered ? CANCELLED : { kind: 'lapse' });
    }
  }

  copy.learn(await effects.judge({ request }));
  judged = true;
  const opened = copy.state();
  if (opened.kind === 'pending') await wait(opened.demand.lapsesAt);
  const decided = copy.state();
  if ('leases' in decided) {
    const { end, ask } = decided;
    const leases = decided.leases.map((lease, target) => ({ lease, provider: ask.targets[target] ?? '' }));
    await hold({ copy, settle, leases, end, operator });
  }

  await condition(allHandlersFinished);
  const last = copy.state();
  if (last.kind === 'blank') return { ending: 'refused' };
  if (last.kind !== 'closed') throw ApplicationFailure.nonRetryable(`ended while ${last.kind}`, 'not-closed');
  return { ending: last.because.kind };
}

const refused = (refusal: Refusal) => ApplicationFailure.nonRetryable(refusal.code, REFUSED, refusal);
