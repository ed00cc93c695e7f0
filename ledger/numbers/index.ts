import { ALLOWED_SECONDS, type NumberName } from '../../core/numbers.ts';
import type { Db } from '../pool.ts';
import { readParts } from './parts.ts';
import type { NumberQuestion, NumberRow } from './question.ts';
import { rowsOf } from './rows.ts';
import { readUses } from './statements.ts';

export type { NumberQuestion, NumberRow } from './question.ts';
export { numbersSql } from './statements.ts';

/** The rows of every list of numbers about a time. What was not there at all has no row. */
export type NumberLists = Readonly<Record<NumberName, readonly NumberRow[]>>;

/** The rows of every list of numbers about a time. What was not there at all has no row. */
export async function readNumbers(db: Db, question: NumberQuestion): Promise<NumberLists> {
  const [parts, heldNow, use] = await Promise.all([
    readParts(db, question),
    countHeldTooLong(db),
    readUses(db, question),
  ]);
  return { ...rowsOf(parts, heldNow), use };
}

async function countHeldTooLong(db: Db): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::integer as count from audit.overstay where until is null and seconds > $1',
    [ALLOWED_SECONDS],
  );
  return rows[0]?.count ?? 0;
}

/** Counts one day, or after all days one month, that is over and not counted yet, or that changed since. Returns whether there may be more. */
export async function keepNumbers(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ counted: boolean }>('select count_numbers() as counted');
  return rows[0]?.counted ?? false;
}
