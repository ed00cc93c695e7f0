import type { Frontier } from './frontier.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, splitOf } from './hash.ts';
import { rootOfFull, hashesIn, TILE_HEIGHT, TILE_WIDTH, type TilePlace } from './tiles.ts';

/** Reads the hashes of a tile. It may have more of them than the tree that is asked about, because a tile only grows. */
export type ReadTile = (place: TilePlace) => Promise<Buffer>;

/** A tile has fewer hashes than the tree needs. */
export class TileTooShort extends Error {
  override readonly name = 'TileTooShort';
}

/** The root of the first `size` entries. */
export const rootAt = async (size: number, read: ReadTile): Promise<Buffer> =>
  size === 0 ? EMPTY_ROOT : hashOf(0, size, read);

/** The roots of the full subtrees of the first `size` entries, from left to right. */
export async function frontierAt(size: number, read: ReadTile): Promise<Frontier> {
  const roots: Buffer[] = [];
  for (let from = 0; from < size;) {
    const height = Math.floor(Math.log2(size - from));
    roots.push(await subtreeHash(height, from / 2 ** height, read));
    from += 2 ** height;
  }
  return roots;
}

/** The audit path of an entry in the tree of the first `size` entries (RFC 6962, section 2.1.1), from the entry upwards. */
export const inclusionPath = (index: number, size: number, read: ReadTile): Promise<readonly Buffer[]> =>
  pathWithin(index, { from: 0, to: size }, read);

type Range = Readonly<{ from: number; to: number }>;

async function pathWithin(index: number, { from, to }: Range, read: ReadTile): Promise<readonly Buffer[]> {
  if (to - from <= 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...(await pathWithin(index, { from, to: middle }, read)), await hashOf(middle, to, read)]
    : [...(await pathWithin(index, { from: middle, to }, read)), await hashOf(from, middle, read)];
}

/** The proof that the tree of `older` entries is the beginning of that of `newer` (RFC 6962, section 2.1.2). 0 < older <= newer. */
export const consistencyPath = (older: number, newer: number, read: ReadTile): Promise<readonly Buffer[]> =>
  older === newer
    ? Promise.resolve([])
    : consistencyWithin(older, { from: 0, to: newer }, { read, isWhole: true });

async function consistencyWithin(
  older: number,
  { from, to }: Range,
  { read, isWhole }: Readonly<{ read: ReadTile; isWhole: boolean }>,
): Promise<readonly Buffer[]> {
  if (older === to) return isWhole ? [] : [await hashOf(from, to, read)];
  const middle = from + splitOf(to - from);
  return older <= middle
    ? [
        ...(await consistencyWithin(older, { from, to: middle }, { read, isWhole })),
        await hashOf(middle, to, read),
      ]
    : [
        ...(await consistencyWithin(older, { from: middle, to }, { read, isWhole: false })),
        await hashOf(from, middle, read),
      ];
}

/** The hash of a part of the tree. A part begins where RFC 6962 divides the tree, so it consists of whole subtrees. */
async function hashOf(from: number, to: number, read: ReadTile): Promise<Buffer> {
  const count = to - from;
  if (Number.isInteger(Math.log2(count))) return subtreeHash(Math.log2(count), from / count, read);
  const middle = from + splitOf(count);
  return nodeHash(await hashOf(from, middle, read), await hashOf(middle, to, read));
}

/** The root of the full subtree with 2^`height` entries that is number `index` of its height. */
async function subtreeHash(height: number, index: number, read: ReadTile): Promise<Buffer> {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const first = index * count;
  const tile = await read({ level, n: Math.floor(first / TILE_WIDTH) });
  const start = (first % TILE_WIDTH) * HASH_BYTES;
  const hashes = hashesIn(tile.subarray(start, start + count * HASH_BYTES));
  if (hashes.length !== count)
    throw new TileTooShort(`the tile ${level}/${Math.floor(first / TILE_WIDTH)} is too short`);
  return rootOfFull(hashes);
}
