import pg from 'pg';
import type { Instant } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Db, toInstant } from '../pool.ts';
import type { PurgeRefusal } from './refusals.ts';

/** The partitions that leave, the oldest first. They have the requests that were made before `before`. */
export type Leaving = Readonly<{ names: readonly string[]; before: Instant }>;

/** The partitions that are over and end at this time or earlier. */
export async function partitionsBefore(db: Db, before: Instant): Promise<Result<Leaving, PurgeRefusal>> {
  const { rows } = await db.query<{ name: string; before: Date; isOver: boolean }>(
    `select name, before_at as before, before_at <= ledger_now() as "isOver"
       from event_partition where left_at is null order by before_at`,
  );
  const leaving = rows.filter((row) => row.isOver && toInstant(row.before) <= before);
  const [last, oldest] = [leaving.at(-1), rows[0]];
  if (!last) return no({ kind: 'no-partition', oldest: oldest && toInstant(oldest.before) });
  return ok({ names: leaving.map(({ name }) => name), before: toInstant(last.before) });
}

/** Makes the table `leaving_request` of the ids of their requests, until the end of the transaction. Returns how many there are. */
export async function listRequests(db: Db, leaving: Leaving): Promise<number> {
  await db.query(
    `create temporary table leaving_request on commit drop as select distinct request_id as id from ${eventsIn(leaving)} e`,
  );
  await db.query('analyze leaving_request');
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::integer as count from leaving_request',
  );
  return rows[0]?.count ?? 0;
}

/** Their events. Others with such ids may be elsewhere: an attempt about a request that was purged before is recorded too. */
export const eventsIn = ({ names }: Leaving): string =>
  `(${names.map((name) => `select * from ${pg.escapeIdentifier(name)}`).join(' union all ')})`;
