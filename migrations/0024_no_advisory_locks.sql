-- Any login can hold an advisory lock for ever. So nothing that Curfew records waits for one: here it waits for rows that only its owner can lock.

-- One row for each pair, so that two approvals in opposite directions wait for the same row. The order of the two does not depend on the server.
alter table approval_pair rename to approval_direction;
alter table approval_direction rename constraint approval_pair_pkey to approval_direction_pkey;
create table approval_pair (
  person       text not null,
  other        text not null,
  approved     integer not null, -- how often the person approved something of the other one
  was_approved integer not null, -- how often the other one approved something of the person
  first_at     timestamptz not null,
  last_at      timestamptz not null,
  primary key (person, other),
  check (person collate "C" < other collate "C")
);
insert into approval_pair (person, other, approved, was_approved, first_at, last_at)
select least(person, requester collate "C"), greatest(person, requester collate "C"), coalesce(sum(approvals) filter (where person < requester collate "C"), 0),
       coalesce(sum(approvals) filter (where person > requester collate "C"), 0), min(first_at), max(last_at)
  from approval_direction where person <> requester group by 1, 2;

create or replace function keep_approval(its_request text, its_seq integer, its_kind text, its_at timestamptz, its_person text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  its_requester text := (select r.requester from public.request r where r.id = its_request);
begin
  insert into public.approval_list (request_id, seq, at, person, requester, entitlement, asked_at, seconds)
  select r.id, its_seq, its_at, its_person, r.requester, r.entitlement, asked.at, round(greatest(extract(epoch from its_at - asked.at), 0), 3)::float8
    from public.request r
    left join lateral (
      select j.at from public.event j
       where j.request_id = its_request and j.seq < its_seq and j.kind = case its_kind when 'approved' then 'judged' else 'extension-requested' end
       order by j.seq desc limit 1) asked on true
   where r.id = its_request;
  insert into public.approval_pair as p (person, other, approved, was_approved, first_at, last_at)
  select least(its_person, its_requester collate "C"), greatest(its_person, its_requester collate "C"), (its_person < its_requester collate "C")::integer,
         (its_person > its_requester collate "C")::integer, its_at, its_at
   where its_person <> its_requester
  on conflict (person, other) do update
     set approved = p.approved + excluded.approved, was_approved = p.was_approved + excluded.was_approved,
         first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at);
end $$;

create or replace view audit.approval_pair as
select person || '/' || other as id, last_at as at, person, other, approved, was_approved, first_at
  from approval_pair where approved > 0 and was_approved > 0;
drop table approval_direction;
create index approval_pair_mutual on approval_pair (last_at) where approved > 0 and was_approved > 0;

-- A process that counts days or months locks this row, so that only one counts.
create table number_count_lock (one boolean primary key default true check (one));
insert into number_count_lock default values;

-- Counts the newest day that is over for a day and that is not counted, or that changed since, and after all days the newest such month. So a month
-- that takes too long to count keeps no day from it. False: everything is counted, or another process counts. What changes while it counts is not
-- removed from number_change, so it is counted again.
create or replace function count_numbers() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  wanted record;
  its_id integer;
begin
  perform from public.number_count_lock for update skip locked;
  if not found then
    return false;
  end if;
  with recorded as (
    select min(opened_at) as first_at, public.ledger_now() - interval '1 day' as over_at from public.request_list),
  times as (
    select d as from_at, d + interval '1 day' as before_at from recorded, generate_series(date_trunc('day', first_at), over_at, interval '1 day') d
    union all
    select m, m + interval '1 month' from recorded, generate_series(date_trunc('month', first_at), over_at, interval '1 month') m
    union
    select from_at, before_at from public.number_change)
  select t.from_at, t.before_at into wanted
    from times t cross join recorded r left join public.number_time n using (from_at, before_at)
   where t.before_at <= r.over_at
     and (n.id is null or exists (select from public.number_change c where c.from_at = t.from_at and c.before_at = t.before_at))
   order by t.before_at - t.from_at > interval '1 day', t.before_at desc
   limit 1;
  if not found then
    return false;
  end if;
  delete from public.number_change c where c.from_at = wanted.from_at and c.before_at = wanted.before_at;
  insert into public.number_time as n (from_at, before_at) values (wanted.from_at, wanted.before_at)
  on conflict (from_at, before_at) do update set before_at = n.before_at
  returning id into its_id;
  delete from public.number_count where time_id = its_id;
  insert into public.number_count (time_id, list, label, value, amount)
  select its_id, list, label, value, amount from audit.numbers_between(wanted.from_at, wanted.before_at);
  return true;
end $$;
