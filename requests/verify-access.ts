import { limitedSignal } from '../core/limited-signal.ts';
import { Fault } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Lease } from '../ledger/index.ts';
import { withLocksOfLeases } from './access-lock.ts';
import { type ApprovedAccess, approvedAccess, approvedIntent, assertIsApproved } from './approved-access.ts';
import type { Deps } from './deps.ts';
import {
  grantedIntent,
  type LeaseAtProvider,
  leaseAtProvider,
  ownLevel,
  type UnderLock,
} from './lease-at-provider.ts';
import { prepareManifest } from './manifest.ts';
import { lowerPriorState } from './prior-state.ts';
import { recordRepair, revokeAgain } from './repair.ts';

/**
 * Makes the provider show what the ledger says of one access, after something gave reason to doubt it: a call ended
 * without an answer, a lock was lost, or access was revoked without the ledger. Access that came too late is revoked.
 * Every lease that must have access, and lost it, is granted again. `key` is the key of the access's lock.
 */
export async function verifyAccess(deps: Deps, key: string, signal: AbortSignal): Promise<void> {
  const { ledger } = deps;
  const leases = await ledger.leasesToVerify(key);
  await withLocksOfLeases(ledger, { key, leases }, async (lock) => {
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    const { leases: readable, errors } = readAll(deps, await ledger.leasesToVerify(key));
    const revoked = readable.filter(({ lease }) => lease.state === 'revoked');
    const granted = readable.filter(({ lease }) => lease.state !== 'revoked');
    await everyOne(errors, [
      ...newestOf(bySharedAccess(revoked)).map((newest) => () => revokeAgain(deps, newest, under)),
      ...bySharedAccess(granted).map((sharing) => () => grantAgain(deps, sharing, under)),
      ...granted.map((each) => () => restoreEnd(deps, each, under)),
    ]);
  });
}

type Read = Readonly<{ leases: readonly LeaseAtProvider[]; errors: readonly unknown[] }>;

/** The leases that this process can read, and why it cannot read the others: their provider is not configured, for example. */
function readAll(deps: Deps, all: readonly Lease[]): Read {
  const leases: LeaseAtProvider[] = [];
  const errors: unknown[] = [];
  for (const lease of all)
    try {
      leases.push(leaseAtProvider(deps, lease));
    } catch (error) {
      errors.push(error);
    }
  return { leases, errors };
}

const newestOf = <T>(groups: readonly (readonly T[])[]): readonly T[] =>
  groups.flatMap(([newest]) => newest ?? []);

/** Does one thing after the other, also when one fails. Then throws the first error, or the first of those `before`. */
async function everyOne(before: readonly unknown[], all: readonly (() => Promise<void>)[]): Promise<void> {
  const errors = [...before];
  for (const work of all) await work().catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** The leases that share what one account has at one target, newest first. An object of its own is shared with none. */
function bySharedAccess(leases: readonly LeaseAtProvider[]): readonly (readonly LeaseAtProvider[])[] {
  const groups = new Map<string, LeaseAtProvider[]>();
  for (const each of leases) {
    const { lease, provider, target } = each;
    const access = `${lease.holding?.subject.id} ${provider.targetKey(target)}`;
    const group = provider.ownObject(target) ? lease.id : access;
    groups.set(group, [each, ...(groups.get(group) ?? [])]);
  }
  return [...groups.values()];
}

/** Grants again what the leases had, and records it for each that had lost something. No call goes on after the last end. */
async function grantAgain(deps: Deps, granted: readonly LeaseAtProvider[], under: UnderLock): Promise<void> {
  if (granted[0]?.provider.ownObject(granted[0].target)) return; // No other lease can have taken its access.
  const live = await liveOnes(deps, granted, under.signal);
  const sharing = live.map(({ current }) => current);
  const [one, ...others] = sharing;
  if (!one) return;
  const { provider, target } = one;
  const { holding } = one.lease;
  if (!holding) throw new Fault('superseded', `lease ${one.lease.id} has no intent`);
  const endsAt = Math.max(...live.map(({ approved }) => approved.endsAt)) as Instant;
  const giving = { leases: [one, ...others] as const, subject: holding.subject, target, endsAt };
  const intent = await approvedIntent(deps, giving, under.signal);
  const { subject, level } = await lowerPriorState(deps, one, under);
  const rank = (of: string): number => provider.ladder(target).indexOf(of);
  // The account of this name may be another person's now. Then it says nothing about the one that has the leases (F24).
  const shown = subject.id === intent.subject.id ? rank(level) : -1;
  if (shown >= rank(intent.level)) return;
  const leftMs = Math.max(endsAt - (await deps.ledger.now()), 0);
  const signal = limitedSignal(under.signal, Math.min(leftMs, WAITS.attempt.ms));
  for (const each of sharing) await prepareManifest(deps, each, signal);
  under.lock.markWriting();
  const receipt = await provider.ensurePresent(intent, signal);
  for (const each of sharing)
    if (shown < rank(ownLevel(each))) await recordRepair(deps, each, { ...under, receipt });
}

type Live = Readonly<{ current: LeaseAtProvider; approved: ApprovedAccess }>;

/** The leases whose request was not ended meanwhile, with what was approved for each. Throws unless their rows say the same. */
async function liveOnes(
  deps: Deps,
  leases: readonly LeaseAtProvider[],
  signal: AbortSignal,
): Promise<readonly Live[]> {
  const all = await Promise.all(
    leases.map(async (current) => {
      const approved = await approvedAccess(deps, current.lease, signal);
      if (!approved) return [];
      assertIsApproved(current, approved);
      return [{ current, approved }];
    }),
  );
  return all.flat();
}

/**
 * Sets the end at the provider back to the one of the ledger, after an extension failed and may have moved it there. It is
 * recorded when the provider showed another end.
 */
async function restoreEnd(deps: Deps, current: LeaseAtProvider, under: UnderLock): Promise<void> {
  const { lease, provider } = current;
  if (!provider.moveEnd || lease.laterEnd !== 'unwanted') return;
  const [live] = await liveOnes(deps, [current], under.signal);
  if (!live) return;
  under.lock.markWriting();
  const intent = { ...grantedIntent([current]), endsAt: live.approved.endsAt };
  const receipt = await provider.moveEnd(intent, under.signal);
  if (receipt.moved) await recordRepair(deps, current, { ...under, receipt });
}
