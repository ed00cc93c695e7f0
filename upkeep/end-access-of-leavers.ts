import type { RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { readLeavers } from '../requests/leavers.ts';

const WHY = 'the requester is no longer active';

/**
 * `over`: the requests that are over now. `held`: people, and accounts that nobody has, whose access is not ended, because too many seem to have left at
 * once.
 */
export type LeaversResult = Readonly<{ over: readonly RequestId[]; held: readonly string[] }>;

/**
 * Ends what people have or wait for who are no longer active in people.yaml, or no longer in it (I17). While the policy
 * cannot be read, nobody counts as gone. When too many seem to have left at once, it ends nothing (F29).
 */
export async function endAccessOfLeavers(
  deps: Pick<Deps, 'ledger' | 'policy' | 'mostLeavers'>,
): Promise<LeaversResult> {
  const { people, accounts, lost, areHeld } = await readLeavers(deps);
  if (areHeld) return { over: [], held: [...people.map(({ requester }) => requester), ...accounts] };
  const over: RequestId[] = [];
  for (const request of people.flatMap(({ requests }) => requests))
    await deps.ledger
      .record({
        request,
        name: 'void',
        via: 'sweeper',
        command: (_state, at) => ({ kind: 'void', why: WHY, at }),
      })
      .then(
        ({ outcome }) => outcome.ok && over.push(request),
        () => undefined, // The others go on. The next pass tries it again.
      );
  for (const request of lost)
    await deps.ledger.endLostRequest({ by: null }, { request, via: 'sweeper' }).catch(() => undefined);
  return { over, held: [] };
}
