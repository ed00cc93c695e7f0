-- The readings of one person in 15 minutes are one entry of the log: a visit. A reading is stored before its page is shown, as before, and takes no
-- number of the log any more. Readings from before this migration are entries of their own.
create table visit (
  id       bigint generated always as identity primary key,
  person   text not null,
  from_at  timestamptz not null,  -- the moment of its first reading
  until_at timestamptz not null check (until_at = from_at + interval '15 minutes'),
  at       timestamptz not null default ledger_now(),
  log_id   bigint not null unique default nextval('log_id')
);
create trigger append_only before update or delete on visit for each row execute function append_only();
create trigger no_truncate before truncate on visit for each statement execute function append_only();

alter table reading alter column log_id drop not null, alter column log_id drop default,
  add column visit_id bigint references visit, add check (log_id is null or visit_id is null);
create index reading_of_visit on reading (visit_id, at, id) where visit_id is not null;
create index reading_waits on reading (at, id) where visit_id is null and log_id is null;

create function reading_only_gets_its_visit() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.visit_id is not null or new.visit_id is null
     or (new.id, new.person, new.kind, new.address, new.at, new.log_id) is distinct from (old.id, old.person, old.kind, old.address, old.at, old.log_id) then
    raise exception 'a reading only gets its visit, and only once' using errcode = 'CRF01';
  end if;
  return new;
end $$;
revoke all on function reading_only_gets_its_visit() from public;
drop trigger append_only on reading;
create trigger only_gets_its_visit before update or delete on reading for each row execute function reading_only_gets_its_visit();

-- A process that closes a visit locks this row, so that only one closes.
create table visit_lock (one boolean primary key default true check (one));
insert into visit_lock default values;

-- Closes the oldest visit that is over: the readings of one person in the 15 minutes from the first one that waits. False: none is over, or another
-- process closes one. It waits for one more minute, because a statement of the console that began in the 15 minutes ends sooner than that. A reading
-- after this moment is of a clock that was ahead, and waits no longer.
create function close_visit() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened record;
  its_id bigint;
begin
  perform from public.visit_lock for update skip locked;
  if not found then
    return false;
  end if;
  select r.person, r.at into opened
    from public.reading r
   where r.visit_id is null and r.log_id is null
     and (r.at <= public.ledger_now() - interval '16 minutes' or r.at > public.ledger_now())
   order by r.at, r.id limit 1;
  if not found then
    return false;
  end if;
  insert into public.visit (person, from_at, until_at) values (opened.person, opened.at, opened.at + interval '15 minutes') returning id into its_id;
  update public.reading r set visit_id = its_id
   where r.visit_id is null and r.log_id is null and r.person = opened.person and r.at >= opened.at and r.at < opened.at + interval '15 minutes';
  return true;
end $$;
revoke all on function close_visit() from public;

-- As before, with the visits, and without the readings that have no number.
do $$
declare
  before text := rtrim(pg_get_viewdef('log_row'::regclass), '; ');
  numbered text := replace(before, 'FROM reading', 'FROM reading WHERE reading.log_id IS NOT NULL');
begin
  if numbered = before then
    raise exception 'log_row has no readings';
  end if;
  execute 'create or replace view log_row as ' || numbered || '
    union all
    select v.log_id, ''visit'', v.id::text, v.at, jsonb_build_object(''by'', v.person,
      ''from'', to_char(v.from_at at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.MS"Z"''),
      ''until'', to_char(v.until_at at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.MS"Z"''),
      ''readings'', (select jsonb_agg(jsonb_build_object(''id'', r.id::text, ''at'', to_char(r.at at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.MS"Z"''),
        ''kind'', r.kind, ''address'', r.address) order by r.at, r.id) from reading r where r.visit_id = v.id)), null, null
      from visit v';
end $$;

create or replace view audit.reading as
select at, id::text as id, person, kind, address,
       case when log_id is not null then 'reading/' || id when visit_id is not null then 'visit/' || visit_id end as entry
  from reading;
comment on column audit.reading.entry is 'The entry of the log that has it, by its type and its id. Null while it waits for the end of its 15 minutes.';

grant execute on function close_visit() to curfew_sweeper;
revoke usage on sequence log_id from curfew_console;
