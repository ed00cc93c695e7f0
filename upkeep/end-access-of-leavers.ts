import type { RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';

const WHY = 'the requester is no longer active';

/**
 * Ends what people have or wait for who are no longer active in people.yaml, or no longer in it (I17). While the policy
 * cannot be read, nobody counts as gone. Returns the requests that are over now.
 */
export async function endAccessOfLeavers({
  ledger,
  policy,
}: Pick<Deps, 'ledger' | 'policy'>): Promise<readonly RequestId[]> {
  const over: RequestId[] = [];
  for (const { requester, requests } of await ledger.openRequestsByRequester()) {
    if ((await policy.mayAct(requester)).kind !== 'not-eligible') continue;
    for (const request of requests)
      await ledger
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
  }
  return over;
}
