import { type ClickId, massEndingIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { ClickKind } from '../../core/click-kinds.ts';
import type { Db } from '../pool.ts';

/**
 * What a person did in the console. `scope`: what it ends at once, when it was accepted. `review`: the review of access that it is about.
 * `outcome`: null while nobody has decided it.
 */
export type OwnClick = Readonly<{
  id: ClickId;
  kind: ClickKind;
  request: RequestId;
  outcome: unknown;
  scope: EndScope | null;
  review: string | null;
}>;

/** The click with this id, if this person did it in the console. */
export async function ownClick(db: Db, id: ClickId, person: PersonId): Promise<OwnClick | undefined> {
  const { rows } = await db.query<OwnClick>(
    `select c.id, c.kind, c.request_id as request, c.outcome, m.scope, c.body ->> 'review' as review
       from click c left join mass_ending m on m.id = $3
      where c.id = $1 and c.person = $2 and c.via = 'console'`,
    [id, person, massEndingIdOf(id)],
  );
  return rows[0];
}
