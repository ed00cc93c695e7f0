/**
 * What a provider should hold: the prior state joined with the live leases. Levels are rungs of a
 * ladder, lowest first; the join of two is the higher. So the longest of overlapping leases decides
 * when access ends, a lower lease never lowers a higher one, and standing access is never taken (I5, I6).
 */
export function highestLevel(ladder: readonly string[], levels: readonly string[]): string {
  const rungs = levels.map((level) => {
    const rung = ladder.indexOf(level);
    if (rung === -1) throw new Error(`"${level}" is not one of ${ladder.join(', ')}`);
    return rung;
  });
  return ladder[Math.max(0, ...rungs)] ?? 'none';
}

/** The level that must hold, given what was there before and the leases that are live. */
export const desiredLevel = (ladder: readonly string[], prior: string, live: readonly string[]): string =>
  highestLevel(ladder, [prior, ...live]);
