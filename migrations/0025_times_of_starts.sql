-- 0018 rewrote only requests that were extended. This writes the others whose grant started after "changed_at": the clock was set back meanwhile.
select write_access_periods(late.request_id)
  from (select distinct p.request_id from access_period p
         where exists (select from event e where e.request_id = p.request_id and e.kind = 'grant-started' and e.at > p.changed_at)) late;
