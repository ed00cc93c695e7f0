import { HASH_BYTES, nodeHash } from './hash.ts';

/** A full tile has so many hashes (C2SP tlog-tiles). Each hash of a tile is the root of a full tile of the level below. */
export const TILE_WIDTH = 256;
/** It has the hashes of so many levels of the tree. */
export const TILE_HEIGHT = 8;

/** Names a tile: its level, 0 for the entries, and its number in the level. */
export type TilePlace = Readonly<{ level: number; n: number }>;

/** A tile and its hashes, one after the other. */
export type Tile = TilePlace & Readonly<{ hashes: Buffer }>;

/** How many hashes a level has in a tree of `size` entries. */
export const widthOf = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The last tiles of a tree of `size` entries that are not full, with how many hashes each has. They are what an append changes. */
export function openTiles(size: number): readonly (TilePlace & Readonly<{ width: number }>)[] {
  const open: (TilePlace & { width: number })[] = [];
  for (let level = 0, width = size; width > 0; level += 1, width = widthOf(level, size))
    if (width % TILE_WIDTH > 0)
      open.push({ level, n: Math.floor(width / TILE_WIDTH), width: width % TILE_WIDTH });
  return open;
}

/** Adds hashes of entries to a tree of `size` entries whose open tiles are `open`. Returns the tiles that are new or longer. */
export function appendHashes(size: number, open: readonly Tile[], added: readonly Buffer[]): readonly Tile[] {
  const changed = new Map<string, TilePlace & { parts: Buffer[] }>();
  const add = (level: number, index: number, hash: Buffer): void => {
    const n = Math.floor(index / TILE_WIDTH);
    const key = `${level}/${n}`;
    const known = open.find((tile) => tile.level === level && tile.n === n);
    const tile = changed.get(key) ?? { level, n, parts: hashesIn(known?.hashes ?? Buffer.alloc(0)) };
    if (tile.parts.length !== index % TILE_WIDTH) throw new Error(`the tile ${key} is not the last one`);
    tile.parts.push(hash);
    changed.set(key, tile);
    if (tile.parts.length === TILE_WIDTH) add(level + 1, n, rootOfFull(tile.parts));
  };
  for (const [index, hash] of added.entries()) add(0, size + index, hash);
  return [...changed.values()].map(({ level, n, parts }) => ({ level, n, hashes: Buffer.concat(parts) }));
}

/** The hashes in a tile. */
export const hashesIn = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );

/** The root over hashes whose number is a power of two. */
export function rootOfFull(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (first && hashes.length === 1) return first;
  const half = hashes.length / 2;
  if (!Number.isInteger(Math.log2(hashes.length))) throw new Error(`${hashes.length} hashes fill no subtree`);
  return nodeHash(rootOfFull(hashes.slice(0, half)), rootOfFull(hashes.slice(half)));
}
