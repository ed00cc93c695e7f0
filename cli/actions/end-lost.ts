import type { RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { CommandLineCaller } from '../terminal/caller.ts';
import type { Context } from '../terminal/context.ts';
import { writeLine } from '../terminal/output.ts';
import { waitFor } from '../terminal/wait.ts';
import { refusedError } from './send-answer.ts';

type EndsLost = Readonly<{
  context: Context;
  caller: CommandLineCaller;
  request: RequestId;
  state: RequestState;
}>;

/** The refusals with which the access of a request ends that the ledger lost, because it has no grant of it. */
const ENDS: ReadonlySet<string> = new Set(['unknown-request', 'wrong-state']);

/** Ends the access of a request that a restored ledger has lost. False when there is none, and for a request that can be ended as always. */
export async function endedLost({ context, caller, request, state }: EndsLost): Promise<boolean> {
  if (state.kind !== 'blank' && state.kind !== 'pending') return false;
  const { ledger } = context.deps;
  if ((await ledger.lostLeasesOf(request)).length === 0) return false;
  const { id } = await receive(context.deps, caller, { kind: 'end', request, body: {} });
  const outcome = await waitFor(
    'the result',
    async () => (await ledger.clickOutcome(id)) as ClickOutcome | undefined,
  );
  if (outcome.kind === 'refused' && !ENDS.has(outcome.refusal.code))
    throw refusedError(outcome.refusal, 'end');
  writeLine(
    'Ended. The ledger lost this request when it was restored. Its access is revoked within a minute.',
  );
  return true;
}
