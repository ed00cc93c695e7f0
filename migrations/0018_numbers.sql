-- The numbers of a year of a million requests took seconds. So each day and each month of UTC that is over is counted once and kept. A time whose
-- facts change later is counted again. What is not kept is counted when somebody asks, so an answer never depends on what is kept.

-- A day or a month that was counted.
create table number_time (
  id        integer generated always as identity primary key,
  from_at   timestamptz not null,
  before_at timestamptz not null,
  unique (from_at, before_at),
  check (from_at < before_at)
);

-- What was counted in it.
create table number_count (
  time_id integer not null references number_time on delete cascade,
  list    text not null,   -- what is counted, as audit.numbers_between has it
  label   text not null,
  value   float8 not null,
  amount  bigint not null,
  primary key (time_id, list, label, value) include (amount)
);

-- A day or a month that is over, of which a fact changed. It counts as not kept until it is counted again. Rows are only added here, so nobody who
-- grants or revokes waits for the counting or for each other.
create table number_change (
  from_at   timestamptz not null,
  before_at timestamptz not null
);
create index number_change_time on number_change (from_at, before_at);

-- A length of time in seconds, rounded up: to a second until 2 minutes, to 10 seconds until 20 minutes, to a minute until 2 hours, to 10 minutes until
-- 20 hours, and to an hour above. So a month has few different lengths. One expression without a query, which Postgres puts into the statement.
create function audit.rounded_up(seconds float8) returns float8
language sql immutable parallel safe as $$
  select case when seconds <= 120 then ceil(round(seconds * 1000) / 1000)
              when seconds <= 1200 then ceil(round(seconds * 1000) / 10000) * 10
              when seconds <= 7200 then ceil(round(seconds * 1000) / 60000) * 60
              when seconds <= 72000 then ceil(round(seconds * 1000) / 600000) * 600
              else ceil(round(seconds * 1000) / 3600000) * 3600 end
$$;

-- How often each value of a list is there, from from_at on and before before_at.
create function audit.numbers_between(from_at timestamptz, before_at timestamptz)
returns table (list text, label text, value float8, amount bigint)
language sql stable as $$
  select 'decided', '', audit.rounded_up(decided_in), count(*) -- the seconds until a request was decided
    from audit.request
   where decided_at >= $1 and decided_at < $2 and decided_in is not null
   group by 3
  union all
  select 'granted', '', floor(extract(epoch from since) / 900)::float8 * 900, count(*) -- the quarter of an hour: the days of every zone begin with one
    from audit.access
   where basis = 'granted' and since >= $1 and since < $2
   group by 3
  union all
  select case when is_held then 'held' else 'approved' end, bin::text, audit.rounded_up(case when is_held then held else approved end), count(*)
    from (select extract(epoch from planned_end - since)::float8 as approved, extract(epoch from until - since)::float8 as held,
                 width_bucket(ceil(extract(epoch from planned_end - since)::float8 / 60), array[16, 31, 61, 121, 241, 481, 1441]::float8[]) as bin
            from audit.access
           where basis = 'granted' and since >= $1 and since < $2 and until is not null and planned_end is not null) ended,
         (values (true), (false)) kind (is_held)
   group by 1, 2, 3
  union all
  select 'refused', coalesce(body -> 'refusal' ->> 'code', ''), 0, count(*)
    from audit.event
   where kind = 'refused' and at >= $1 and at < $2
   group by 2
  union all
  -- How long after its end access was shown to be gone: which part, and the longest time of it.
  select 'ended', width_bucket(seconds, array[0.001, 1, 5, 15, 60.001]::float8[])::text, max(seconds), count(*)
    from (select round(extract(epoch from until - planned_end), 3)::float8 as seconds
            from audit.access
           where basis = 'granted' and until >= $1 and until < $2 and planned_end is not null) ended
   group by 2
  union all
  select 'requested', coalesce(entitlement, ''), 0, count(*)
    from audit.request
   where at >= $1 and at < $2
   group by 2
  union all
  select 'state', coalesce(case state when 'closed' then ending else state end, ''), 0, count(*)
    from audit.request
   where at >= $1 and at < $2
   group by 2
$$;

-- Says that facts of these moments changed. A moment of a day that is not over is in nothing that is kept, but for a clock that was set back.
create function change_numbers(variadic moments timestamptz[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  insert into public.number_change (from_at, before_at)
  select distinct t.from_at, t.before_at
    from unnest(moments) m (at)
   cross join lateral (values (date_trunc('day', m.at), date_trunc('day', m.at) + interval '1 day'),
                              (date_trunc('month', m.at), date_trunc('month', m.at) + interval '1 month')) t (from_at, before_at)
   where t.before_at <= public.ledger_now() or exists (select from public.number_time n where n.from_at = t.from_at and n.before_at = t.before_at)
$$;

create function keep_numbers_of_access() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.change_numbers(new.granted_at, new.ended_at, old.granted_at, old.ended_at); -- an insert has no old row, which is null
  return null;
end $$;
create trigger keep_numbers after insert or update on access_period for each row execute function keep_numbers_of_access();

create function keep_numbers_of_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.change_numbers(new.opened_at, new.decided_at, old.opened_at, old.decided_at); -- an insert has no old row, which is null
  return null;
end $$;
create trigger keep_numbers after insert or update on request_list for each row execute function keep_numbers_of_request();

create function keep_numbers_of_refusal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.change_numbers(new.at);
  return null;
end $$;
create trigger keep_numbers after insert on event for each row when (new.kind = 'refused') execute function keep_numbers_of_refusal();

-- A process that counts days or months locks this row, so that only one counts.
create table number_count_lock (one boolean primary key default true check (one));
insert into number_count_lock default values;

-- Counts the newest day that is over for a day and that is not counted, or that changed since, and after all days the newest such month. So a month
-- that takes too long to count keeps no day from it. False: everything is counted, or another process counts. What changes while it counts is not
-- removed from number_change, so it is counted again.
create function count_numbers() returns boolean
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

-- Rights.
grant select on number_time, number_count, number_change to curfew_console, curfew_reader, curfew_cli;
revoke all on all functions in schema public, audit from public;
grant execute on function audit.rounded_up(float8), audit.numbers_between(timestamptz, timestamptz)
  to curfew_gateway, curfew_console, curfew_reader, curfew_auditor, curfew_cli;
grant execute on function count_numbers() to curfew_sweeper;
