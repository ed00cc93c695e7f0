/** The known word that is most like a mistyped one; undefined when none is similar. */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  const word = typed.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let most = Math.max(2, Math.floor(word.length / 3));
  for (const candidate of known) {
    const distance = editDistance(word, candidate.toLowerCase(), most);
    if (distance > most) continue;
    best = candidate;
    most = distance - 1;
  }
  return best;
}

/** How many letters must be added, removed or changed (Levenshtein distance). Any number above `most` when they are more. */
function editDistance(from: string, to: string, most: number): number {
  if (Math.abs(from.length - to.length) > most) return most + 1;
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1)
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1),
        ),
      );
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[to.length] ?? 0;
}
