import { randomUUID } from 'node:crypto';
import type { Instant, PersonId } from '../../core/ids.ts';
import { countAttempt } from '../clicks/person-limits.ts';
import { type Db, toInstant } from '../pool.ts';

/** A copy of the log with answers that somebody orders. `by`: a person, or at the command line "unix:" and a login that nobody in people.yaml has. */
export type CopyOrder = Readonly<{ asked: Readonly<Record<string, unknown>> }> &
  Readonly<{ via: 'console'; by: PersonId } | { via: 'cli'; by: string }>;

/** Records an order, which becomes an entry of the log with this id. Throws `OverLimit` when a person ordered too many. */
export async function orderCopy(
  db: Db,
  { by, via, asked }: CopyOrder,
): Promise<Readonly<{ id: string; at: Instant }>> {
  if (via === 'console') await countAttempt(db, by as PersonId, 'copy');
  const id = randomUUID();
  const { rows } = await db.query<{ at: Date }>(
    'insert into copy_order (id, by, via, asked) values ($1, $2, $3, $4) returning at',
    [id, by, via, JSON.stringify(asked)],
  );
  const [row] = rows;
  if (!row) throw new Error('the order was not stored');
  return { id, at: toInstant(row.at) };
}

/** True when a published checkpoint covers the entry of an order. */
export async function isCopyCovered(db: Db, id: string): Promise<boolean> {
  const { rows } = await db.query(
    `select from copy_order o join log_entry x using (log_id)
      where o.id = $1 and x.index < (select max(size) from log_checkpoint)`,
    [id],
  );
  return rows.length > 0;
}
