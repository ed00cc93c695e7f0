import type { Db } from '../pool.ts';

/** Names a tile of the tree: its level, 0 for the entries, and its number in the level. */
export type TilePlace = Readonly<{ level: number; n: number }>;

/** A tile and its hashes, 32 bytes each, one after the other. */
export type LogTile = TilePlace & Readonly<{ hashes: Buffer }>;

export async function readTiles(db: Db, places: readonly TilePlace[]): Promise<readonly LogTile[]> {
  if (places.length === 0) return [];
  const { rows } = await db.query<LogTile>(
    `select level, n, hashes from log_tile join unnest($1::integer[], $2::bigint[]) as place (level, n) using (level, n)`,
    [places.map(({ level }) => level), places.map(({ n }) => n)],
  );
  return rows;
}

/** The hashes of a tile. Throws when there is no such tile. */
export async function readLogTile(db: Db, place: TilePlace): Promise<Buffer> {
  const [tile] = await readTiles(db, [place]);
  if (!tile) throw new Error(`the log has no tile ${place.level}/${place.n}`);
  return tile.hashes;
}

export async function writeTiles(db: Db, tiles: readonly LogTile[]): Promise<void> {
  for (const { level, n, hashes } of tiles)
    await db.query(
      `insert into log_tile (level, n, hashes) values ($1, $2, $3)
       on conflict (level, n) do update set hashes = excluded.hashes`,
      [level, n, hashes],
    );
}
