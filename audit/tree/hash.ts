import { createHash } from 'node:crypto';

// RFC 6962, section 2.1: a leaf and a node are hashed with another first byte, so that none can be taken for the other.
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

const sha256 = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** How many bytes a hash has. */
export const HASH_BYTES = 32;

/** The hash of an entry. */
export const leafHash = (entry: Buffer): Buffer => sha256(LEAF, entry);

/** The hash of the node above two others. */
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** The root of a tree without entries. */
export const EMPTY_ROOT: Buffer = sha256();

/** The greatest power of two below `count`, which is at least 2. The left part of a tree of `count` entries has as many. */
export const splitOf = (count: number): number => 2 ** (Math.ceil(Math.log2(count)) - 1);
