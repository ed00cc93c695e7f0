import { messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { revokeLease } from '../requests/revoke-lease.ts';

/** One attempt to revoke a lease; `why` says why it failed, and is undefined after a success. */
export type Attempt = Readonly<{ lease: LeaseId; why: string | undefined }>;

const PER_PROVIDER = 10;
// A pass starts no attempt after this time, so that the rest of the sweep has its turn.
const PASS_MS = 30_000;

/**
 * Tries each due lease once. The limit of parallel attempts counts for each provider, so one that does not answer
 * delays its own leases only (F32).
 */
export async function revokeDueLeases(deps: Deps): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  const started: LeaseId[] = [];
  const running = new Map<Promise<void>, string>();
  const deadline = performance.now() + PASS_MS;
  while (performance.now() < deadline) {
    const wasIdle = running.size === 0;
    const except = { leases: started, providers: busyProviders([...running.values()]) };
    const due = await deps.ledger.takeDueLeases(1, except);
    for (const { id, target } of due) {
      const work: Promise<void> = revokeDue(deps, id)
        .then((attempt) => void attempts.push(attempt))
        .finally(() => running.delete(work));
      running.set(work, target.provider);
      started.push(id);
    }
    if (due.length > 0) continue;
    // An attempt that ran during the search may have had the row of a due lease locked. Then search again.
    if (wasIdle) break;
    if (running.size > 0) await Promise.race(running.keys());
  }
  await Promise.all(running.keys());
  return attempts;
}

/** The providers that have as many attempts as are allowed at the same time. */
const busyProviders = (running: readonly string[]): readonly string[] =>
  [...new Set(running)].filter((name) => running.filter((each) => each === name).length >= PER_PROVIDER);

async function revokeDue(deps: Deps, lease: LeaseId): Promise<Attempt> {
  const signal = AbortSignal.timeout(WAITS.attempt.ms);
  const why = await revokeLease(deps, { lease, via: 'sweeper', signal }).then(
    ({ kind }) => (kind === 'granting' || kind === 'active' ? 'its end is not reached yet' : undefined),
    messageOf,
  );
  return { lease, why };
}
