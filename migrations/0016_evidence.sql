-- The population of an audit: every access that Curfew granted, with who approved it and the events that prove it.
create view audit.granted_access as
select p.granted_at as at, p.lease_id as id, p.ended_at as until, p.ends_at as planned_end, p.person, p.entitlement, p.provider, p.target_name,
       p.account_name, p.level, approved.by as approved_by, approved.ids as approvals, p.request_id || '/' || p.granted_seq as granted_event,
       (select p.request_id || '/' || min(r.seq) from event r
         where r.request_id = p.request_id and r.kind = 'revoked' and r.body ->> 'lease' = p.lease_id) as receipt,
       p.request_id, p.during
  from access_period p
  cross join lateral (
    select coalesce(array_agg(e.body ->> 'by' order by e.seq), '{}') as by, coalesce(array_agg(e.request_id || '/' || e.seq order by e.seq), '{}') as ids
      from event e
     where e.request_id = p.request_id and e.kind in ('approved', 'extension-approved')) approved;
comment on view audit.granted_access is 'Every access that Curfew granted, with who approved it, when a provider showed it, and the receipt.';
comment on column audit.granted_access.at is 'When a read from the provider showed the access first.';
comment on column audit.granted_access.id is 'The lease.';
comment on column audit.granted_access.until is 'When a read from the provider showed that it is gone. Null while it is held.';
comment on column audit.granted_access.approved_by is 'Who approved the request and its extensions, in the order of the approvals.';
comment on column audit.granted_access.approvals is 'The events of these approvals, in the same order.';
comment on column audit.granted_access.granted_event is 'The event of the read that showed the access.';
comment on column audit.granted_access.receipt is 'The event of the read that showed that it is gone. Null while there is none.';
grant select on audit.granted_access to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader, curfew_console;

-- An auditor downloads the folder of evidence from the console.
grant select on click, use_reading, log_cosignature to curfew_console;
