import { messageOf } from '../core/faults.ts';
import type { LeaseId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Deps } from '../requests/deps.ts';
import { revokeLease } from '../requests/revoke-lease.ts';
import { settle } from '../requests/settle.ts';

/** What one pass of the sweeper did. */
export type SweepResult = Readonly<{
  lapsed: readonly RequestId[];
  failed: readonly RequestId[];
  revoked: readonly string[];
  /** Still owed, with why; each is tried again within a minute. */
  failedRevocations: readonly Readonly<{ lease: string; why: string }>[];
}>;

// The workflow lapses a request by itself; the sweeper comes after it.
const LAPSE_GRACE_MS = 15_000;
// Temporal gives up on a grant at its limit; past this nobody is at work on it.
const GRANT_LIMIT_MS = (LIMITS.grantingMinutes + 1) * 60_000;
const AT_ONCE = 10;
// After this long a pass begins nothing more, so that it comes to what else is owed.
const PASS_MS = 30_000;

/**
 * One pass of the third rung: ends what the ledger says is due and nobody ended. It needs the ledger and the
 * providers, and no Temporal; whatever happened to the workflow, the removal and its record are the same.
 */
export async function sweep(deps: Deps): Promise<SweepResult> {
  const { ledger } = deps;
  const swept = await revokeDueLeases(deps);
  const lapsed = await each(await ledger.overdueRequests(LAPSE_GRACE_MS), (request) =>
    settle(deps, { request, command: { kind: 'lapse' }, version: 0, via: 'sweeper' }),
  );
  const failed = await each(await ledger.stuckGrants(GRANT_LIMIT_MS), (request) =>
    settle(deps, { request, command: { kind: 'fail-grant', fault: 'unknown' }, version: 0, via: 'sweeper' }),
  );
  return {
    lapsed,
    failed,
    revoked: swept.flatMap(({ lease, why }) => (why === undefined ? [lease] : [])),
    failedRevocations: swept.flatMap(({ lease, why }) => (why === undefined ? [] : [{ lease, why }])),
  };
}

type Attempt = Readonly<{ lease: LeaseId; why: string | undefined }>;

/**
 * Each due lease once. A provider has its own hands, so one that does not answer holds up its own leases, and
 * no others (F32).
 */
async function revokeDueLeases(deps: Deps): Promise<readonly Attempt[]> {
  const swept: Attempt[] = [];
  const begun: LeaseId[] = [];
  const busy = new Map<Promise<void>, string>();
  const closing = performance.now() + PASS_MS;
  while (performance.now() < closing) {
    const due = await deps.ledger.takeDueLeases(1, { leases: begun, providers: busyProviders([...busy.values()]) });
    for (const { id, target } of due) {
      const work: Promise<void> = revokeDue(deps, id)
        .then((tried) => void swept.push(tried))
        .finally(() => busy.delete(work));
      busy.set(work, target.provider);
      begun.push(id);
    }
    if (due.length > 0) continue;
    if (busy.size === 0) break;
    await Promise.race(busy.keys());
  }
  await Promise.all(busy.keys());
  return swept;
}

/** The providers that have all their hands full. */
const busyProviders = (busy: readonly string[]): readonly string[] =>
  [...new Set(busy)].filter((name) => busy.filter((each) => each === name).length >= AT_ONCE);

async function revokeDue(deps: Deps, lease: LeaseId): Promise<Attempt> {
  const signal = AbortSignal.timeout(LIMITS.attemptMs);
  const why = await revokeLease(deps, { lease, expire: true, via: 'sweeper', version: 0, signal }).then(
    ({ endsInMs }) => (endsInMs > 0 ? 'its end is not reached yet' : undefined),
    messageOf,
  );
  return { lease, why };
}

/** Those that worked. One that cannot be written must not keep the others, or a removal, from their turn. */
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
