import { Context } from '@temporalio/activity';
import { limitedSignal } from '../core/limited-signal.ts';
import { WAITS } from '../core/waits.ts';
import { withDetails } from './failure.ts';

const HEARTBEAT_MS = 2_000;

/** What one attempt works with. `earlier` is what the attempt before it remembered last. Each provider has a `queue` of its own. */
export type AttemptTools = Readonly<{
  signal: AbortSignal;
  remember: (sealed: string) => void;
  earlier: string | undefined;
  queue: string;
}>;

/**
 * Runs one attempt at a provider, with a time limit and with heartbeats. What it remembers, a sealed text, travels with
 * the heartbeats to the next attempt, and with a failure to the workflow: while the ledger is unavailable, nothing else knows
 * it (I14). With `retryAlways` every failure is tried again.
 */
export async function attempt<T>(
  work: (tools: AttemptTools) => Promise<T>,
  { retryAlways = false }: Readonly<{ retryAlways?: boolean }> = {},
): Promise<T> {
  const context = Context.current();
  const earlier = context.info.heartbeatDetails as string | undefined;
  let remembered = earlier;
  const heartbeats = setInterval(() => context.heartbeat(remembered), HEARTBEAT_MS);
  const remember = (sealed: string) => {
    remembered = sealed;
    context.heartbeat(remembered);
  };
  try {
    const signal = limitedSignal(context.cancellationSignal, WAITS.attempt.ms);
    return await work({ signal, remember, earlier, queue: context.info.taskQueue });
  } catch (error) {
    throw remembered ? withDetails(error, remembered, retryAlways) : error;
  } finally {
    clearInterval(heartbeats);
  }
}
