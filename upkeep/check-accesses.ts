import { RETRY_MS } from '../core/findings/check-times.ts';
import { Fault, messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { checkAccess, type Look } from '../requests/findings/check-access.ts';
import { readsPerMinute } from '../requests/findings/read-target.ts';
import { type Busy, workThrough } from './work-through.ts';

/** What a look at the access of a lease found that is not as expected, or why it failed. */
export type LookReport = Readonly<{
  lease: LeaseId;
  what: Exclude<Look['kind'], 'held' | 'soon' | 'gone'> | 'failed';
  why?: string;
}>;

/** About as many calls one look needs at GitHub, which needs the most. */
const CALLS = 6;

type Check = NonNullable<Awaited<ReturnType<Deps['ledger']['takeAccessCheck']>>>;

/**
 * Looks at each access whose time has come, as far as the budget of its provider allows: with thousands of live leases the looks come later,
 * and not all at once. Several sweepers share them. `everyMs` is the time between two regular looks at one access.
 */
export async function checkAccesses(deps: Deps, everyMs: number): Promise<readonly LookReport[]> {
  const reports: LookReport[] = [];
  const exhausted = new Set<string>();
  await workThrough(
    deps.providers,
    async (busy: Busy<LeaseId>) => {
      const check = await deps.ledger.takeAccessCheck({
        leases: busy.ids,
        providers: [...busy.providers, ...exhausted],
      });
      return check ? [{ ...check, id: check.lease }] : [];
    },
    async (check) => {
      const provider = deps.providers.get(check.provider);
      const mayRead =
        provider &&
        (await deps.ledger.takeCalls(provider.name, { calls: CALLS, perMinute: readsPerMinute(provider) }));
      if (!mayRead) {
        exhausted.add(check.provider);
        return deps.ledger.endAccessCheck({ check, done: check.done, nextMs: RETRY_MS });
      }
      const report = await look(deps, check, everyMs);
      if (report) reports.push(report);
    },
  );
  return reports;
}

/** A read that fails says nothing about the access: it is repeated, sooner when the fault may pass. */
async function look(deps: Deps, check: Check, everyMs: number): Promise<LookReport | undefined> {
  const { lease } = check;
  try {
    const signal = AbortSignal.timeout(WAITS.attempt.ms);
    const { look: found, ...ended } = await checkAccess(deps, check, { everyMs, signal });
    await deps.ledger.endAccessCheck({ check, ...ended });
    if (!found || found.kind === 'held' || found.kind === 'soon' || found.kind === 'gone') return undefined;
    return { lease, what: found.kind, ...(found.kind === 'unknown' ? { why: found.why } : {}) };
  } catch (error) {
    const problem = messageOf(error);
    const nextMs = error instanceof Fault && !error.retry ? everyMs : RETRY_MS;
    await deps.ledger.endAccessCheck({ check, done: check.done, nextMs, problem });
    return { lease, what: 'failed', why: problem };
  }
}
