-- The views of the schema audit about access. The commands of `curfew audit`, except `story`, read the same views.

create view audit.access as
select lease_id as id, 'granted' as basis, person, entitlement, request_id, provider, target_name, target_key, account_id, account_name, level,
       granted_at as since, ended_at as until, ends_at as planned_end, during
  from access_period
union all
select id, case state when 'adopted' then 'adopted' else 'finding' end, null, null, null, provider, target_name, target_key, subject_id, subject_name,
       level, first_seen_at, f.until, null, tstzrange(first_seen_at, f.until, '[]')
  from finding cross join lateral (select case when state in ('revoked', 'gone') then greatest(first_seen_at, closed_at) end as until) f
 where kind = 'access';
comment on view audit.access is 'Who had which access, from when until when. One row for each access that Curfew granted, and for each access that it found at a provider.';
comment on column audit.access.id is 'The lease, or the finding.';
comment on column audit.access.basis is 'granted: by Curfew. adopted: standing access, which somebody adopted or which was there at the first look. finding: access that nobody explained.';
comment on column audit.access.person is 'Whose request it was. Null for access that Curfew did not grant: it is known by its account alone.';
comment on column audit.access.target_name is 'The target as the catalogue names it.';
comment on column audit.access.target_key is 'The target with the vendor''s own id.';
comment on column audit.access.account_id is 'The account at the vendor, by the vendor''s own id.';
comment on column audit.access.since is 'When a read from the provider showed the access first.';
comment on column audit.access.until is 'When a read from the provider showed that it is gone. Null while it is held.';
comment on column audit.access.planned_end is 'The end that was approved, with extensions.';
comment on column audit.access.during is 'From since until until, both included. "during @> timestamptz ''…''" finds who had it at a moment.';

-- What was changed later than known_at is computed again from its events: what was held then, and what was recorded later than it ended. With a person or
-- an entitlement, only access of them is computed.
create function audit.access_as_known(known_at timestamptz, from_at timestamptz, to_at timestamptz, of_person text, of_entitlement text)
returns setof audit.access
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
  select p.lease_id, 'granted', p.person, p.entitlement, p.request_id, p.provider, p.target_name, p.target_key, p.account_id, p.account_name, p.level,
         p.granted_at, p.ended_at, p.ends_at, p.during
    from public.access_period p
   where p.changed_at <= known_at and p.during && tstzrange(from_at, to_at, '[]')
     and (of_person is null or p.person = of_person) and (of_entitlement is null or p.entitlement = of_entitlement)
  union all
  select p.lease_id, 'granted', p.person, p.entitlement, p.request_id, p.provider, p.target_name, p.target_key, p.account_id, p.account_name, p.level,
         k.granted_at, k.ended_at, k.ends_at, tstzrange(k.granted_at, k.ended_at, '[]')
    from (select * from public.access_period h where h.during @> known_at and h.changed_at > known_at
          union all
          select * from public.access_period l where l.ended_at < known_at and l.changed_at > known_at and l.changed_at > l.ended_at) p
    join lateral public.access_periods_of(p.request_id, known_at) k on k.lease_id = p.lease_id
   where p.granted_at <= least(known_at, to_at) and tstzrange(k.granted_at, k.ended_at, '[]') && tstzrange(from_at, to_at, '[]')
     and (of_person is null or p.person = of_person) and (of_entitlement is null or p.entitlement = of_entitlement)
  union all
  select a.id, a.basis, a.person, a.entitlement, a.request_id, a.provider, a.target_name, a.target_key, a.account_id, a.account_name, a.level,
         a.since, k.until, a.planned_end, tstzrange(a.since, k.until, '[]')
    from audit.access a cross join lateral (select case when a.until <= known_at then a.until end as until) k
   where a.basis <> 'granted' and a.since <= known_at and tstzrange(a.since, k.until, '[]') && tstzrange(from_at, to_at, '[]');
end $$;
comment on function audit.access_as_known(timestamptz, timestamptz, timestamptz, text, text) is
  'The same, with what Curfew granted only as far as it is of this person or to this entitlement. Null: of everybody, or to everything.';

create function audit.access_as_known(known_at timestamptz, from_at timestamptz, to_at timestamptz) returns setof audit.access
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select * from audit.access_as_known(known_at, from_at, to_at, null, null)
$$;
comment on function audit.access_as_known(timestamptz, timestamptz, timestamptz) is
  'Who had which access between two moments, from only what had been recorded at known_at. The basis of a finding is the one that it has today.';

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

create view audit.overstay as
select lease_id as id, ended_at as at, person, entitlement, request_id, provider, target_name, account_name, level, ends_at as planned_end, ended_at as until,
       round(extract(epoch from ended_at - ends_at), 3)::float8 as seconds
  from access_period
 where ended_at > ends_at
union all
select lease_id, held.at, person, entitlement, request_id, provider, target_name, account_name, level, ends_at, null,
       round(extract(epoch from held.at - ends_at), 3)::float8
  from access_period cross join lateral (select ledger_now() as at) held
 where ended_at is null and held.at > ends_at;
comment on view audit.overstay is 'Access that was held after its planned end, and for how many seconds. Curfew allows 60 seconds for the calls to the provider.';
comment on column audit.overstay.at is 'When it ended, or now.';

create view audit.drift as
select e.request_id || '/' || e.seq as id, e.at, e.kind, d.drift ->> 'change' as change, d.drift ->> 'expected' as expected, d.drift ->> 'found' as found,
       e.body ->> 'lease' as lease_id, e.request_id, r.requester as person, r.entitlement, l.provider, r.targets -> l.position ->> 'lockKey' as target_name,
       coalesce(h.subject_name, r.targets -> l.position ->> 'account') as account_name
  from event e
  join request r on r.id = e.request_id
  left join lease l on l.id = e.body ->> 'lease'
  left join holding h on h.id = l.holding_id
  cross join lateral (select case e.kind when 'drifted' then e.body else e.body -> 'drift' end as drift) d
 where e.kind in ('drifted', 'repaired') or e.body ? 'drift';
comment on view audit.drift is 'Where a provider showed other access than the ledger expected. Access that no lease explains is in audit.finding.';
comment on column audit.drift.kind is 'drifted, or revoked: somebody changed the access by hand. repaired: Curfew corrected it.';

create view audit.finding as
select id, first_seen_at as at, kind, provider, target_name, target_key, what, subject_id as account_id, subject_name as account_name, level, state,
       last_seen_at, closed_at, closed_by, closed_via, lease_id
  from finding;
comment on view audit.finding is 'Access, and objects with the mark of Curfew, that no lease explains.';
comment on column audit.finding.at is 'When it was seen first.';

create view audit.finding_decision as
select d.click_id as id, d.at, d.by as person, d.via, d.kind as decision, d.refusal ->> 'code' as refused, d.finding_id, f.provider, f.target_name,
       f.subject_name as account_name, f.level, f.state
  from finding_decision d left join finding f on f.id = d.finding_id;
comment on view audit.finding_decision is 'Who decided what about a finding.';
comment on column audit.finding_decision.refused is 'Why the decision did not count. Null when it counted.';

create view audit.target as
select provider, target_name, entitlements, first_at as first_looked_at, last_at as last_looked_at, problem
  from target_pass where target_name is not null;
comment on view audit.target is 'The targets at which Curfew looks for access that it did not grant.';
comment on column audit.target.entitlements is 'The entitlements of the catalogue that give it, or gave it.';
comment on column audit.target.first_looked_at is 'When Curfew had looked at all of it for the first time. Of the time before, only what Curfew granted is known.';
comment on column audit.target.problem is 'Why the last look failed. Null when it succeeded.';

-- What was done with each lease. verdict: "used", "never-used" (the vendor showed everything from the grant to the end), "not-used-so-far"
-- (everything from the grant to known_until), or "unknown". known_until: until when everything since the grant is shown. It reads the periods, because the
-- events are in a partition for each quarter, and to plan a question about them took longer than to answer it.
create view audit.lease_use as
with held as (
  select p.lease_id, l.request_id, l.position, p.person, p.entitlement, p.provider, r.targets -> l.position as target, p.granted_at, p.revoked_at as ended_at
    from access_period p join lease l on l.id = p.lease_id join request r on r.id = l.request_id
), line as (
  select held.*, used.amount, latest.unit, latest.source, used.first_at, used.last_at, used.known_until, used.whole,
         (select u.why from use_reading u where u.lease_id = held.lease_id and u.kind = 'unknown' order by u.id desc limit 1) as why,
         (select max(u.read_at) from use_reading u where u.lease_id = held.lease_id) as read_at
    from held
    left join lateral (select k.unit, k.source from use_reading k where k.lease_id = held.lease_id and k.kind = 'known' order by k.id desc limit 1) latest on true
    left join lateral (
      select max(k.amount) filter (where k.unit = latest.unit) as amount,
             min(least(k.first_at, k.last_at, case when k.amount > 0 then least(k.read_at, held.ended_at) end)) as first_at,
             max(coalesce(k.last_at, case when k.grew then least(k.read_at, held.ended_at) end)) as last_at,
             max(k.covered_until) filter (where k.covered_from <= held.granted_at) as known_until,
             coalesce(bool_or(k.covered_from <= held.granted_at and k.covered_until >= held.ended_at), false) as whole
        from (select u.*, u.amount > coalesce(lag(u.amount) over (partition by u.unit order by u.id), 0) as grew
                from use_reading u where u.lease_id = held.lease_id and u.kind = 'known') k) used on true
)
select lease_id, request_id, position, person, entitlement, provider, target, granted_at, ended_at,
       case when amount > 0 then 'used'
            when whole then 'never-used'
            when ended_at is null and known_until is not null then 'not-used-so-far'
            else 'unknown' end as verdict,
       first_at, last_at, amount, unit, source, known_until, whole, read_at,
       (select coalesce(jsonb_agg(jsonb_build_object('part', p.part, 'use', case when p.used then 'used' when p.not_used and whole then 'not-used' else 'unknown' end,
                                                     'amount', p.amount, 'last', p.last) order by p.part), '[]')
          from (select x.part, bool_or(x.use = 'used') as used, bool_or(x.use = 'not-used' and k.covered_until >= line.ended_at and k.covered_from <= line.granted_at) as not_used,
                       max(x.amount) as amount, to_timestamp(max(x.last) / 1000) as last
                  from use_reading k, jsonb_to_recordset(k.parts) as x (part text, use text, amount float8, last float8)
                 where k.lease_id = line.lease_id and k.kind = 'known' group by x.part) p) as parts,
       case when amount > 0 or whole then null
            else coalesce(why, case when read_at is null then 'nobody has read it yet' else 'the vendor did not show everything from the grant to the end' end) end as why_unknown
  from line;
comment on view audit.lease_use is 'One line for each lease that was granted: what was done with it, as far as its vendor tells.';

-- Rights.
grant select on audit.access, audit.granted_access, audit.overstay, audit.drift, audit.finding, audit.finding_decision, audit.target
  to curfew_gateway, curfew_console, curfew_reader, curfew_auditor, curfew_cli;
grant select on audit.access, audit.granted_access, audit.target to curfew_worker, curfew_sweeper;
grant select on audit.lease_use to curfew_console, curfew_reader, curfew_auditor, curfew_cli;
revoke all on all functions in schema audit from public;
grant execute on function audit.access_as_known(timestamptz, timestamptz, timestamptz),
  audit.access_as_known(timestamptz, timestamptz, timestamptz, text, text)
  to curfew_gateway, curfew_console, curfew_reader, curfew_auditor, curfew_cli;
