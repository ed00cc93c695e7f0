/** How much may be revoked at one target within an hour before a person is asked. */
export type RemovalCap = Readonly<{
  /** Accesses, whatever the target's size. */
  most: number;
  /** Per cent of the accounts that have an entry of their own at the target. */
  percent: number;
}>;

/** A mistake about the scope of a target must not empty it (B18). */
export const USUAL_CAP: RemovalCap = { most: 10, percent: 20 };

/** The number of accesses at a target of this size that may be revoked within an hour: the smaller of the two limits, and at least one. */
export const removalsAllowed = ({ most, percent }: RemovalCap, members: number): number =>
  Math.max(1, Math.min(most, Math.floor((members * percent) / 100)));
