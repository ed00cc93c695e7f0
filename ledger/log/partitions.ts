import type { Instant } from '../../core/ids.ts';
import { type Db, toInstant } from '../pool.ts';

/** Adds the partitions of the trail for the next two quarters. Returns how many were missing. */
export async function addEventPartitions(db: Db): Promise<number> {
  const { rows } = await db.query<{ added: number }>('select add_event_partitions() as added');
  return rows[0]?.added ?? 0;
}

/** The requests that are made from this time on have no partition yet. */
export async function partitionsEnd(db: Db): Promise<Instant | undefined> {
  const { rows } = await db.query<{ end: Date | null }>('select max(before_at) as end from event_partition');
  const end = rows[0]?.end;
  return end ? toInstant(end) : undefined;
}
