/**
 * The level that an account must have: the highest of the prior state and its live leases. `ladder` lists the levels of
 * the target, lowest first. A lower lease never lowers a higher one, so the longest of overlapping leases decides when
 * the access ends, and standing access stays (I5, I6). Throws for a level that is not in the ladder.
 */
export function desiredLevel(ladder: readonly string[], prior: string, live: readonly string[]): string {
  const positions = [prior, ...live].map((level) => {
    const position = ladder.indexOf(level);
    if (position === -1) throw new Error(`"${level}" is not one of ${ladder.join(', ')}`);
    return position;
  });
  return ladder[Math.max(0, ...positions)] ?? 'none';
}
