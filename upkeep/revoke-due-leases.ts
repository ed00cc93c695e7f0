import { messageOf } from '../core/faults.ts';
import { type LeaseId, requestIdOfLease } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { laterEndOf } from '../requests/later-end.ts';
import { revokeLease } from '../requests/revoke-lease.ts';
import { type Busy, workThrough } from './work-through.ts';

/** One attempt to revoke a lease; `why` says why it failed, and is undefined after a success. */
export type Attempt = Readonly<{ lease: LeaseId; why: string | undefined }>;

/** What one pass tried, and why it could not look for more. */
export type Attempts = Readonly<{ attempts: readonly Attempt[]; problems: readonly string[] }>;

/** Tries each due lease once. */
export async function revokeDueLeases(deps: Deps): Promise<Attempts> {
  const attempts: Attempt[] = [];
  const problems: string[] = [];
  await workThrough(
    deps.providers,
    async (busy: Busy<LeaseId>, most) => {
      const leases = await deps.ledger.takeDueLeases(most, { leases: busy.ids, providers: busy.providers });
      return leases.map(({ id, target }) => ({ id, provider: target.provider }));
    },
    async ({ id }) => {
      const attempt = await revokeDue(deps, id);
      if (attempt) attempts.push(attempt);
    },
  ).catch((error: unknown) => void problems.push(messageOf(error)));
  return { attempts, problems };
}

/**
 * Tries one lease. It counts as revoked only when its row has the receipt. Undefined while a restored ledger waits for the later end that
 * the manifest has.
 */
async function revokeDue(deps: Deps, lease: LeaseId): Promise<Attempt | undefined> {
  const signal = AbortSignal.timeout(WAITS.attempt.ms);
  try {
    const { kind } = await revokeLease(deps, { lease, via: 'sweeper', signal });
    if (kind === 'granting' || kind === 'active') {
      const laterEnd = await laterEndOf(deps, { request: requestIdOfLease(lease), via: 'sweeper' });
      return laterEnd === undefined ? { lease, why: 'its end is not reached yet' } : undefined;
    }
    const isRevoked = (await deps.ledger.readLease(lease))?.state === 'revoked';
    return { lease, why: isRevoked ? undefined : `its request is ${kind}, and it has no receipt` };
  } catch (error) {
    return { lease, why: messageOf(error) };
  }
}
