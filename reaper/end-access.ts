import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, messageOf } from '../core/faults.ts';
import type { Receipt, Remover } from '../providers/provider.ts';
import type { PassLimits } from './limits.ts';
import type { Task } from './plan.ts';
import type { Ending, Outcome } from './report.ts';
import type { Throttles } from './throttles.ts';
import { timed } from './timed.ts';

type Ender = Pick<Remover, 'endManaged' | 'ensureAbsent' | 'ladder'>;

/** `deadline` is when the pass ends, by `performance.now()`. */
type Pass = Readonly<{ limits: PassLimits; deadline: number; throttles: Throttles; signal: AbortSignal }>;

/**
 * Ends one access. A failure that can pass is tried again until the pass ends: a rate limit after the wait that the vendor names, which
 * all tasks of the provider keep (F11). It never throws.
 */
export async function endAccess(ender: Ender, task: Task, pass: Pass): Promise<Outcome> {
  const { limits, signal, throttles } = pass;
  const left = (why: string): Outcome => ({ ...endingOf(task), kind: 'left', why });
  const fits = (wait: number): boolean => !signal.aborted && performance.now() + wait < pass.deadline;
  const rest = (wait: number) => sleep(wait, undefined, { signal }).catch(() => undefined);
  for (;;) {
    for (let wait = throttles.waitOf(task.provider); wait > 0; wait = throttles.waitOf(task.provider)) {
      if (!fits(wait)) return left(`${task.provider} accepts no calls now; the next passes try again`);
      await rest(wait);
    }
    try {
      const ms = Math.min(limits.attemptMs, Math.max(pass.deadline - performance.now(), 0));
      return outcomeOf(task, ender, await timed((each) => call(ender, task, each), { ms, signal }));
    } catch (error) {
      const wait = waitBefore(error, limits);
      if (wait !== undefined && error instanceof Fault && error.code === 'provider-throttled')
        throttles.close(task.provider, wait);
      if (wait === undefined || !fits(wait)) return left(messageOf(error));
      await rest(wait);
    }
  }
}

const call = (ender: Ender, task: Task, signal: AbortSignal): Promise<Receipt> =>
  task.kind === 'object' ? ender.endManaged(task.managed, signal) : ender.ensureAbsent(task.intent, signal);

/** Undefined for a failure that stays until a person does something. */
function waitBefore(error: unknown, { retryMs }: PassLimits): number | undefined {
  if (!(error instanceof Fault) || !error.retry) return undefined;
  return Math.max(error.retryAfterMs ?? 0, retryMs);
}

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
