import { randomUUID } from 'node:crypto';
import { asOwner } from './as-owner.ts';
import { ERASED } from './salted-text.ts';
import type { Db } from './pool.ts';

/** What an erasure did. `open`: how many requests of the person are not closed, and were left alone. */
export type Erased = Readonly<{ requests: number; texts: number; open: number }>;

/** The closed requests of the person. */
const CLOSED = `(select id from request where requester = $1 and state = 'closed')`;
/** The events of closed requests that say what the person did. A request that ended because of what they did names them in its ending. */
const OWN = `(select e.request_id, e.seq from event e join request r on r.id = e.request_id
               where r.state = 'closed' and $1 in (e.body ->> 'by', e.body -> 'ending' ->> 'by'))`;

/** Each deletes texts: what the person wrote, and what was written about their requests. */
const TEXTS: readonly string[] = [
  `delete from free_text where request_id in ${CLOSED}
      or kind = 'denial' and request_id in (
        select e.request_id from event e where e.kind = 'closed' and e.body -> 'ending' ->> 'kind' = 'denied'
           and e.body -> 'ending' ->> 'by' = $1)`,
  `delete from event_free_text where request_id in ${CLOSED} or (request_id, seq) in ${OWN}`,
  `delete from event_text where request_id in ${CLOSED} or (request_id, seq) in ${OWN}`,
  `delete from finding_reason where click_id in (select click_id from finding_decision where by = $1)`,
  `delete from review_text where review_id in (select id from review where opened_by = $1)`,
  `delete from review_reason where click_id in (
     select d.click_id from review_decision d left join review_line l on l.review_id = d.review_id and l.line_id = d.line_id
      where d.by = $1 or l.person = $1)`,
  `delete from mass_ending_reason where mass_ending_id in (select id from mass_ending where made_by = $1)`,
];

/** How the person is called, where it is stored. Their id stays. */
const NAMES: readonly string[] = [
  `update request set shown = jsonb_set(shown, '{requester}', '{"name": "${ERASED}"}') where id in ${CLOSED}`,
  `update holding set subject_name = '${ERASED}' where closed_at is not null and id in (
     select holding_id from lease where request_id in ${CLOSED})
     and not exists (select from lease l join request r on r.id = l.request_id where l.holding_id = holding.id and r.requester <> $1)`,
  `update lease set last_fault = null where request_id in ${CLOSED} and last_fault is not null`,
];

/**
 * Erases what a person wrote and how they are called, in all closed requests, as the owner of the tables. A row of the log says that it was
 * done, and by which login of the operating system. When there is nothing of the person, nothing is recorded.
 */
export const erasePerson = (
  url: string,
  { person, by }: Readonly<{ person: string; by: string }>,
): Promise<Erased> =>
  asOwner(url, async (owner) => {
    const erased = await eraseIn(owner, person);
    // Perhaps the id is mistyped. The log would have it for ever.
    if (erased.requests + erased.texts + erased.open === 0) return erased;
    await owner.query(`insert into erasure (id, person, requests, erased_by) values ($1, $2, $3, $4)`, [
      randomUUID(),
      person,
      erased.requests,
      by,
    ]);
    return erased;
  });

async function eraseIn(owner: Db, person: string): Promise<Erased> {
  const { rows } = await owner.query<{ closed: number; open: number }>(
    `select count(*) filter (where state = 'closed') as closed, count(*) filter (where state <> 'closed') as open
       from request where requester = $1`,
    [person],
  );
  let texts = 0;
  for (const statement of TEXTS) texts += (await owner.query(statement, [person])).rowCount ?? 0;
  for (const statement of NAMES) await owner.query(statement, [person]);
  return { requests: Number(rows[0]?.closed ?? 0), texts, open: Number(rows[0]?.open ?? 0) };
}
