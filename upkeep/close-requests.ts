import type { RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { advance } from '../requests/advance.ts';
import type { Deps } from '../requests/deps.ts';
import { judge } from '../requests/judge.ts';

// The workflow lapses its request itself. The sweeper does it only when the workflow is this late.
const LAPSE_GRACE_MS = 15_000;
const GRANT_GRACE_MS = 60_000;
// A workflow judges its request at its start.
const JUDGE_GRACE_MS = 30_000;

/** Lapses pending requests whose time is over. Returns those that no longer wait. */
export const lapseOverdueRequests = async (deps: Deps): Promise<readonly RequestId[]> =>
  advanceEach(deps, await deps.ledger.overdueRequests(LAPSE_GRACE_MS));

/** Starts the revocation of requests whose grant never finished. Returns those that no longer grant. */
export const failStuckGrants = async (deps: Deps): Promise<readonly RequestId[]> =>
  advanceEach(deps, await deps.ledger.stuckGrants(LIMITS.grantingMinutes * 60_000 + GRANT_GRACE_MS));

/** Judges requests whose workflow is gone before it judged them. Returns those that are judged. */
export async function judgeForgottenRequests(deps: Deps): Promise<readonly RequestId[]> {
  return each(await deps.ledger.unjudgedRequests(JUDGE_GRACE_MS), (request) => judge(deps, { request }));
}

const advanceEach = (deps: Deps, requests: readonly RequestId[]): Promise<readonly RequestId[]> =>
  each(requests, (request) => advance(deps, { request, via: 'sweeper' }));

/** Does the work for each request. When it fails for one, the others go on. Returns those for which it did not fail. */
async function each(
  requests: readonly RequestId[],
  work: (request: RequestId) => Promise<unknown>,
): Promise<readonly RequestId[]> {
  const done: RequestId[] = [];
  for (const request of requests)
    await work(request).then(
      () => done.push(request),
      () => undefined,
    );
  return done;
}
