import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { readsPerMinute } from '../requests/findings/read-target.ts';
import { readLeaseUse } from '../requests/use/read-lease-use.ts';
import { type Busy, workThrough } from './work-through.ts';

/** A reading of use that failed, and why. */
export type FailedUseReading = Readonly<{ lease: LeaseId; why: string }>;

/** This part of what may be read at a provider is for use. Looks at access and the reconciliation have the rest. */
const USE_PART = 4;
const RETRY_MS = 5 * 60_000;
/** So many readings after the end of a lease may fail. Then the use stays unknown. */
const MOST_TRIES = 5;

type Provider = NonNullable<ReturnType<Deps['providers']['get']>>;
type Task = NonNullable<Awaited<ReturnType<Deps['ledger']['takeUseTask']>>>;

/**
 * Reads the use of each lease whose time has come, as far as a share of the read budget of its provider allows. `everyMs` is the time between two readings of
 * a live lease. After the end there is one more, when the vendor shows everything.
 */
export async function readUses(deps: Deps, everyMs: number): Promise<readonly FailedUseReading[]> {
  const failed: FailedUseReading[] = [];
  const exhausted = new Set<string>();
  await workThrough(
    deps.providers,
    async (busy: Busy<LeaseId>) => {
      const task = await deps.ledger.takeUseTask({
        leases: busy.ids,
        providers: [...busy.providers, ...exhausted],
      });
      return task ? [{ ...task, id: task.lease }] : [];
    },
    async (task) => {
      const why = await readOne(deps, task, { everyMs, exhausted });
      if (why !== undefined) failed.push({ lease: task.lease, why });
    },
  );
  return failed;
}

async function readOne(
  deps: Deps,
  task: Task,
  { everyMs, exhausted }: Readonly<{ everyMs: number; exhausted: Set<string> }>,
): Promise<string | undefined> {
  const { lease, change, changedAt, tries } = task;
  const end = async (nextMs?: number, failures = 0): Promise<undefined> => {
    await deps.ledger.endUseTask({ task, tries: failures, ...(nextMs === undefined ? {} : { nextMs }) });
    return undefined;
  };
  const provider = deps.providers.get(task.provider);
  const isOver = change === 'revoked';
  if (!provider && !isOver) return end(everyMs);
  if (provider) {
    const waitMs = isOver ? changedAt + provider.useReadings.lateMs - (await deps.ledger.now()) : 0;
    if (waitMs > 0) return end(waitMs);
    if (!(await mayRead(deps, provider))) {
      exhausted.add(task.provider);
      return end(RETRY_MS, tries);
    }
  }
  const signal = AbortSignal.timeout(WAITS.attempt.ms);
  const reading = await readLeaseUse(deps, lease, isOver ? { endedAt: changedAt, signal } : { signal });
  if (reading.kind !== 'failed') return end(isOver ? undefined : everyMs);
  const isLast = isOver && (!reading.mayPass || tries + 1 >= MOST_TRIES);
  // A provider that is not configured may be back after hours, and a try costs it nothing.
  const waitMs = provider && reading.mayPass ? RETRY_MS * 2 ** Math.min(tries, MOST_TRIES) : everyMs;
  await end(isLast ? undefined : waitMs, tries + 1);
  return reading.why;
}

/** Readings of use take from a share of their own first, so that they never use up what the looks at access need. */
async function mayRead({ ledger }: Deps, provider: Provider): Promise<boolean> {
  const { name } = provider;
  const perMinute = readsPerMinute(provider);
  const calls = provider.useReadings.mostCalls;
  const share = { calls, perMinute: Math.max(1, perMinute / USE_PART) };
  return (
    (await ledger.takeCalls(`${name}/use`, share)) && (await ledger.takeCalls(name, { calls, perMinute }))
  );
}
