import { EMPTY_ROOT, nodeHash } from './hash.ts';

/**
 * The roots of the full subtrees of a tree, from left to right. They are all that is needed to add entries to it. There is one for each 1 in the
 * binary number of its entries.
 */
export type Frontier = readonly Buffer[];

/** A tree with one more entry. `completed`: the roots of the subtrees that this entry completes, of 1, 2, 4 and so on entries. */
export type GrowthResult = Readonly<{ frontier: Frontier; completed: readonly Buffer[] }>;

/** Adds the entry with this index and this hash. */
export function grow(frontier: Frontier, index: number, leaf: Buffer): GrowthResult {
  const completed = [leaf];
  let [rest, hash, kept] = [index, leaf, frontier.length];
  while (rest % 2 === 1) {
    const left = frontier[kept - 1];
    if (!left) throw new Error(`a tree of ${index} entries has more subtrees`);
    hash = nodeHash(left, hash);
    completed.push(hash);
    [rest, kept] = [(rest - 1) / 2, kept - 1];
  }
  return { frontier: [...frontier.slice(0, kept), hash], completed };
}

/** The root of the whole tree. */
export const rootOfFrontier = (frontier: Frontier): Buffer =>
  frontier.length === 0 ? EMPTY_ROOT : frontier.reduceRight((right, left) => nodeHash(left, right));
