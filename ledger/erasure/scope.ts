import { UNFINISHED_ACCESS } from '../leases/unfinished-access.ts';
import type { Db } from '../pool.ts';

/** The closed requests of the person. `is_settled`: nobody asks a provider about their accounts any more, and no open access uses them. */
const REQUESTS = `create temporary table erased_request on commit drop as
  select r.id, r.id not in (
           select request_id from (${UNFINISHED_ACCESS.join(' union all ')}) unfinished
           union all select l.request_id from lease l join holding h on h.id = l.holding_id where h.closed_at is null) as is_settled
    from request r where r.requester = $1 and r.state = 'closed'`;

/** The accounts of settled requests, in each spelling, with the vendor's id of them where it is known. The id of the person is no name that is erased. */
const ACCOUNTS = `create temporary table erased_account on commit drop as
  select distinct each.provider, lower(each.name) as name, h.subject_id
    from erased_request e join request r on r.id = e.id and e.is_settled
         cross join lateral jsonb_array_elements(r.targets) with ordinality as t (target, nth)
         left join lease l on l.request_id = r.id and l.position = t.nth - 1
         left join holding h on h.id = l.holding_id
         cross join lateral (values (target ->> 'provider', target ->> 'account'), (h.provider, h.subject_name)) as each (provider, name)
   where each.name is not null and each.name <> $1`;

/** SQL: the closed requests of the person, and those of them whose accounts nobody needs any more. */
export const CLOSED = `(select id from erased_request)`;
export const SETTLED = `(select id from erased_request where is_settled)`;
export const SETTLED_LEASES = `(select id from lease where request_id in ${SETTLED})`;

/** How many requests of a person there are. `unsettled`: closed ones whose accounts are still needed. */
export type Scope = Readonly<{ closed: number; unsettled: number; open: number }>;

/** Makes the tables `erased_request` and `erased_account`, until the end of the transaction, and counts. */
export async function makeScope(owner: Db, person: string): Promise<Scope> {
  // A statement that makes a table takes no parameters.
  await owner.query(`select set_config('curfew.erased_person', $1, true)`, [person]);
  for (const table of [REQUESTS, ACCOUNTS])
    await owner.query(table.replaceAll('$1', `current_setting('curfew.erased_person')`));
  const { rows } = await owner.query<Scope>(
    `select (select count(*) from erased_request)::integer as closed,
            (select count(*) from erased_request where not is_settled)::integer as unsettled,
            (select count(*) from request where requester = $1 and state <> 'closed')::integer as open`,
    [person],
  );
  return rows[0] ?? { closed: 0, unsettled: 0, open: 0 };
}
