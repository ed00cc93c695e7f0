import { Context } from '@temporalio/activity';
import { LIMITS } from '../core/limits.ts';
import type { Undo } from '../requests/undo.ts';
import { withDetails } from './failure.ts';

const HEARTBEAT_MS = 2_000;

type Work<T> = (signal: AbortSignal, rememberUndo: (undo: Undo) => void) => Promise<T>;

/**
 * Runs one attempt at a provider, with a time limit and with heartbeats. The undo travels with the heartbeats to
 * the next attempt, and with a failure to the workflow: while the ledger is away, nothing else knows it (I14).
 */
export async function attempt<T>(work: Work<T>): Promise<T> {
  const context = Context.current();
  let undo = context.info.heartbeatDetails as Undo | undefined;
  const heartbeats = setInterval(() => context.heartbeat(undo), HEARTBEAT_MS);
  const rememberUndo = (next: Undo) => {
    undo = next;
    context.heartbeat(undo);
  };
  try {
    const limit = AbortSignal.timeout(LIMITS.attemptMs);
    return await work(AbortSignal.any([context.cancellationSignal, limit]), rememberUndo);
  } catch (error) {
    throw undo ? withDetails(error, undo) : error;
  } finally {
    clearInterval(heartbeats);
  }
}
