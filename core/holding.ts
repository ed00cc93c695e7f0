/**
 * The highest of some levels. `ladder` lists the levels of a target, lowest first. A lower lease never lowers a higher
 * one, so the longest of overlapping leases decides when the access ends, and standing access stays (I5, I6).
 */
export function highestLevel(ladder: readonly string[], levels: readonly string[]): string {
  const positions = levels.map((level) => {
    const position = ladder.indexOf(level);
    if (position === -1) throw new Error(`"${level}" is not one of ${ladder.join(', ')}`);
    return position;
  });
  return ladder[Math.max(0, ...positions)] ?? 'none';
}

/** The level that an account must have: the prior state, joined with its live leases. */
export const desiredLevel = (ladder: readonly string[], prior: string, live: readonly string[]): string =>
  highestLevel(ladder, [prior, ...live]);
