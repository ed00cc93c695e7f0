import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rootFromPath } from '../../../audit/tree/check.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '../../../audit/tree/hash.ts';
import { consistencyPath, inclusionPath, type ReadTile, rootAt } from '../../../audit/tree/proofs.ts';
import { appendHashes, openTiles, type Tile } from '../../../audit/tree/tiles.ts';
import { holdsAsync } from '../../laws.fixture.ts';
import { isConsistent, rootOf } from '../tiny-tree.fixture.ts';

const leaves = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));

/** A tree that grew by appends of these sizes, as the ledger stores it. */
function grown(appends: readonly number[]): Readonly<{ hashes: Buffer[]; read: ReadTile }> {
  const tiles = new Map<string, Tile>();
  const hashes = leaves(appends.reduce((sum, each) => sum + each, 0));
  let size = 0;
  for (const count of appends) {
    const open = openTiles(size).map(({ level, n }) => tiles.get(`${level}/${n}`)!);
    for (const tile of appendHashes(size, open, hashes.slice(size, size + count)))
      tiles.set(`${tile.level}/${tile.n}`, tile);
    size += count;
  }
  return { hashes, read: ({ level, n }) => Promise.resolve(tiles.get(`${level}/${n}`)!.hashes) };
}

test('the root of a tree without entries is the hash of nothing (RFC 6962)', () => {
  expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('a leaf and a node of the same bytes have different hashes', () => {
  const [left, right] = leaves(2);
  expect(nodeHash(left!, right!)).not.toEqual(leafHash(Buffer.concat([left!, right!])));
});

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 600 })), {
  minLength: 1,
  maxLength: 5,
});

holdsAsync(
  'however a tree grew, its root at every size is the one that RFC 6962 defines',
  fc.tuple(sizes, fc.double({ min: 0, max: 1, noNaN: true })),
  async ([appends, part]) => {
    const { hashes, read } = grown(appends);
    const size = Math.floor(part * hashes.length);
    expect(await rootAt(size, read)).toEqual(rootOf(hashes.slice(0, size)));
    expect(await rootAt(hashes.length, read)).toEqual(rootOf(hashes));
  },
);

holdsAsync(
  'an audit path leads from its entry to the root, and from no other entry, index or size',
  fc.tuple(sizes, fc.double({ min: 0, max: 0.999, noNaN: true })),
  async ([appends, part]) => {
    const { hashes, read } = grown(appends);
    const size = hashes.length;
    const index = Math.floor(part * size);
    const path = await inclusionPath(index, size, read);
    const root = rootOf(hashes);
    expect(rootFromPath(hashes[index]!, { index, size }, path)).toEqual(root);
    expect(rootFromPath(leafHash(Buffer.from('other')), { index, size }, path)).not.toEqual(root);
    if (size > 1)
      expect(rootFromPath(hashes[index]!, { index: (index + 1) % size, size }, path)).not.toEqual(root);
    expect(rootFromPath(hashes[index]!, { index, size }, [...path, root])).toBeUndefined();
  },
);

holdsAsync(
  'a consistency proof leads to both roots',
  fc.tuple(sizes, fc.double({ min: 0, max: 1, noNaN: true })),
  async ([appends, part]) => {
    const { hashes, read } = grown(appends);
    const newer = hashes.length;
    const older = Math.max(1, Math.floor(part * newer));
    const proof = await consistencyPath(older, newer, read);
    const [olderTree, newerTree] = [older, newer].map((size) => ({
      size,
      root: rootOf(hashes.slice(0, size)),
    }));
    expect(isConsistent(olderTree!, newerTree!, proof)).toBe(true);
    const other = { size: older, root: leafHash(Buffer.from('other')) };
    expect(isConsistent(other, newerTree!, proof)).toBe(false);
  },
);
