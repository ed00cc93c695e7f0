import { EMPTY_ROOT, nodeHash } from '../../../audit/tree/hash.ts';

/** The root over hashes of entries, exactly as RFC 6962, section 2.1, defines it. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0]!;
  let left = 1;
  while (2 * left < hashes.length) left *= 2;
  return nodeHash(rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left)));
}

type Sizes = Readonly<{ older: number; newer: number; olderRoot: Buffer }>;

/** The two roots that a consistency proof leads to, by the algorithm of RFC 9162, section 2.1.4.2. Undefined when it does not fit the sizes. */
export function consistentRoots(
  { older, newer, olderRoot }: Sizes,
  proof: readonly Buffer[],
): Readonly<{ older: Buffer; newer: Buffer }> | undefined {
  if (older === newer) return proof.length === 0 ? { older: olderRoot, newer: olderRoot } : undefined;
  const isPowerOfTwo = Number.isInteger(Math.log2(older));
  const path = isPowerOfTwo ? [olderRoot, ...proof] : [...proof];
  let [fn, sn] = [older - 1, newer - 1];
  const shift = () => ((fn = Math.floor(fn / 2)), (sn = Math.floor(sn / 2)));
  while (fn % 2 === 1) shift();
  const first = path.shift();
  if (!first) return undefined;
  let [fr, sr] = [first, first];
  for (const hash of path) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(hash, fr);
      sr = nodeHash(hash, sr);
      while (fn % 2 === 0 && fn !== 0) shift();
    } else sr = nodeHash(sr, hash);
    shift();
  }
  return sn === 0 ? { older: fr, newer: sr } : undefined;
}
