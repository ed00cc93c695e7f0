import { nodeHash, splitOf } from './hash.ts';

/** An entry's place in a tree of `size` entries. */
export type Place = Readonly<{ index: number; size: number }>;

/** The root that an audit path leads to from the hash of an entry (RFC 6962, section 2.1.1). Undefined when the path does not fit the place. */
export function rootFromPath(
  leaf: Buffer,
  { index, size }: Place,
  path: readonly Buffer[],
): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const top = path.at(-1);
  if (!top) return undefined;
  const middle = splitOf(size);
  const inner = path.slice(0, -1);
  if (index < middle) {
    const left = rootFromPath(leaf, { index, size: middle }, inner);
    return left && nodeHash(left, top);
  }
  const right = rootFromPath(leaf, { index: index - middle, size: size - middle }, inner);
  return right && nodeHash(top, right);
}
