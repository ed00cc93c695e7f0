import type { LeaseId } from '../core/ids.ts';

/** The access of one lease, or of several that share it. `what` names the object or the target, and the account. */
export type Ending = Readonly<{ provider: string; leases: readonly LeaseId[]; what: string }>;

/**
 * What became of one access. `ended`: the vendor shows that it is gone; `untidied` says what a revocation of Curfew has to clean up.
 * `left`: it may still be there. `would-end`: what a pass without --dry-run would end.
 */
export type Outcome = Ending &
  Readonly<
    { kind: 'ended'; seen: string; untidied?: string } | { kind: 'would-end' } | { kind: 'left'; why: string }
  >;

/** What one pass did. `unread` names everything that could not be read, so that something may have been missed. */
export type Report = Readonly<{
  outcomes: readonly Outcome[];
  unread: readonly string[];
  /** Clocks that differ. They delay nothing. */
  warnings: readonly string[];
}>;

/** Whether nothing is left that the pass should have ended, as far as it could read. */
export const isComplete = ({ outcomes, unread }: Report): boolean =>
  unread.length === 0 && outcomes.every(({ kind }) => kind !== 'left');
