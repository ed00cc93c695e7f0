import type { Db } from '../pool.ts';

/**
 * Makes one entry of the readings of one person in 15 minutes that are over: of those who wait, the oldest first. Returns false when nothing is
 * over, or when another process does it just now.
 */
export async function closeVisit(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ closed: boolean }>('select close_visit() as closed');
  return rows[0]?.closed === true;
}
