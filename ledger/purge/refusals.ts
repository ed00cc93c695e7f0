import type { Instant } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { UNFINISHED_ACCESS } from '../leases/unfinished-access.ts';
import { eventsIn, type Leaving } from './partitions.ts';

/**
 * Why nothing was purged. `oldest` is the end of the oldest partition. `published` is the size of the newest published checkpoint, and
 * `needed` what it must be. `names` are those of places and streams.
 */
export type PurgeRefusal =
  | Readonly<{ kind: 'no-partition'; oldest: Instant | undefined }>
  | Readonly<{ kind: 'quarantine' | 'changed' | 'busy' }>
  | Readonly<{ kind: 'unfinished'; requests: readonly string[] }>
  | Readonly<{ kind: 'not-logged'; events: number }>
  | Readonly<{ kind: 'not-published'; published: number; needed: number }>
  | Readonly<{ kind: 'behind'; names: readonly string[] }>
  | Readonly<{ kind: 'not-exported' | 'altered'; index: number }>;

/** Each finds requests that somebody still has something to do about, or that ended lately. */
const UNFINISHED: readonly string[] = [
  `select id as request_id from request where state <> 'closed' or closed_at > ledger_now() - interval '30 days'`,
  ...UNFINISHED_ACCESS,
  `select l.request_id from lease l join secret s on s.lease_id = l.id where s.sealed is not null`,
  `select request_id from click where done_at is null`,
  `select request_id from outbox where sent_at is null`,
  `select request_id from deferred_message where sent_at is null`,
  `select request_id from wake_up`,
];
const MOST_NAMED = 10;

/** Why these partitions must not leave yet; undefined when they may. */
export async function whyNotYet(
  db: Db,
  leaving: Leaving,
  { exportSize, without }: Readonly<{ exportSize: number; without: readonly string[] }>,
): Promise<PurgeRefusal | undefined> {
  const quarantined = await db.query('select from quarantine where ended_at is null');
  if (quarantined.rows.length > 0) return { kind: 'quarantine' };
  const open = await db.query<{ request_id: string }>(
    `select distinct request_id from (${UNFINISHED.join(' union all ')}) u join leaving_request l on l.id = u.request_id order by request_id limit ${MOST_NAMED}`,
  );
  if (open.rows.length > 0)
    return { kind: 'unfinished', requests: open.rows.map(({ request_id }) => request_id) };

  const { rows } = await db.query<{ unlogged: number; last: number | null; published: number }>(
    `select count(*) filter (where x.index is null)::integer as unlogged, max(x.index) as last,
            (select coalesce(max(size), 0) from log_checkpoint) as published
       from ${eventsIn(leaving)} e left join log_entry x using (log_id)`,
  );
  const { unlogged = 0, last = null, published = 0 } = rows[0] ?? {};
  if (unlogged > 0) return { kind: 'not-logged', events: unlogged };
  const needed = wholeTile(last);
  if (published < needed || exportSize < needed) return { kind: 'not-published', published, needed };

  const behind = await db.query<{ name: string }>(
    `select name from log_place where size < $1 union all
     select sink from log_stream s join log_state l on l.name = s.log where s.next < $1 order by 1`,
    [needed],
  );
  const names = behind.rows.map(({ name }) => name).filter((name) => !without.includes(name));
  return names.length > 0 ? { kind: 'behind', names } : undefined;
}

const TILE_WIDTH = 256;

/** The size of the log when the tile of its last entry is whole. A place gets a tile again until it is whole, with all its entries. */
const wholeTile = (last: number | null): number =>
  last === null ? 0 : (Math.floor(last / TILE_WIDTH) + 1) * TILE_WIDTH;
