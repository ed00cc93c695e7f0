/** A row is about a request that leaves. */
export const OF_REQUESTS = 'request_id in (select id from leaving_request)';

const PAIR =
  'least(person, requester collate "C") as person, greatest(person, requester collate "C") as other';
/** Of a list with `at` and `leaves`: the newest time of the rows that leave, and the first and the newest time of those that stay. */
const TIMES = `max(at) filter (where leaves) as last_at, min(at) filter (where not leaves) as kept_first, max(at) filter (where not leaves) as kept_last`;

/** Lists what changes of sums over all requests, before the rows of which they are made are deleted. */
export const LIST_CHANGED_SUMS: readonly string[] = [
  `create temporary table leaving_pair on commit drop as
   select person, other, count(*) filter (where leaves and by = person) as approved, count(*) filter (where leaves and by = other) as was_approved, ${TIMES}
     from (select ${PAIR}, person as by, at, ${OF_REQUESTS} as leaves from approval_list where person <> requester) a
    group by person, other having bool_or(leaves)`,
  `create temporary table leaving_policy on commit drop as
   select policy, part, count(*) filter (where leaves) as judged, ${TIMES}
     from (select policy, policy_part(request_id) as part, at, ${OF_REQUESTS} as leaves from judgement where policy is not null) j
    group by policy, part having bool_or(leaves)`,
  `create temporary table leaving_first on commit drop as
   with kept as (
     select distinct on (r.requester, r.entitlement) r.requester, r.entitlement, j.request_id, j.at, j.policy
       from judgement j join request r on r.id = j.request_id
      where j.kind = 'judged' and r.id not in (select id from leaving_request)
      order by r.requester, r.entitlement, j.at, j.request_id)
   select f.person, f.entitlement, k.request_id, k.at, k.policy
     from first_request f left join kept k on k.requester = f.person and k.entitlement = f.entitlement where f.${OF_REQUESTS}`,
  'analyze leaving_pair, leaving_policy, leaving_first',
];

/** The times of a sum `s` without those that leave. What was recorded since they were listed is newer than all of them. */
const KEPT_TIMES = `first_at = coalesce(l.kept_first, s.last_at), last_at = case when s.last_at > l.last_at then s.last_at else coalesce(l.kept_last, s.last_at) end`;

/**
 * Changes the sums. Run it while `event` is locked: no other transaction then holds a row of these tables. What was recorded since the
 * changes were listed stays in them.
 */
export const CHANGE_SUMS: readonly string[] = [
  `delete from approval_pair s using leaving_pair l
    where (l.person, l.other, l.approved, l.was_approved) = (s.person, s.other, s.approved, s.was_approved)`,
  `update approval_pair s set approved = s.approved - l.approved, was_approved = s.was_approved - l.was_approved, ${KEPT_TIMES}
     from leaving_pair l where (l.person, l.other) = (s.person, s.other)`,
  'delete from policy_use s using leaving_policy l where (l.policy, l.part, l.judged) = (s.policy, s.part, s.judged)',
  `update policy_use s set judged = s.judged - l.judged, ${KEPT_TIMES} from leaving_policy l where (l.policy, l.part) = (s.policy, s.part)`,
  'delete from first_request f using leaving_first l where (l.person, l.entitlement) = (f.person, f.entitlement)',
  `insert into first_request (person, entitlement, request_id, at, policy)
   select person, entitlement, request_id, at, policy from leaving_first where request_id is not null`,
  `with newest as materialized (
     select request_id, at, policy from judgement where kind = 'judged' and at > (select ledger_now()) - interval '1 hour')
   insert into first_request (person, entitlement, request_id, at, policy)
   select distinct on (r.requester, r.entitlement) r.requester, r.entitlement, j.request_id, j.at, j.policy
     from newest j cross join lateral (select requester, entitlement from request where id = j.request_id limit 1) r -- few, so one after the other
     join leaving_first l on (l.person, l.entitlement) = (r.requester, r.entitlement)
    where l.request_id is null
    order by r.requester, r.entitlement, j.at, j.request_id`,
];
