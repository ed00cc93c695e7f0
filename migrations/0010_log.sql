-- The log: a Merkle tree (RFC 6962) over what was recorded, whose signed checkpoints are published outside of this database. So nobody
-- can change what was recorded without being noticed, also not the owner of the database. docs/verify.md says how anyone checks it.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_sequencer') then
    create role curfew_sequencer nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- a migration of another database was faster
end $$;

-- Each row that goes into the log gets the next number when it is inserted. Numbers of rolled back transactions are missing. No role
-- may choose the number of a row.
create sequence log_id;
alter table event add column log_id bigint;
alter table finding_decision add column log_id bigint;
alter table mass_ending add column log_id bigint;
alter table mass_ending_lift add column log_id bigint;
alter table mass_ending_cut_off add column log_id bigint;

-- The rows that are there already are numbered in the order of their times.
alter table event disable trigger append_only;
alter table finding_decision disable trigger append_only;
alter table mass_ending disable trigger append_only;
alter table mass_ending_lift disable trigger append_only;
alter table mass_ending_cut_off disable trigger append_only;
create temporary table first_log_id on commit drop as
  select source, key, number, row_number() over (order by at, source, key collate "C", number) as log_id
    from (select 'event' as source, request_id as key, seq as number, at from event
          union all select 'finding_decision', click_id, 0, at from finding_decision
          union all select 'mass_ending', id, 0, made_at from mass_ending
          union all select 'mass_ending_lift', mass_ending_id || ' ' || person, 0, lifted_at from mass_ending_lift
          union all select 'mass_ending_cut_off', '', id::integer, cut_off_at from mass_ending_cut_off) source;
update event e set log_id = f.log_id from first_log_id f where f.source = 'event' and f.key = e.request_id and f.number = e.seq;
update finding_decision d set log_id = f.log_id from first_log_id f where f.source = 'finding_decision' and f.key = d.click_id;
update mass_ending m set log_id = f.log_id from first_log_id f where f.source = 'mass_ending' and f.key = m.id;
update mass_ending_lift l set log_id = f.log_id
  from first_log_id f where f.source = 'mass_ending_lift' and f.key = l.mass_ending_id || ' ' || l.person;
update mass_ending_cut_off c set log_id = f.log_id from first_log_id f where f.source = 'mass_ending_cut_off' and f.number = c.id;
select setval('log_id', greatest((select max(log_id) from first_log_id), 1), exists (select from first_log_id));
alter table event enable trigger append_only;
alter table finding_decision enable trigger append_only;
alter table mass_ending enable trigger append_only;
alter table mass_ending_lift enable trigger append_only;
alter table mass_ending_cut_off enable trigger append_only;

-- What is logged has a form in which everybody computes the same entry: an entry of the log has less than 64 KiB, and its JSON has no number
-- that another program reads as another one, and a depth that every program can read.
create function is_loggable(body jsonb) returns boolean language sql immutable
return not jsonb_path_exists(body, '$.**{32 to last}')
   and not jsonb_path_exists(body, '$.** ? (@.type() == "number" && (@ > 9007199254740991 || @ < -9007199254740991 || @ != @.floor()))');

-- What a row of the trail must be. One function instead of many constraints, because Postgres reads the text of each constraint again for every insert,
-- and that took longer than all the rest of it.
create function is_sound_event(kind text, seq integer, via text, body jsonb, at timestamptz, request_id text, step text) returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return kind in ('requested', 'judged', 'asked', 'answered', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
                  'extension-requested', 'extension-approved', 'extension-started', 'lease-extended', 'extended', 'extension-closed',
                  'end-adopted', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused')
     and via in ('slack', 'cli', 'workflow', 'sweeper')
     and seq >= 0
     and body ->> 'kind' is not distinct from kind -- the rights are those of the kind
     and at between '2000-01-01 Z' and '9999-01-01 Z'
     and length(request_id) <= 100 and length(step) <= 500
     and public.is_loggable(body);
end $$;
alter table event alter log_id set default nextval('log_id'), alter log_id set not null,
  drop constraint event_kind_check, drop constraint event_via_check, drop constraint event_seq_check, drop constraint event_kind_of_body,
  add constraint event_is_sound check (is_sound_event(kind, seq, via, body, at, request_id, step));
alter table finding_decision alter log_id set default nextval('log_id'), alter log_id set not null,
  add constraint finding_decision_is_loggable check (is_loggable(refusal -> 'code') and length(click_id) <= 100 and length(finding_id) <= 100);
alter table mass_ending alter log_id set default nextval('log_id'), alter log_id set not null,
  add constraint mass_ending_is_loggable check (is_loggable(scope) and length(id) <= 100);
alter table mass_ending_lift alter log_id set default nextval('log_id'), alter log_id set not null,
  add constraint mass_ending_lift_is_loggable check (length(mass_ending_id) <= 100 and length(person) <= 100);
alter table mass_ending_cut_off alter log_id set default nextval('log_id'), alter log_id set not null,
  add constraint mass_ending_cut_off_is_loggable check (length(mass_ending_id) <= 100);
create index event_log_id on event (log_id); -- Unique, it would have the request too, and every insert would take longer.
create unique index finding_decision_log_id on finding_decision (log_id);
create unique index mass_ending_log_id on mass_ending (log_id);
create unique index mass_ending_lift_log_id on mass_ending_lift (log_id);
create unique index mass_ending_cut_off_log_id on mass_ending_cut_off (log_id);

-- An administrator began a log of another name, because the one before cannot go on: a place has more of it than this ledger, after a
-- restore, or its key is lost. Everything that is recorded goes into the new log again, and so does this row.
create table log_beginning (
  name          text primary key check (length(name) <= 255),
  previous      text,
  previous_note text,                     -- the newest note of the log before that this ledger had
  begun_by      text not null,            -- a login of the operating system
  begun_at      timestamptz not null default ledger_now(),
  log_id        bigint not null unique default nextval('log_id')
);

-- The public keys that sign the log from now on. The sequencer adds a row when they are others than before, so a change of keys is an entry of
-- the log, and the next checkpoint is signed by the new ones.
create table log_keys (
  id       bigint generated always as identity primary key,
  keys     text[] not null,               -- verifier keys of C2SP signed notes
  since    timestamptz not null default ledger_now(),
  log_id   bigint not null unique default nextval('log_id'),
  check (cardinality(keys) between 1 and 10),
  check (length(keys::text) <= 10000)
);
create trigger append_only before update or delete on log_keys for each row execute function append_only();
create trigger no_truncate before truncate on log_keys for each statement execute function append_only();

-- An administrator erased what a person wrote and how they are called. The texts were beside the events, under a salt, so the log still
-- verifies. Who the person is stays as their id.
create table erasure (
  id        uuid primary key,
  person    text not null check (length(person) <= 100),
  requests  integer not null,             -- how many closed requests of the person were erased
  erased_by text not null,                -- a login of the operating system
  erased_at timestamptz not null default ledger_now(),
  log_id    bigint not null unique default nextval('log_id')
);
create trigger append_only before update or delete on erasure for each row execute function append_only();
create trigger no_truncate before truncate on erasure for each statement execute function append_only();

-- An administrator removed old requests from the ledger, with everything of them, after it was exported. The log keeps the hashes of their
-- entries, so it still verifies, and the export proves what they said.
create table purge (
  id          uuid primary key,
  before_at   timestamptz not null,       -- the requests that were made before it are gone
  requests    bigint not null,
  entries     bigint not null,
  digest      text not null,              -- SHA-256 of a line for each entry: its index, a space, its hash in base64. In hex
  export_size bigint not null,            -- the export has the checkpoint of this size
  purged_by   text not null,              -- a login of the operating system
  purged_at   timestamptz not null default ledger_now(),
  log_id      bigint not null unique default nextval('log_id')
);
create trigger append_only before update or delete on purge for each row execute function append_only();
create trigger no_truncate before truncate on purge for each statement execute function append_only();

-- What is append-only leaves with its request.
create function append_only_until_purged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  its_request text;
begin
  if tg_op = 'DELETE' then
    if tg_table_name = 'account_check' then
      select request_id into its_request from public.click where id = old.click_id;
    else
      select request_id into its_request from public.lease where id = old.lease_id;
    end if;
    if its_request < (select public.request_ids_from(max(before_at)) from public.purge) then
      return old;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;
drop trigger append_only on account_check;
create trigger append_only before update or delete on account_check for each row execute function append_only_until_purged();

-- Every row that goes into the log, in one form. The id names it within its type.
create view log_row as
  select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from event
  union all
  select log_id, 'finding-decision', click_id, at, jsonb_build_object('finding', finding_id, 'kind', kind, 'by', by, 'via', via,
    'confirmed', confirmed, 'seen', seen, 'refusal', refusal -> 'code'), null, null from finding_decision
  union all
  select log_id, 'mass-ending', id, made_at, jsonb_build_object('scope', scope, 'by', made_by, 'needs', needs), null, null from mass_ending
  union all
  select log_id, 'mass-ending-lift', mass_ending_id || '/' || person, lifted_at, jsonb_build_object('click', click_id), null, null
    from mass_ending_lift
  union all
  select log_id, 'mass-ending-cut-off', mass_ending_id || '/' || id, cut_off_at, jsonb_build_object('provider', provider,
    'text', jsonb_build_object('text', 0, 'hash', text_hash), 'done', to_jsonb(done), 'again', to_jsonb(again)), null, null
    from mass_ending_cut_off
  union all
  select log_id, 'log-beginning', name, begun_at, jsonb_build_object('previous', previous, 'note', previous_note, 'by', begun_by), null, null
    from log_beginning
  union all
  select log_id, 'erasure', id::text, erased_at, jsonb_build_object('person', person, 'requests', requests, 'by', erased_by), null, null
    from erasure
  union all
  select log_id, 'purge', id::text, purged_at, jsonb_build_object('before', to_char(before_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'requests', requests, 'entries', entries, 'digest', digest, 'exportSize', export_size, 'by', purged_by), null, null from purge
  union all
  select log_id, 'log-keys', id::text, since, jsonb_build_object('keys', to_jsonb(keys)), null, null from log_keys;

-- How far the log is. A process locks this row while it adds entries.
create table log_state (
  is_only boolean primary key default true check (is_only),
  name    text,                           -- of the log; null until the first entry
  size    bigint not null default 0,      -- how many entries the log has
  seen_to bigint not null default 0       -- the highest log_id that was seen
);
insert into log_state default values;

-- The index of each row in the log.
create table log_entry (
  index  bigint primary key check (index >= 0),
  log_id bigint not null unique
);

-- The entries whose rows are gone with a purge.
create table purged_entry (
  index bigint primary key,
  purge uuid not null references purge
);

-- Numbers below seen_to whose rows were not seen. Their transaction may still be open, or it was rolled back. The holders are the
-- transactions that could have the rows: when all of them ended and a row is still not there, it never comes.
create table log_gap (
  first   bigint primary key,
  last    bigint not null,
  holders text[] not null,
  check (first <= last)
);

-- The hashes of the tree, as C2SP tlog-tiles has them: at most 256 hashes of 32 bytes in each tile.
create table log_tile (
  level  integer not null check (level >= 0),
  n      bigint not null check (n >= 0),
  hashes bytea not null check (length(hashes) between 32 and 8192) check (length(hashes) % 32 = 0),
  primary key (level, n)
);

create function log_tile_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or substr(new.hashes, 1, length(old.hashes)) <> old.hashes or (new.level, new.n) <> (old.level, old.n) then
    raise exception 'a tile of the log only grows' using errcode = 'CRF01';
  end if;
  return new;
end $$;

-- The checkpoints. A row is added after the checkpoint was published, so the note in it is one that somebody outside has.
create table log_checkpoint (
  size         bigint primary key check (size > 0),
  note         text not null,
  published_at timestamptz not null default ledger_now()
);

-- Where checkpoints are published, and how far each place is.
create table log_place (
  name         text primary key,
  size         bigint not null default 0, -- of the last checkpoint that was published there
  published_at timestamptz,
  tried_at     timestamptz,
  problem      text,                      -- why the last attempt failed; null when it succeeded
  loss         text,                      -- what it lost, when it last showed less than was published there
  lost_at      timestamptz
);

-- What witnesses signed. A line is a signature of the checkpoint of that size.
create table log_cosignature (
  size  bigint not null,
  place text not null,
  line  text not null,
  primary key (size, place, line)
);

create trigger append_only before update or delete on log_beginning for each row execute function append_only();
create trigger no_truncate before truncate on log_beginning for each statement execute function append_only();
create trigger append_only before update or delete on log_entry for each row execute function append_only();
create trigger no_truncate before truncate on log_entry for each statement execute function append_only();
create trigger append_only before update or delete on purged_entry for each row execute function append_only();
create trigger no_truncate before truncate on purged_entry for each statement execute function append_only();
create trigger append_only before update or delete on log_checkpoint for each row execute function append_only();
create trigger no_truncate before truncate on log_checkpoint for each statement execute function append_only();
create trigger append_only before update or delete on log_cosignature for each row execute function append_only();
create trigger no_truncate before truncate on log_cosignature for each statement execute function append_only();
create trigger only_grows before update or delete on log_tile for each row execute function log_tile_grows();
create trigger no_truncate before truncate on log_tile for each statement execute function append_only();

-- The log only grows, and no checkpoint is of more entries than there are.
create function log_state_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.size < old.size or new.seen_to < old.seen_to
     or new.size > old.size + 1000000 or new.name is distinct from coalesce(old.name, new.name) then
    raise exception 'the log only grows' using errcode = 'CRF01';
  end if;
  return new;
end $$;
create trigger only_grows before update or delete on log_state for each row execute function log_state_grows();
create function checkpoint_is_of_the_log() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.size > (select size from public.log_state) then
    raise exception 'a checkpoint of more entries than the log has' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger is_of_the_log before insert on log_checkpoint for each row execute function checkpoint_is_of_the_log();
revoke all on function append_only_until_purged(), log_tile_grows(), log_state_grows(), checkpoint_is_of_the_log(), is_loggable(jsonb), is_sound_event(text, integer, text, jsonb, timestamptz, text, text)
  from public;
grant execute on function is_loggable(jsonb), is_sound_event(text, integer, text, jsonb, timestamptz, text, text) to curfew_worker, curfew_provider, curfew_sweeper;

-- Rights. Who inserts a row may not choose its number. A right on the whole table would allow it.
revoke insert on event from curfew_worker, curfew_provider, curfew_sweeper;
grant insert (request_id, seq, step, kind, body, via, at) on event to curfew_worker, curfew_provider, curfew_sweeper;
revoke insert on finding_decision from curfew_worker;
grant insert (click_id, finding_id, kind, by, via, confirmed, seen, refusal) on finding_decision to curfew_worker;
grant usage on sequence log_id to curfew_worker, curfew_provider, curfew_sweeper;

do $$
begin
  execute format('grant connect on database %I to curfew_sequencer', current_database());
end $$;
grant usage on schema public to curfew_sequencer;
grant execute on function ledger_now() to curfew_sequencer;
grant select on log_row to curfew_sequencer, curfew_reader, curfew_cli;
grant select on log_state, log_entry, log_tile, log_checkpoint, log_place, log_cosignature, log_beginning, log_keys, erasure,
  purge, purged_entry
  to curfew_worker, curfew_provider, curfew_sweeper, curfew_reader, curfew_cli, curfew_sequencer;
grant update (name, size, seen_to) on log_state to curfew_sequencer;
grant insert on log_entry, log_checkpoint, log_cosignature to curfew_sequencer;
grant insert (keys) on log_keys to curfew_sequencer;
grant usage on sequence log_id to curfew_sequencer;
grant select, insert, delete on log_gap to curfew_sequencer;
grant insert, update (hashes) on log_tile to curfew_sequencer;
grant insert, update (size, published_at, tried_at, problem, loss, lost_at) on log_place to curfew_sequencer;
grant select on quarantine, manifest_serial to curfew_sequencer;
grant insert (reason, ledger_serial, manifest_serial) on quarantine to curfew_sequencer;
