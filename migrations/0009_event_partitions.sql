-- The trail in partitions, by the time at which a request was made: its id begins with it. What is old leaves the ledger as a whole partition,
-- so no row of the trail is ever deleted by itself.

-- The first letters of the ids of requests that are made at that moment: 48 bits of milliseconds in Crockford's base 32.
create function request_ids_from(at timestamptz) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'req_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', (floor(extract(epoch from at) * 1000)::bigint >> (45 - place * 5) & 31)::integer + 1, 1),
                              '' order by place)
    from generate_series(0, 9) place
$$;

-- The partitions: one has the requests that were made from first_at, included, until before_at.
create table event_partition (
  name      text primary key,
  first_at  timestamptz,                  -- null in the first one, which has everything before
  before_at timestamptz not null unique,
  left_at   timestamptz,                  -- when it left with a purge
  check (first_at < before_at)
);

alter table event rename to event_whole;
alter index event_pkey rename to event_whole_pkey;
alter index event_request_id_step_kind_key rename to event_whole_request_id_step_kind_key;
alter index event_at rename to event_whole_at;
alter index event_life rename to event_whole_life;
alter index event_approved_by rename to event_whole_approved_by;
alter index event_mass_ending rename to event_whole_mass_ending;
drop trigger append_only on event_whole;
drop trigger no_truncate on event_whole;
drop policy read on event_whole;
drop policy worker_records on event_whole;
drop policy provider_records on event_whole;
drop policy sweeper_records on event_whole;
alter table event_whole disable row level security;
revoke all on event_whole
  from curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;

create table event (like event_whole including constraints including storage) partition by range (request_id);
alter table event add primary key (request_id, seq), add unique (request_id, step, kind);
create index event_at on event (at);
create index event_life on event (request_id) where kind in ('grant-started', 'closed');
create index event_approved_by on event ((body ->> 'by'), at) where kind in ('approved', 'extension-approved');
create index event_mass_ending on event ((body -> 'ending' ->> 'massEnding')) where body -> 'ending' ? 'massEnding';
create trigger append_only before update or delete on event for each row execute function append_only();
create trigger no_truncate before truncate on event for each statement execute function append_only();

alter table event enable row level security;
create policy read on event for select
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli
  using (true);
create policy worker_records on event for insert to curfew_worker with check (kind in (
  'requested', 'judged', 'approved', 'grant-started', 'delivered', 'revoke-started', 'closed', 'refused',
  'asked', 'answered', 'extension-requested', 'extension-approved', 'extension-started', 'extension-closed'));
create policy provider_records on event for insert to curfew_provider with check (kind in (
  'intended', 'granted', 'activated', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'closed',
  'lease-extended', 'extended', 'extension-closed'));
create policy sweeper_records on event for insert to curfew_sweeper with check (kind in (
  'requested', 'judged', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused',
  'extension-closed')
  or kind = 'end-adopted' and (body ->> 'endsAt')::numeric <= extract(epoch from planned_end(request_id)) * 1000);
grant select on event
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;
grant insert on event to curfew_worker, curfew_provider, curfew_sweeper;

-- What was recorded so far, and the rest of the quarter, is the first partition. What no partition has goes into event_later, so
-- nothing is refused for want of one.
do $$
declare
  before_at timestamptz := (date_trunc('quarter', ledger_now() at time zone 'UTC') + interval '3 months') at time zone 'UTC';
  name text := 'event_before_' || to_char(before_at at time zone 'UTC', 'YYYY_MM');
begin
  execute format('alter table event_whole rename to %I', name);
  execute format('alter table event attach partition %I for values from (minvalue) to (%L)', name, request_ids_from(before_at));
  insert into event_partition (name, before_at) values (name, before_at);
end $$;
create table event_later partition of event default;
create trigger no_truncate before truncate on event_later for each statement execute function append_only();

-- Adds the partitions of the next two quarters, and returns how many it added. It waits for nobody longer than a second.
create function add_event_partitions() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '1s' as $$
declare
  last_at timestamptz;
  next_at timestamptz;
  name text;
  added integer := 0;
begin
  lock table public.event_partition in share row exclusive mode; -- one process at a time
  loop
    select max(before_at) into last_at from public.event_partition;
    exit when last_at > public.ledger_now() + interval '6 months';
    next_at := last_at + interval '3 months';
    name := 'event_before_' || to_char(next_at, 'YYYY_MM');
    execute format('create table public.%I (like public.event including defaults including constraints)', name);
    -- Requests of that time may be in the partition of the others, when nobody added partitions for long.
    lock table public.event_later in access exclusive mode;
    if exists (select from public.event_later
                where request_id >= public.request_ids_from(last_at) and request_id < public.request_ids_from(next_at)) then
      alter table public.event_later disable trigger append_only;
      execute format('with moved as (delete from public.event_later where request_id >= %L and request_id < %L returning *)
                      insert into public.%I select * from moved',
                     public.request_ids_from(last_at), public.request_ids_from(next_at), name);
      alter table public.event_later enable trigger append_only;
    end if;
    execute format('alter table public.event attach partition public.%I for values from (%L) to (%L)',
                   name, public.request_ids_from(last_at), public.request_ids_from(next_at));
    execute format('create trigger no_truncate before truncate on public.%I for each statement execute function public.append_only()', name);
    insert into public.event_partition (name, first_at, before_at) values (name, last_at, next_at);
    added := added + 1;
  end loop;
  return added;
end $$;
select add_event_partitions();

revoke all on function request_ids_from(timestamptz), add_event_partitions() from public;
grant execute on function add_event_partitions() to curfew_sweeper;
grant select on event_partition to curfew_sweeper, curfew_reader, curfew_cli;
