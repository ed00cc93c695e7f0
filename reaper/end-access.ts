import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/faults.ts';
import type { Receipt, Remover } from '../providers/provider.ts';
import type { PassLimits } from './limits.ts';
import type { BlockedEnding, Task } from './plan.ts';
import type { Ending, Outcome } from './report.ts';
import { closeAfter, type Throttles, waitAfter } from './throttles.ts';
import { timed } from './timed.ts';

type Ender = Pick<Remover, 'endManaged' | 'ensureAbsent' | 'ladder'>;

/**
 * `deadline` is when the pass ends, by `performance.now()`. `dueNow` is what is due of the access at this moment, undefined for nothing.
 * `onEnded` gets the task whose end was verified.
 */
type Pass = Readonly<{
  limits: PassLimits;
  deadline: number;
  throttles: Throttles;
  signal: AbortSignal;
  dueNow: (planned: Task) => Promise<Task | BlockedEnding | undefined>;
  onEnded: (task: Task) => void;
}>;

/**
 * Ends one access. A failure that can pass is tried again until the pass ends: a rate limit after the wait that the vendor names, which
 * all tasks of the provider keep (F11). Before each attempt it asks again what is due, because there is no lock, and a new lease of the
 * account may share the access by now (I6). Undefined when nothing is due any more. It never throws.
 */
export async function endAccess(ender: Ender, planned: Task, pass: Pass): Promise<Outcome | undefined> {
  const { limits, deadline, signal, throttles } = pass;
  const left = (): number => Math.max(deadline - performance.now(), 0);
  const fits = (wait: number): boolean => !signal.aborted && wait < left();
  const rest = (wait: number) => sleep(wait, undefined, { signal }).catch(() => undefined);
  const isLeft = (why: string): Outcome => ({ ...endingOf(planned), kind: 'left', why });
  for (;;) {
    for (let wait = throttles.waitOf(planned.provider); wait > 0; wait = throttles.waitOf(planned.provider)) {
      if (!fits(wait)) return isLeft(`${planned.provider} accepts no calls now; the next passes try again`);
      await rest(wait);
    }
    try {
      const task = await timed(() => pass.dueNow(planned), { ms: left(), signal });
      if (!task) return undefined;
      if ('why' in task) return { ...task, kind: 'left' };
      const ms = Math.min(limits.attemptMs, left());
      const outcome = outcomeOf(task, ender, await timed((each) => call(ender, task, each), { ms, signal }));
      if (outcome.kind === 'ended') pass.onEnded(task);
      return outcome;
    } catch (error) {
      const wait = waitAfter(error, limits);
      closeAfter(throttles, error, { provider: planned.provider, retryMs: limits.retryMs });
      if (wait === undefined || !fits(wait)) return isLeft(messageOf(error));
      await rest(wait);
    }
  }
}

const call = (ender: Ender, task: Task, signal: AbortSignal): Promise<Receipt> =>
  task.kind === 'object' ? ender.endManaged(task.managed, signal) : ender.ensureAbsent(task.intent, signal);

function outcomeOf(task: Task, ender: Ender, { level, seen, untidied }: Receipt): Outcome {
  if (isTooMuch(task, ender, level)) return { ...endingOf(task), kind: 'left', why: seen };
  return { ...endingOf(task), kind: 'ended', seen, ...(untidied !== undefined && { untidied }) };
}

/** An object ends whole. An access of the manifest may keep the level that remains, or less. */
function isTooMuch(task: Task, ender: Ender, level: string): boolean {
  if (task.kind === 'object') return level !== 'none';
  const ladder = ender.ladder(task.intent.target);
  return ladder.indexOf(level) > ladder.indexOf(task.intent.level) || !ladder.includes(level);
}

export const endingOf = ({ provider, leases, what }: Ending): Ending => ({ provider, leases, what });
