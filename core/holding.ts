/** `ladder` lists the levels of a target, lowest first. Throws for a level that is not in it. */
function positionIn(ladder: readonly string[], level: string): number {
  const position = ladder.indexOf(level);
  if (position === -1) throw new Error(`"${level}" is not one of ${ladder.join(', ')}`);
  return position;
}

/** The highest of these levels; the lowest of the ladder when there are none. */
export function highestLevel(ladder: readonly string[], levels: readonly string[]): string {
  const positions = levels.map((level) => positionIn(ladder, level));
  return ladder[Math.max(0, ...positions)] ?? 'none';
}

/**
 * What the ledger expected an account to have, and what the provider showed, although Curfew changed nothing meanwhile: a
 * person did. A level that is not in the ladder, such as a custom role, counts as more.
 */
export type Drift = Readonly<{ change: 'raised' | 'lowered'; expected: string; found: string }>;

/** The drift between two levels; undefined when they are the same. */
export function driftBetween(
  ladder: readonly string[],
  { expected, found }: Readonly<{ expected: string; found: string }>,
): Drift | undefined {
  if (found === expected) return undefined;
  const isLower = ladder.includes(found) && positionIn(ladder, found) < positionIn(ladder, expected);
  return { change: isLower ? 'lowered' : 'raised', expected, found };
}

/** The level of a lease that is left after somebody changed its access to `cap` by hand: the lower of the two. */
export function levelLeft(
  ladder: readonly string[],
  { level, cap }: Readonly<{ level: string; cap?: string }>,
): string {
  if (cap === undefined || !ladder.includes(cap)) return level;
  return positionIn(ladder, cap) < positionIn(ladder, level) ? cap : level;
}

/**
 * The prior state of a holding after another look at the provider. It is never raised, because what shows may come from a
 * lease. When less shows, somebody lowered it, and Curfew does not grant it again. If a lease gives just what shows, it may
 * be the lease's, so nothing is left as prior state. `given` are the levels of the holding's leases (I5).
 */
export function priorAfter(
  ladder: readonly string[],
  { prior, shown, given }: Readonly<{ prior: string; shown: string; given: readonly string[] }>,
): string {
  if (positionIn(ladder, shown) >= positionIn(ladder, prior)) return prior;
  return given.includes(shown) ? highestLevel(ladder, []) : shown;
}
