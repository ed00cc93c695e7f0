/** The highest of some levels. `ladder` lists the levels of a target, lowest first. */
export function highestLevel(ladder: readonly string[], levels: readonly string[]): string {
  const positions = levels.map((level) => {
    const position = ladder.indexOf(level);
    if (position === -1) throw new Error(`"${level}" is not one of ${ladder.join(', ')}`);
    return position;
  });
  return ladder[Math.max(0, ...positions)] ?? 'none';
}

/**
 * The level that an account must have: the highest of what it had before Curfew and of its live leases. So a lower
 * lease never lowers a higher one, the access stays until the last lease ends, and Curfew never revokes what the
 * account had before (I5, I6).
 */
export const desiredLevel = (ladder: readonly string[], prior: string, live: readonly string[]): string =>
  highestLevel(ladder, [prior, ...live]);
