import { Fault } from '../core/faults.ts';
import { highestLevel, levelLeft } from '../core/holding.ts';
import type { Intent, Receipt } from '../providers/provider.ts';
import { hasAccess, type LeaseAtProvider, type UnderLock } from './lease-at-provider.ts';

type Unchanged = Pick<Receipt, 'level' | 'found' | 'seen'>;

const unchanged = ({ subject, level }: Intent<unknown>, found: string): Unchanged => ({
  level,
  found,
  seen: `${subject.name} already has the level “${found}”, so Curfew changed nothing`,
});

const isAtLeast = (ladder: readonly string[], one: string, other: string): boolean =>
  ladder.indexOf(one) >= ladder.indexOf(other);

/**
 * What a grant of this lease shows when it changes nothing: the prior state and the other confirmed leases give the level
 * already, and the provider showed it just before the intent. Undefined when something must be written. After an earlier attempt
 * (`shown` is undefined), or while the access is in doubt, nobody knows, so it is written.
 */
export function receiptWithoutGrant(
  { lease: { holding }, provider, target }: LeaseAtProvider,
  intent: Intent<unknown>,
  { shown, lock }: Readonly<{ shown: string | undefined; lock: UnderLock['lock'] }>,
): Unchanged | undefined {
  if (!holding || shown === undefined || provider.ownObject(target) || lock.isInDoubt) return undefined;
  const ladder = provider.ladder(target);
  const others = holding.others.filter(hasAccess).map((other) => levelLeft(ladder, other));
  const given = highestLevel(ladder, [holding.prior, ...others]);
  const isGiven = isAtLeast(ladder, given, intent.level) && isAtLeast(ladder, shown, intent.level);
  return isGiven ? unchanged(intent, shown) : undefined;
}

/**
 * Reads the level at the provider before a revocation. Undefined when no other lease and no prior state gives the level of this
 * lease, and when the read failed, was refused or showed another account.
 */
export async function readLevelBefore(
  { lease: { holding, shownAt }, provider, target }: LeaseAtProvider,
  { lock, signal }: UnderLock,
): Promise<string | undefined> {
  if (!holding || shownAt === undefined || provider.ownObject(target) || lock.isInDoubt) return undefined;
  const { subject, prior, others } = holding;
  if (others.length === 0 && !isAtLeast(provider.ladder(target), prior, provider.level(target)))
    return undefined;
  const seen = await provider.observe({ account: subject.name, target }, signal).catch(noFault);
  return seen?.refusal === undefined && seen?.subject.id === subject.id ? seen.level : undefined;
}

/** A failed read is ignored here: the revocation that follows reports the reason. */
function noFault(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}

/**
 * What a revocation of this lease shows when it changes nothing: the prior state and the other leases still give at least its
 * level, and the provider shows exactly what they give. Undefined when something must be written, or when nobody knows.
 */
export function receiptWithoutRevocation(
  { provider, target }: LeaseAtProvider,
  intent: Intent<unknown>,
  shown: string | undefined,
): Unchanged | undefined {
  const isGiven = isAtLeast(provider.ladder(target), intent.level, provider.level(target));
  return isGiven && shown === intent.level ? unchanged(intent, shown) : undefined;
}
