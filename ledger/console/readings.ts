import type { PersonId } from '../../core/ids.ts';
import { countAttempt } from '../clicks/person-limits.ts';
import type { Db } from '../pool.ts';

/** Somebody saw a page with what is not their own, or took a copy of it. `address`: the path of the page with its question. */
export type Reading = Readonly<{ person: PersonId; kind: 'page' | 'export'; address: string }>;

/** Records a reading, or throws `OverLimit`. It waits for its visit (`closeVisit`), which is an entry of the log. */
export async function recordReading(db: Db, { person, kind, address }: Reading): Promise<void> {
  await countAttempt(db, person, kind);
  await db.query('insert into reading (person, kind, address) values ($1, $2, $3)', [person, kind, address]);
}

/** True when the same reading was recorded in the last ten minutes. One after this moment is of a clock that was ahead, and does not count. */
export async function wasJustRead(db: Db, { person, kind, address }: Reading): Promise<boolean> {
  const { rows } = await db.query(
    `select from reading
      where at between ledger_now() - interval '10 minutes' and ledger_now() and person = $1 and kind = $2 and address = $3 limit 1`,
    [person, kind, address],
  );
  return rows.length > 0;
}
