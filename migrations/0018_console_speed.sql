-- What the lists and numbers of the console need to answer at once in a ledger of a million requests. Views over all events took up to half a
-- minute. The answers are the same.

-- One row for each approval of a request or of an extension.
create table approval_list (
  request_id  text not null,
  seq         integer not null,        -- of the event
  at          timestamptz not null,
  person      text,
  requester   text not null,
  entitlement text not null,
  asked_at    timestamptz,             -- when the policy had judged the request or the extension, so that it could be approved
  seconds     float8,                  -- from asked_at to the approval
  primary key (request_id, seq)
);

-- How often a person approved something of a requester. It is the sum of the rows of approval_list.
create table approval_pair (
  person    text not null,
  requester text not null,
  approvals integer not null,
  first_at  timestamptz not null,
  last_at   timestamptz not null,
  primary key (person, requester)
);

-- One row for each time that something was judged by a policy. Few columns, so that its index has everything that is counted.
create table judgement (
  policy     text,                      -- its digest; null when the event does not name one
  at         timestamptz not null,
  request_id text not null,
  kind       text not null check (kind in ('judged', 'extension-requested'))
);

-- The first request of a person for an entitlement that was judged.
create table first_request (
  person      text not null,
  entitlement text not null,
  request_id  text not null,
  at          timestamptz not null,
  policy      text,
  primary key (person, entitlement)
);

-- Adds a judgement. The first one of a person for an entitlement may come later than another one, when the clock was set back.
create function keep_judgement(its_request text, its_kind text, its_at timestamptz, its_policy text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.judgement (policy, at, request_id, kind) values (its_policy, its_at, its_request, its_kind);
  if its_kind = 'judged' then
    insert into public.first_request as f (person, entitlement, request_id, at, policy)
    select r.requester, r.entitlement, r.id, its_at, its_policy from public.request r where r.id = its_request
    on conflict (person, entitlement) do update set request_id = excluded.request_id, at = excluded.at, policy = excluded.policy
     where (excluded.at, excluded.request_id) < (f.at, f.request_id);
  end if;
end $$;

-- Adds an approval.
create function keep_approval(its_request text, its_seq integer, its_kind text, its_at timestamptz, its_person text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.approval_list (request_id, seq, at, person, requester, entitlement, asked_at, seconds)
  select r.id, its_seq, its_at, its_person, r.requester, r.entitlement, asked.at, round(greatest(extract(epoch from its_at - asked.at), 0), 3)::float8
    from public.request r
    left join lateral (
      select j.at from public.event j
       where j.request_id = its_request and j.seq < its_seq and j.kind = case its_kind when 'approved' then 'judged' else 'extension-requested' end
       order by j.seq desc limit 1) asked on true
   where r.id = its_request;
  insert into public.approval_pair as p (person, requester, approvals, first_at, last_at)
  select its_person, r.requester, 1, its_at, its_at from public.request r where r.id = its_request and its_person is not null
  on conflict (person, requester) do update
     set approvals = p.approvals + 1, first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at);
end $$;

-- As before, with judgements and approvals.
create or replace function keep_request_list() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  case new.kind
    when 'requested' then
      perform public.write_request_list(new.request_id);
    when 'judged', 'extension-requested' then
      update public.request_list l
         set asked_at = case when new.kind = 'judged' then new.at else l.asked_at end,
             approvers = array(select unnest(l.approvers) union
                               select a ->> 'person' from jsonb_array_elements(new.body -> 'requirements' -> 'stages') g, jsonb_array_elements(g -> 'approvers') a
                               order by 1)
       where l.id = new.request_id;
      perform public.keep_judgement(new.request_id, new.kind, new.at, new.body -> 'requirements' ->> 'policy');
    when 'approved', 'extension-approved' then
      update public.request_list set approved_by = approved_by || (new.body ->> 'by')
       where id = new.request_id and not approved_by @> array[new.body ->> 'by'];
      perform public.keep_approval(new.request_id, new.seq, new.kind, new.at, new.body ->> 'by');
    when 'grant-started', 'extended', 'end-adopted' then
      update public.request_list
         set state = case when new.kind = 'grant-started' and state = 'pending' then 'granting' else state end,
             decided_at = case when new.kind = 'grant-started'
                               then (select e.at from public.event e where e.request_id = new.request_id and e.kind = 'approved' order by e.seq desc limit 1)
                               else decided_at end,
             ends_at = greatest(ends_at, case when jsonb_typeof(new.body -> 'endsAt') = 'number' then to_timestamp((new.body ->> 'endsAt')::float8 / 1000) end)
       where id = new.request_id;
    when 'activated' then
      update public.request_list set state = 'active' where id = new.request_id and state in ('pending', 'granting');
    when 'revoke-started' then
      update public.request_list
         set state = case when state in ('pending', 'granting', 'active') then 'revoking' else state end,
             ending = coalesce(ending, new.body -> 'ending' ->> 'kind')
       where id = new.request_id;
    when 'closed' then
      update public.request_list set state = 'closed', ending = new.body -> 'ending' ->> 'kind', closed_at = new.at,
             decided_at = case when new.body -> 'ending' ->> 'kind' = 'denied' then new.at else decided_at end
       where id = new.request_id and state not in ('closed', 'refused');
    when 'refused' then
      update public.request_list set refused = true where id = new.request_id and not refused;
      if not found and new.body ->> 'tried' = 'request' then
        perform public.write_request_list(new.request_id);
      end if;
  end case;
  return null;
end $$;

insert into approval_list (request_id, seq, at, person, requester, entitlement, asked_at, seconds)
select request_id, substr(id, length(request_id) + 2)::integer, at, person, requester, entitlement, asked_at, seconds from audit.approval;
insert into approval_pair (person, requester, approvals, first_at, last_at)
select person, requester, count(*), min(at), max(at) from approval_list where person is not null group by person, requester;
insert into judgement (policy, at, request_id, kind)
select body -> 'requirements' ->> 'policy', at, request_id, kind from event
 where kind in ('judged', 'extension-requested')
 order by at;
insert into first_request (person, entitlement, request_id, at, policy) select person, entitlement, request_id, at, policy from audit.policy_gain;
create index approval_list_at on approval_list (at, seconds);
create index approval_list_person on approval_list (person, at);
create index judgement_policy on judgement (policy, at);
create index first_request_at on first_request (at, request_id);
-- The lists above have what these were for.
drop index event_approval, event_judged;

create or replace view audit.approval as
select a.request_id || '/' || a.seq as id, a.at, a.person, e.via, (select c.account from click c where 'click/' || c.id = e.step) as account,
       case e.kind when 'approved' then 'request' else 'extension' end as approved,
       a.request_id, a.requester, a.entitlement, (select r.minutes from request r where r.id = a.request_id) as minutes, (e.body ->> 'stage')::integer as stage,
       e.body ->> 'digest' as digest, a.asked_at, a.seconds
  from approval_list a left join event e on e.request_id = a.request_id and e.seq = a.seq;

create or replace view audit.approval_pair as
select a.person || '/' || b.person as id, greatest(a.last_at, b.last_at) as at, a.person as person, b.person as other,
       a.approvals::integer as approved, b.approvals::integer as was_approved, least(a.first_at, b.first_at) as first_at
  from approval_pair a join approval_pair b on b.person = a.requester and b.requester = a.person and a.person < b.person;

-- Each step finds the next policy in the index, so that it does not read every judgement.
create or replace view audit.policy as
with recursive used as (
  (select j.policy, j.at from judgement j where j.policy is not null order by j.policy, j.at limit 1)
  union all
  select n.policy, n.at from used u cross join lateral (
    select j.policy, j.at from judgement j where j.policy > u.policy order by j.policy, j.at limit 1) n)
select u.policy as id, u.at, (select max(j.at) from judgement j where j.policy = u.policy) as last_at,
       (select count(*) from judgement j where j.policy = u.policy)::integer as judged
  from used u;

create or replace view audit.policy_gain as
select request_id as id, at, policy, person, entitlement, request_id from first_request;

-- Access that ended too late is found by how late it was. What is still held is in access_period_open.
create index access_period_overstay on access_period ((round(extract(epoch from ended_at - ends_at), 3)::float8)) where ended_at > ends_at;
create or replace view audit.overstay as
select lease_id as id, ended_at as at, person, entitlement, request_id, provider, target_name, account_name, level, ends_at as planned_end, ended_at as until,
       round(extract(epoch from ended_at - ends_at), 3)::float8 as seconds
  from access_period
 where ended_at > ends_at
union all
select lease_id, held.at, person, entitlement, request_id, provider, target_name, account_name, level, ends_at, null,
       round(extract(epoch from held.at - ends_at), 3)::float8
  from access_period cross join lateral (select ledger_now() as at) held
 where ended_at is null and held.at > ends_at;

-- What is live, what is overdue, and what is not known to be gone.
create index lease_unfinished on lease (ends_at) where state <> 'revoked';
-- Only what has such a reading can be unused.
create index use_reading_nothing on use_reading (lease_id) where kind = 'known' and amount = 0;
grant select (lease_id, kind, amount) on use_reading to curfew_console;

-- Numbers read these indexes and no table.
drop index access_period_granted;
create index access_period_granted on access_period (granted_at, lease_id) include (ended_at, ends_at);
create index access_period_ended on access_period (ended_at) include (ends_at) where ended_at is not null;

-- The closed requests of a person, in the order of their list.
create index request_closed on request (requester, closed_at, id) where state = 'closed';

-- The refused attempts about the requests of a person.
create index request_list_refused_person on request_list (person, opened_at) where refused;

-- What an entitlement gave, and the accounts with which a person had access.
create index access_period_given on access_period (entitlement, provider, target_name);
create index access_period_account on access_period (person, provider, account_id);

-- The last letters of an id are how people name a request.
create index event_end_of_request on event (reverse(request_id) text_pattern_ops) where seq = 0;

revoke all on function keep_judgement(text, text, timestamptz, text), keep_approval(text, integer, text, timestamptz, text) from public;

-- As before, and "changed_at" counts the events about the planned end too. So what was changed until a moment is at that moment as it is now.
alter table access_period add column revoked_at timestamptz; -- the last receipt
drop function access_periods_of(text, timestamptz);
create function access_periods_of(its_request text, known_at timestamptz)
returns table (lease_id text, granted_at timestamptz, granted_seq integer, ended_at timestamptz, ends_at timestamptz, changed_at timestamptz, revoked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with known as (
    select e.seq, e.kind, e.at, e.body, e.body ->> 'lease' as lease
      from public.event e
     where e.request_id = its_request and e.at <= known_at),
  granted as (
    select distinct on (lease) lease, at, seq from known where kind = 'granted' and lease is not null order by lease, seq),
  revoked as (
    select distinct on (lease) lease, at, seq from known where kind = 'revoked' order by lease, seq),
  undone as (
    select u.lease, min(to_timestamp((u.body ->> 'undoneAt')::float8 / 1000)) as at
      from known u left join revoked r using (lease)
     where u.kind = 'undone' and not exists (
       select from known p
        where p.kind = 'repaired' and p.lease = u.lease and p.seq > u.seq and (r.seq is null or p.seq < r.seq))
     group by u.lease)
  select g.lease, g.at, g.seq,
         case when coalesce(r.at, u.at) is not null then greatest(g.at, least(r.at, u.at)) end,
         (select max(to_timestamp((k.body ->> 'endsAt')::float8 / 1000)) from known k
           where k.kind in ('grant-started', 'extended', 'end-adopted')),
         greatest(g.at, (select max(k.at) from known k
                          where k.lease = g.lease and k.kind in ('undone', 'repaired', 'revoked')
                             or k.kind in ('grant-started', 'extended', 'end-adopted'))),
         (select max(k.at) from known k where k.lease = g.lease and k.kind = 'revoked')
    from granted g left join revoked r on r.lease = g.lease left join undone u on u.lease = g.lease
$$;
revoke all on function access_periods_of(text, timestamptz) from public;
create or replace function write_access_periods(its_request text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into public.access_period as p (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name,
                                         level, granted_at, granted_seq, ended_at, ends_at, changed_at, revoked_at)
  select a.lease_id, r.id, r.requester, r.entitlement, l.provider, t.target ->> 'lockKey',
         coalesce(split_part(h.target_key, E'\n', 1), t.target ->> 'lockKey'),
         coalesce(i.body ->> 'subject', h.subject_id, t.target ->> 'account'),
         coalesce(h.subject_name, t.target ->> 'account'),
         coalesce(i.body ->> 'level', t.target ->> 'level'),
         a.granted_at, a.granted_seq, a.ended_at, a.ends_at, a.changed_at, a.revoked_at
    from public.access_periods_of(its_request, 'infinity') a
    join public.request r on r.id = its_request
    join public.lease l on l.id = a.lease_id and l.request_id = its_request
    cross join lateral (select r.targets -> l.position as target) t
    left join public.holding h on h.id = l.holding_id
    left join lateral (
      select e.body from public.event e
       where e.request_id = its_request and e.kind = 'intended' and e.body ->> 'lease' = a.lease_id and e.seq < a.granted_seq
       order by e.seq desc limit 1) i on true
  on conflict (lease_id) do update
     set ended_at = excluded.ended_at, ends_at = excluded.ends_at, changed_at = excluded.changed_at, revoked_at = excluded.revoked_at
   where p.request_id = excluded.request_id
     and (p.ended_at, p.ends_at, p.changed_at, p.revoked_at) is distinct from (excluded.ended_at, excluded.ends_at, excluded.changed_at, excluded.revoked_at)
$$;
select write_access_periods(request_id) from event where kind in ('extended', 'end-adopted') group by request_id;
update access_period p set revoked_at = e.at
  from (select body ->> 'lease' as lease_id, max(at) as at from event where kind = 'revoked' group by 1) e
 where e.lease_id = p.lease_id and p.revoked_at is null;

-- As before, from the periods. The events are in a partition for each quarter, and to plan a question about them took longer than to answer it.
create or replace view audit.lease_use as
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
create or replace function audit.access_as_known(known_at timestamptz, from_at timestamptz, to_at timestamptz) returns setof audit.access
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select * from audit.access_as_known(known_at, from_at, to_at, null, null)
$$;
revoke all on function audit.access_as_known(timestamptz, timestamptz, timestamptz, text, text) from public;
grant execute on function audit.access_as_known(timestamptz, timestamptz, timestamptz, text, text)
  to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader, curfew_console;
