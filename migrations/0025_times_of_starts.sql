-- "changed_at" of an access counts the start of its grant, also in a ledger whose clock was set back between the start and the grant. Rows from before
-- were written again only after an extension.
select write_access_periods(late.request_id)
  from (select distinct p.request_id from access_period p
         where exists (select from event e where e.request_id = p.request_id and e.kind = 'grant-started' and e.at > p.changed_at)) late;
