import { createHash } from 'node:crypto';

// RFC 6962, section 2.1, as it is written there: slow, and easy to check by eye.

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);

/** The largest power of two that is smaller than a size. */
const split = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** The root hash of these leaf hashes. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** The consistency proof from the first `size` leaves to all of them. */
export const consistencyProof = (size: number, leaves: readonly Buffer[]): readonly Buffer[] =>
  size === 0 || size === leaves.length ? [] : subproof(size, leaves, true);

function subproof(m: number, leaves: readonly Buffer[], isWhole: boolean): readonly Buffer[] {
  if (m === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), rootOf(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
}

type Tree = Readonly<{ size: number; root: Buffer }>;

/** Whether a proof shows that the smaller tree is the beginning of the larger one (RFC 9162, section 2.1.4.2). */
export function isConsistent(older: Tree, newer: Tree, proof: readonly Buffer[]): boolean {
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(older.size)) ? [older.root, ...proof] : [...proof];
  let [first, second] = [older.size - 1, newer.size - 1];
  while (first % 2 === 1) [first, second] = [Math.floor(first / 2), Math.floor(second / 2)];
  const start = path.shift();
  if (!start) return false;
  let [olderRoot, newerRoot] = [start, start];
  for (const hash of path) {
    if (second === 0) return false;
    if (first % 2 === 1 || first === second) {
      [olderRoot, newerRoot] = [node(hash, olderRoot), node(hash, newerRoot)];
      while (first % 2 === 0 && first !== 0)
        [first, second] = [Math.floor(first / 2), Math.floor(second / 2)];
    } else newerRoot = node(newerRoot, hash);
    [first, second] = [Math.floor(first / 2), Math.floor(second / 2)];
  }
  return second === 0 && olderRoot.equals(older.root) && newerRoot.equals(newer.root);
}
