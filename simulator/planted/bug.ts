import type { Edit } from '../bundle.ts';

/**
 * A mistake that is put into the real source, to see that the simulator notices it. `ids` are those of peer-bugs (B..), of faults
 * (F..), or of invariants (I..). `seed` is one that notices it; without one, none
 * is known yet.
 */
export type PlantedBug = Readonly<{
  name: string;
  ids: string;
  what: string;
  edits: readonly Edit[];
  seed?: number;
  /** How often the seed is tried, where the real Postgres decides which of two processes is first, and so whether it notices the bug. */
  tries?: number;
}>;
