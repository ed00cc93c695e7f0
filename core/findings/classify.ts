import type { LeaseId } from '../ids.ts';
import { highestLevel, levelLeft } from '../holding.ts';
import type { LeaseLevel } from './compare.ts';

/**
 * A lease of the ledger on an access. `unsettled`: it is being granted or revoked, or that ended so lately that a read may still show
 * the state before. `live`: its access must be there. `over`: it has its receipt, and no look showed yet that nothing is left of it.
 * `gone`: a look showed that.
 */
export type KnownLease = LeaseLevel &
  Readonly<{ lease: LeaseId; standing: 'unsettled' | 'live' | 'over' | 'gone' }>;

/** What the ledger knows of what one account has at one target. */
export type KnownAccess = Readonly<{
  /** The prior state of the open holding; undefined when there is none. */
  prior?: string;
  leases: readonly KnownLease[];
  /** The prior state of the last holding, which is closed. Its end restored it. */
  restored?: string;
  /** The level that somebody adopted as standing access, or that was there at the first pass. */
  standing?: string;
}>;

/**
 * Why an account has what a provider shows. `expected`: by leases and the prior state. `standing`: it is recorded as standing
 * access. `left`: a lease gave it, which is over, so it can only be revoked (B08). `unexplained`: nobody knows. `unsettled`: nobody can
 * say it at this moment.
 */
export type Classification = Readonly<
  { kind: 'expected' | 'standing' | 'unexplained' | 'unsettled' } | { kind: 'left'; lease: LeaseId }
>;

/** Says why an account has this level of its own. A level that is not in the ladder is above every other one. */
export function classifyAccess(ladder: readonly string[], known: KnownAccess, found: string): Classification {
  const { prior, leases, restored, standing } = known;
  if (leases.some((each) => each.standing === 'unsettled')) return { kind: 'unsettled' };
  const live = leases.filter((each) => each.standing === 'live').map((each) => levelLeft(ladder, each));
  const given =
    prior === undefined && live.length === 0 ? undefined : highestLevel(ladder, [prior ?? 'none', ...live]);
  if (given !== undefined && isAtMost(ladder, found, given)) return { kind: 'expected' };
  if (standing !== undefined && isAtMost(ladder, found, standing)) return { kind: 'standing' };
  const left = leases.find(
    (each) =>
      each.standing === 'over' &&
      isAtMost(ladder, found, each.level) &&
      !isAtMost(ladder, found, restored ?? 'none'),
  );
  return left ? { kind: 'left', lease: left.lease } : { kind: 'unexplained' };
}

/** True when one level is not above another one. Only the same unknown level is at most an unknown one. */
export const isAtMost = (ladder: readonly string[], one: string, other: string): boolean =>
  one === other || (ladder.includes(one) && ladder.indexOf(one) <= ladder.indexOf(other));
