import type { ClickId, MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { lockRequest } from '../request/record.ts';

/** That a person lifts the lock of a mass ending. `mayLift`: whether another person, who lifted it before, may still lift it. */
export type NewLift = Readonly<{
  id: MassEndingId;
  by: PersonId;
  click: ClickId;
  mayLift(other: PersonId): Promise<boolean>;
}>;

/** Records a lift, and whose lifts count from now on. Each person counts once. Run it in one transaction. */
export async function writeLift(db: Db, { id, by, click, mayLift }: NewLift): Promise<void> {
  // The database lock of requests, with the id of the mass ending: two lifts of it run one after the other, and the later one sees the earlier one.
  await lockRequest(db, id as string as RequestId);
  const { rows } = await db.query<{ person: PersonId }>(
    'select distinct person from mass_ending_lift where mass_ending_id = $1 and person <> $2',
    [id, by],
  );
  const counting = [by];
  for (const { person } of rows) if (await mayLift(person)) counting.push(person);
  await db.query(
    `insert into mass_ending_lift (mass_ending_id, person, click_id, counting) values ($1, $2, $3, $4) on conflict do nothing`,
    [id, by, click, counting.toSorted()],
  );
}
