import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

// An independent writer of a signed log, written from the specifications alone: RFC 6962, C2SP signed-note, tlog-checkpoint,
// tlog-cosignature and tlog-tiles. It is slow and small, and shares nothing with the verifier.

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The root of the tree over the leaves from `start`, as RFC 6962 defines it. `known` keeps the roots of complete subtrees. */
function treeRoot(
  leaves: readonly Buffer[],
  start: number,
  size: number,
  known: Map<string, Buffer>,
): Buffer {
  if (size === 0) return sha256('');
  if (size === 1) return leaves[start]!;
  const key = `${start} ${size}`;
  const before = known.get(key);
  if (before) return before;
  const left = 2 ** Math.floor(Math.log2(size - 1));
  const root = sha256(
    Buffer.of(1),
    treeRoot(leaves, start, left, known),
    treeRoot(leaves, start + left, size - left, known),
  );
  known.set(key, root);
  return root;
}

export type Tree = Readonly<{
  leaves: readonly Buffer[];
  root: (size: number, start?: number) => Buffer;
}>;

export const treeOf = (entries: readonly (string | Buffer)[]): Tree => treeOver(entries.map(leafOf));

/** The hash of an entry in the tree. */
export const leafOf = (entry: string | Buffer): Buffer => sha256(Buffer.of(0), entry);

/** The tree over hashes of entries. */
export function treeOver(leaves: readonly Buffer[]): Tree {
  const known = new Map<string, Buffer>();
  return { leaves, root: (size, start = 0) => treeRoot(leaves, start, size, known) };
}

/** The inclusion proof PATH(m, D[n]) of RFC 6962. */
export function inclusionPath(tree: Tree, index: number, size: number, start = 0): readonly Buffer[] {
  if (size <= 1) return [];
  const left = 2 ** Math.floor(Math.log2(size - 1));
  return index < left
    ? [...inclusionPath(tree, index, left, start), tree.root(size - left, start + left)]
    : [...inclusionPath(tree, index - left, size - left, start + left), tree.root(left, start)];
}

/** The consistency proof SUBPROOF(m, D[n], b) of RFC 6962. */
export function consistencyPath(
  tree: Tree,
  older: number,
  size: number,
  start = 0,
  isWhole = true,
): readonly Buffer[] {
  if (older === size) return isWhole ? [] : [tree.root(size, start)];
  const left = 2 ** Math.floor(Math.log2(size - 1));
  return older <= left
    ? [...consistencyPath(tree, older, left, start, isWhole), tree.root(size - left, start + left)]
    : [...consistencyPath(tree, older - left, size - left, start + left, false), tree.root(left, start)];
}

export type Signer = Readonly<{ name: string; id: Buffer; vkey: string; type: number; key: KeyObject }>;

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that is made from a seed of 32 bytes. The type is 1 for a log and 4 for a witness. */
export function signerOf(name: string, seed: string, type = 1): Signer {
  const secret = sha256(seed);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const data = Buffer.concat([Buffer.of(type), raw]);
  const id = sha256(`${name}\n`, data).subarray(0, 4);
  return { name, id, vkey: `${name}+${id.toString('hex')}+${data.toString('base64')}`, type, key };
}

const signatureLine = (name: string, ...parts: readonly Uint8Array[]): string =>
  `— ${name} ${Buffer.concat(parts).toString('base64')}\n`;

/** A checkpoint with the signatures of these keys. `time` is in seconds, of the witnesses. */
export function checkpointNote(
  origin: string,
  size: number,
  root: Uint8Array,
  signers: readonly Signer[],
  time = 1_800_000_000,
): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const lines = signers.map(({ name, id, type, key }) => {
    if (type === 1) return signatureLine(name, id, sign(null, Buffer.from(text), key));
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(time));
    const signed = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
    return signatureLine(name, id, stamp, sign(null, signed, key));
  });
  return `${text}\n${lines.join('')}`;
}

const tileNumber = (index: number): string => {
  const groups = String(index)
    .padStart(Math.ceil(String(index).length / 3) * 3, '0')
    .match(/.{3}/g)!;
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
};

/** The tiles of a log of this size, as files of a folder. */
export function tilesOf(tree: Tree, entries: readonly Buffer[], size: number): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let level = 0; 256 ** level <= size; level += 1) {
    const hashes = Math.floor(size / 256 ** level);
    for (let index = 0; index * 256 < hashes; index += 1) {
      const width = Math.min(256, hashes - index * 256);
      const part = width === 256 ? '' : `.p/${width}`;
      const at = Array.from({ length: width }, (_, each) => index * 256 + each);
      const roots = at.map((each) => tree.root(256 ** level, each * 256 ** level));
      files.set(`tile/${level}/${tileNumber(index)}${part}`, Buffer.concat(roots));
      if (level === 0)
        files.set(`tile/entries/${tileNumber(index)}${part}`, entryBundle(at.map((each) => entries[each]!)));
    }
  }
  return files;
}

export const entryBundle = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
