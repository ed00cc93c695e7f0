import type { RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { SystemCommand } from '../core/request/commands.ts';
import type { Deps } from '../requests/deps.ts';
import { settle } from '../requests/settle.ts';

// The workflow lapses its request itself. The sweeper does it only when the workflow is this late.
const LAPSE_GRACE_MS = 15_000;
// Temporal stops a grant at its limit. After this time nothing works on it any more.
const GRANT_LIMIT_MS = (LIMITS.grantingMinutes + 1) * 60_000;

/** Lapses pending requests whose time is over. Returns those that no longer wait. */
export const lapseOverdueRequests = async (deps: Deps): Promise<readonly RequestId[]> =>
  settleEach(deps, await deps.ledger.overdueRequests(LAPSE_GRACE_MS), { kind: 'lapse' });

/** Starts the revocation of requests whose grant never finished. Returns those that no longer grant. */
export const failStuckGrants = async (deps: Deps): Promise<readonly RequestId[]> =>
  settleEach(deps, await deps.ledger.stuckGrants(GRANT_LIMIT_MS), { kind: 'fail-grant', fault: 'unknown' });

/** Records the command for each request. When one fails, the others go on. Returns those that did not fail. */
async function settleEach(
  deps: Deps,
  requests: readonly RequestId[],
  command: SystemCommand,
): Promise<readonly RequestId[]> {
  const settled: RequestId[] = [];
  for (const request of requests)
    await settle(deps, { request, command, version: 0, via: 'sweeper' }).then(
      () => settled.push(request),
      () => undefined,
    );
  return settled;
}
