import { type Drift, driftBetween, highestLevel, levelLeft } from '../holding.ts';

/** What a lease must give: the level that was approved, and the one that was left of it after a change by hand. */
export type LeaseLevel = Readonly<{ level: string; cap?: string }>;

/** What the ledger says that an account must have. `leases` are all live leases of the access, the compared one included. */
export type ExpectedAccess = Readonly<{ prior: string; leases: readonly LeaseLevel[] }>;

/**
 * How the access of one lease compares with what its provider shows. `held`: the account has what the lease gives, and nobody gave
 * it more. `less`: it has less than this lease gives. `more`: it has more than the prior state and all live leases give together.
 */
export type Comparison = Readonly<{ kind: 'held' } | { kind: 'less' | 'more'; drift: Drift }>;

/**
 * Compares the access of one lease with the level that its provider shows. A level that is not in the ladder counts as more. Without
 * `own` the lease is over: then only `held` and `more` are possible.
 */
export function compareAccess(
  ladder: readonly string[],
  { prior, leases, own, found }: ExpectedAccess & Readonly<{ own?: LeaseLevel; found: string }>,
): Comparison {
  const expected = highestLevel(ladder, [prior, ...leases.map((lease) => levelLeft(ladder, lease))]);
  const drift = driftBetween(ladder, { expected, found });
  if (!drift) return { kind: 'held' };
  if (drift.change === 'raised') return { kind: 'more', drift };
  const wanted = own === undefined ? undefined : levelLeft(ladder, own);
  return wanted !== undefined && ladder.indexOf(found) < ladder.indexOf(wanted)
    ? { kind: 'less', drift }
    : { kind: 'held' };
}
