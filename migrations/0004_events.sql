-- The audit trail. Rows are added and never changed. The state of a request is the sum of its events. A body has ids and numbers, and a salted hash in the
-- place of each text. The trail is in partitions, by the time at which a request was made: its id begins with it. What is old leaves the ledger as a whole
-- partition, so no row of the trail is ever deleted by itself.

-- What a row of the trail must be. One function instead of many constraints, because Postgres reads the text of each constraint again for every insert,
-- and that took longer than all the rest of it.
create function is_sound_event(kind text, seq integer, via text, body jsonb, at timestamptz, request_id text, step text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return kind in ('requested', 'judged', 'asked', 'answered', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
                  'extension-requested', 'extension-approved', 'extension-started', 'lease-extended', 'extended', 'extension-closed',
                  'end-adopted', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused')
     and via in ('slack', 'cli', 'console', 'workflow', 'sweeper')
     and seq >= 0
     and body ->> 'kind' is not distinct from kind -- the rights are those of the kind
     and at between '2000-01-01 Z' and '9999-01-01 Z'
     and length(request_id) <= 100 and length(step) <= 500
     and public.is_loggable(body);
end $$;

-- core/request/events.ts describes the kinds. The policies say which process records which.
create table event (
  request_id text not null,
  seq        integer not null,
  step       text not null,           -- the step that wrote it; the same step writes only once
  kind       text not null,
  body       jsonb not null,
  via        text not null,
  at         timestamptz not null,
  log_id     bigint not null default nextval('log_id'),
  primary key (request_id, seq),
  unique (request_id, step, kind),
  constraint event_is_sound check (is_sound_event(kind, seq, via, body, at, request_id, step))
) partition by range (request_id);
create index event_at on event (at);
create index event_log_id on event (log_id); -- Unique, it would have the request too, and every insert would take longer.
-- The requests that have leases and are not closed.
create index event_life on event (request_id) where kind in ('grant-started', 'closed');
-- The state of a request is computed from the events that change it, so its time does not grow with refusals. A refusal that repeats another
-- is found without reading the others.
create index event_changes on event (request_id, seq) where kind <> 'refused';
create index event_refused on event (request_id, coalesce(body ->> 'by', ''), (body ->> 'tried'), (body -> 'refusal' ->> 'code')) where kind = 'refused';
-- The weekly summary finds what a person approved.
create index event_approved_by on event ((body ->> 'by'), at) where kind in ('approved', 'extension-approved');
-- The requests that a mass ending ended.
create index event_mass_ending on event ((body -> 'ending' ->> 'massEnding')) where body -> 'ending' ? 'massEnding';
-- The lists of an auditor.
create index event_refusal on event (at) where kind = 'refused';
create index event_drift on event (at) where kind in ('drifted', 'repaired') or body ? 'drift';
-- The last letters of an id are how people name a request.
create index event_end_of_request on event (reverse(request_id) text_pattern_ops) where seq = 0;
create trigger append_only before update or delete on event for each row execute function append_only();
create trigger no_truncate before truncate on event for each statement execute function append_only();

-- The partitions: one has the requests that were made from first_at, included, until before_at.
create table event_partition (
  name      text primary key,
  first_at  timestamptz,                  -- null in the first one, which has everything before
  before_at timestamptz not null unique,
  left_at   timestamptz,                  -- when it left with a purge
  check (first_at < before_at)
);

-- The first letters of the ids of requests that are made at that moment: 48 bits of milliseconds in Crockford's base 32.
create function request_ids_from(at timestamptz) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'req_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', (floor(extract(epoch from at) * 1000)::bigint >> (45 - place * 5) & 31)::integer + 1, 1),
                              '' order by place)
    from generate_series(0, 9) place
$$;

-- The rest of the quarter is the first partition. What no partition has goes into event_later, so nothing is refused for want of one.
do $$
declare
  before_at timestamptz := (date_trunc('quarter', ledger_now() at time zone 'UTC') + interval '3 months') at time zone 'UTC';
  name text := 'event_before_' || to_char(before_at at time zone 'UTC', 'YYYY_MM');
begin
  execute format('create table %I partition of event for values from (minvalue) to (%L)', name, request_ids_from(before_at));
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

-- The texts are kept beside the events, so that they can be erased without changing them.

-- What a provider showed, why something was refused.
create table event_text (
  request_id text not null,
  seq        integer not null,
  salt       text not null,
  texts      jsonb not null,          -- in the order in which the event refers to them
  primary key (request_id, seq)
);

-- What people wrote, one text of a kind for a request.
create table free_text (
  request_id text not null,
  kind       text not null check (kind in ('reason', 'denial')),
  salt       text not null,
  body       text not null,
  primary key (request_id, kind)
);

-- What people wrote with an event that a request can have several times: why they want an extension, the reason of its denial, a question, an answer.
create table event_free_text (
  request_id text not null,
  seq        integer not null,        -- of the event
  kind       text not null check (kind in ('denial', 'extension', 'question', 'answer')),
  salt       text not null,
  body       text not null,
  primary key (request_id, seq)
);

-- Rights. Who inserts an event may not choose its number.
grant select on event
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant select (request_id, seq, step, kind, body, via, at, log_id) on event to curfew_streamer;
grant insert (request_id, seq, step, kind, body, via, at) on event to curfew_worker, curfew_provider, curfew_sweeper;
revoke all on all functions in schema public from public;
grant execute on function is_sound_event(text, integer, text, jsonb, timestamptz, text, text) to curfew_worker, curfew_provider, curfew_sweeper;
grant execute on function add_event_partitions() to curfew_sweeper;
grant select on event_partition to curfew_sweeper, curfew_console, curfew_reader, curfew_cli;

grant select on event_text
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant insert on event_text to curfew_worker, curfew_provider, curfew_sweeper;
grant select on free_text, event_free_text to curfew_gateway, curfew_courier, curfew_console, curfew_cli;
-- Who opens a request compares its reason with those of the open requests of the person, by their hashes. It reads no text.
grant insert, select (request_id, kind, salt) on free_text to curfew_worker, curfew_sweeper;
grant insert, select (request_id, seq) on event_free_text to curfew_worker;

-- Each process records only the kinds of events that it decides. Only the worker records that people approved a request or an extension. Only the process of
-- a provider records what is granted and revoked there. The events of the sweeper are in 0007_manifest.sql.
alter table event enable row level security;
create policy read on event for select
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli
  using (true);
create policy console_reads on event for select to curfew_console using (true);
-- A record of a receipt says whether the access of its lease was ever granted.
create policy streamer_reads on event for select to curfew_streamer using (kind in ('requested', 'intended', 'granted'));
create policy worker_records on event for insert to curfew_worker with check (kind in (
  'requested', 'judged', 'approved', 'grant-started', 'delivered', 'revoke-started', 'closed', 'refused',
  'asked', 'answered', 'extension-requested', 'extension-approved', 'extension-started', 'extension-closed'));
create policy provider_records on event for insert to curfew_provider with check (kind in (
  'intended', 'granted', 'activated', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'closed',
  'lease-extended', 'extended', 'extension-closed'));
