-- An erasure wrote "(erased)" over the id of an account that is also its name. The event "intended" keeps the id, so the examination of the log took this for a
-- change of the database. The id is put back.
update access_period p
   set account_id = coalesce(
         (select e.body ->> 'subject' from event e
           where e.request_id = p.request_id and e.kind = 'intended' and e.body ->> 'lease' = p.lease_id and e.seq < p.granted_seq
           order by e.seq desc limit 1),
         (select h.subject_id from lease l join holding h on h.id = l.holding_id where l.id = p.lease_id),
         p.account_id)
 where p.account_id = '(erased)';
