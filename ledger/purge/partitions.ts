import type { Instant } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Db, toInstant } from '../pool.ts';
import type { PurgeRefusal } from './refusals.ts';

/** The partitions that leave. They have the requests that were made before `before`: the ids below `bound`. */
export type Leaving = Readonly<{ names: readonly string[]; before: Instant; bound: string }>;

/** The partitions that are over and end at this time or earlier. */
export async function partitionsBefore(db: Db, before: Instant): Promise<Result<Leaving, PurgeRefusal>> {
  const { rows } = await db.query<{ name: string; before: Date; bound: string; isOver: boolean }>(
    `select name, before_at as before, request_ids_from(before_at) as bound, before_at <= ledger_now() as "isOver"
       from event_partition order by before_at`,
  );
  const leaving = rows.filter((row) => row.isOver && toInstant(row.before) <= before);
  const [last, oldest] = [leaving.at(-1), rows[0]];
  if (!last) return no({ kind: 'no-partition', oldest: oldest && toInstant(oldest.before) });
  return ok({ names: leaving.map(({ name }) => name), before: toInstant(last.before), bound: last.bound });
}
