import { type Db, toInstant } from '../pool.ts';
import type { Instant } from '../../core/ids.ts';

/** A checkpoint that was published: a signed note over the first `size` entries. */
export type PublishedCheckpoint = Readonly<{ size: number; note: string; publishedAt: Instant }>;

/** How far the log is: its entries, the highest number of a row that was seen, and how many entries the newest published checkpoint covers. */
export type LogProgress = Readonly<{ name: string | null; size: number; seenTo: number; published: number }>;

/**
 * How far a place is. `problem`: why the last attempt to publish there failed. `loss`: what it lost, when it last showed less than was published
 * there.
 */
export type LogPlace = Readonly<{
  name: string;
  /** Null for one of which only an older version wrote. */
  kind: string | null;
  size: number;
  publishedAt: Instant | null;
  problem: string | null;
  loss: string | null;
  lostAt: Instant | null;
}>;

export async function logProgress(db: Db): Promise<LogProgress> {
  const { rows } = await db.query<LogProgress>(
    `select name, size, seen_to as "seenTo", coalesce((select max(size) from log_checkpoint), 0) as published from log_state`,
  );
  return rows[0] ?? { name: null, size: 0, seenTo: 0, published: 0 };
}

/** The lines with which witnesses cosigned the published checkpoint of a size. */
export async function cosignaturesAt(db: Db, size: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(
    'select line from log_cosignature where size = $1 order by line',
    [size],
  );
  return rows.map(({ line }) => line);
}

/** The newest checkpoint; undefined before the first one was published. */
export const newestCheckpoint = (db: Db): Promise<PublishedCheckpoint | undefined> =>
  oneCheckpoint(db, 'order by size desc limit 1');

/** The checkpoint of this size, when one was published. */
export const checkpointAt = (db: Db, size: number): Promise<PublishedCheckpoint | undefined> =>
  oneCheckpoint(db, 'where size = $1', [size]);

/** The first checkpoint of at least this size, when one was published. */
export const checkpointFrom = (db: Db, size: number): Promise<PublishedCheckpoint | undefined> =>
  oneCheckpoint(db, 'where size >= $1 order by size limit 1', [size]);

async function oneCheckpoint(
  db: Db,
  which: string,
  values: readonly unknown[] = [],
): Promise<PublishedCheckpoint | undefined> {
  const { rows } = await db.query<Omit<PublishedCheckpoint, 'publishedAt'> & { publishedAt: Date }>(
    `select size, note, published_at as "publishedAt" from log_checkpoint ${which}`,
    [...values],
  );
  const [row] = rows;
  return row && { ...row, publishedAt: toInstant(row.publishedAt) };
}

/** Stores a checkpoint that was published. The same one again changes nothing. */
export async function storeCheckpoint(
  db: Db,
  { size, note }: Omit<PublishedCheckpoint, 'publishedAt'>,
): Promise<void> {
  await db.query('insert into log_checkpoint (size, note) values ($1, $2) on conflict do nothing', [
    size,
    note,
  ]);
}

export async function logPlaces(db: Db): Promise<readonly LogPlace[]> {
  type Row = Omit<LogPlace, 'publishedAt' | 'lostAt'> & { publishedAt: Date | null; lostAt: Date | null };
  const { rows } = await db.query<Row>(
    'select name, kind, size, published_at as "publishedAt", problem, loss, lost_at as "lostAt" from log_place order by name',
  );
  return rows.map(({ publishedAt, lostAt, ...row }) => ({
    ...row,
    publishedAt: publishedAt && toInstant(publishedAt),
    lostAt: lostAt && toInstant(lostAt),
  }));
}

/** A place by its name, and what it is: a folder, a bucket, a git repository, a Slack channel or a witness. */
type NamedPlace = Readonly<{ place: string; kind: string }>;

/** The key that a signature line names: its name, and its id in the first four bytes of the base64. */
const keyOf = (line: string): string =>
  `split_part(${line}, ' ', 2), substring(decode(split_part(${line}, ' ', 3), 'base64') for 4)`;

/**
 * Records that a checkpoint is at a place, with what witnesses signed. The first cosignature of a key stays and no other is stored, because a
 * witness can cosign a checkpoint as often as it likes.
 */
export async function recordPublished(
  db: Db,
  {
    place,
    kind,
    size,
    cosignatures,
  }: NamedPlace & Readonly<{ size: number; cosignatures: readonly string[] }>,
): Promise<void> {
  await db.query(
    `insert into log_place (name, kind, size, published_at, tried_at) values ($1, $3, $2, ledger_now(), ledger_now())
     on conflict (name) do update set kind = excluded.kind, size = greatest(log_place.size, excluded.size), published_at = excluded.published_at,
       tried_at = excluded.tried_at, problem = null`,
    [place, size, kind],
  );
  for (const line of cosignatures)
    await db.query(
      `insert into log_cosignature (size, place, line) select $1, $2, $3::text
        where not exists (select from log_cosignature where size = $1 and (${keyOf('line')}) = (${keyOf('$3::text')}))`,
      [size, place, line],
    );
}

/** Records why a checkpoint could not be published at a place. */
export async function recordPublishFailure(
  db: Db,
  { place, kind }: NamedPlace,
  problem: string,
): Promise<void> {
  await db.query(
    `insert into log_place (name, kind, tried_at, problem) values ($1, $3, ledger_now(), $2)
     on conflict (name) do update set kind = excluded.kind, tried_at = excluded.tried_at, problem = excluded.problem`,
    [place, problem, kind],
  );
}

/** Forgets why publishing failed at places that are no longer in the settings. */
export async function forgetProblemsExcept(db: Db, places: readonly string[]): Promise<void> {
  await db.query('update log_place set problem = null where problem is not null and name <> all ($1)', [
    places,
  ]);
}

/** Records that a place showed less than was published there. */
export async function recordPlaceLost(db: Db, place: string, loss: string): Promise<void> {
  await db.query('update log_place set loss = $2, lost_at = ledger_now() where name = $1', [place, loss]);
}

/** Begins a quarantine, because a place has more of the log than this ledger. Calling it again changes nothing. */
export async function quarantineForLog(db: Db, reason: string): Promise<void> {
  await db.query(
    `insert into quarantine (reason, ledger_serial, manifest_serial) select left($1, 10000), serial, serial from manifest_serial
     on conflict ((true)) where ended_at is null do nothing`,
    [reason],
  );
}

/** When the oldest row was recorded that no published checkpoint covers; undefined when all are. */
export async function oldestUnpublished(db: Db): Promise<Instant | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    `select least(
       (select r.at from log_entry x join log_row r using (log_id)
         where x.index = coalesce((select max(size) from log_checkpoint), 0)),
       (select at from log_row where log_id > (select seen_to from log_state) order by log_id limit 1)) as at`,
  );
  const at = rows[0]?.at;
  return at ? toInstant(at) : undefined;
}

/** Records which keys sign from now on, unless they are the ones of the last time. */
export async function recordLogKeys(db: Db, keys: readonly string[]): Promise<void> {
  await db.query(
    `insert into log_keys (keys)
     select $1::text[] where $1::text[] is distinct from (select keys from log_keys order by id desc limit 1)`,
    [keys],
  );
}
