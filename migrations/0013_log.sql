-- The log: a Merkle tree (RFC 6962) over what was recorded, whose signed checkpoints are published outside of this database. So nobody
-- can change what was recorded without being noticed, also not the owner of the database. docs/verify.md says how anyone checks it.

-- What is recorded about the log itself.

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
create trigger append_only before update or delete on log_beginning for each row execute function append_only();
create trigger no_truncate before truncate on log_beginning for each statement execute function append_only();

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

-- Every row that goes into the log, in one form. The id names it within its type.
create view log_row as
  select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from event
  union all
  select log_id, 'finding-decision', click_id, at, jsonb_build_object('finding', finding_id, 'kind', kind, 'by', by, 'via', via,
    'confirmed', confirmed, 'seen', seen, 'refusal', refusal -> 'code')
    || case when reason_hash is null then '{}' else jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash)) end, null, null
    from finding_decision
  union all
  select log_id, 'mass-ending', id, made_at, jsonb_build_object('scope', scope, 'by', made_by, 'needs', needs)
    || case when reason_hash is null then '{}' else jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash)) end, null, null
    from mass_ending
  union all
  select log_id, 'mass-ending-lift', mass_ending_id || '/' || person || case when counting is null then '' else '/' || click_id end, lifted_at,
    jsonb_build_object('click', click_id) || case when counting is null then '{}' else jsonb_build_object('counting', to_jsonb(counting)) end, null, null
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
  select log_id, 'log-keys', id::text, since, jsonb_build_object('keys', to_jsonb(keys)), null, null from log_keys
  union all
  select log_id, 'reading', id::text, at, jsonb_build_object('by', person, 'kind', kind, 'address', address), null, null from reading
   where log_id is not null
  union all
  select log_id, 'review', id, opened_at, jsonb_build_object('by', opened_by, 'title', jsonb_build_object('text', 0, 'hash', title_hash), 'scope', scope,
    'from', to_char(from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'to', to_char(to_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'due', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'sample', wanted, 'population', population, 'digest', population_digest),
    null, null from review
  union all
  select log_id, 'review-decision', click_id, at, jsonb_build_object('review', review_id, 'line', line_id, 'kind', kind, 'by', by, 'via', via,
    'reason', case when reason_hash is not null then jsonb_build_object('text', 0, 'hash', reason_hash) end, 'refusal', refusal -> 'code'),
    null, null from review_decision
  union all
  select log_id, 'quarantine', id::text, started_at, jsonb_build_object('reason', reason), null, null from quarantine
  union all
  select end_log_id, 'quarantine-end', id::text, ended_at, jsonb_build_object('reason', reason, 'by', ended_by, 'plan', plan_digest), null, null
    from quarantine where ended_at is not null
  union all
  select v.log_id, 'visit', v.id::text, v.at, jsonb_build_object('by', v.person,
    'from', to_char(v.from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'until', to_char(v.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'readings', (select jsonb_agg(jsonb_build_object('id', r.id::text, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'kind', r.kind, 'address', r.address) order by r.at, r.id) from reading r where r.visit_id = v.id)), null, null
    from visit v
  union all
  select log_id, 'copy', id::text, at, asked || jsonb_build_object('by', by, 'via', via), null, null from copy_order;

-- The limit of is_loggable for the whole row of each table whose rows are entries. Events and readings have limits of their own.
do $$
declare
  its text;
begin
  foreach its in array array['copy_order', 'erasure', 'finding_decision', 'log_beginning', 'log_keys', 'mass_ending', 'mass_ending_cut_off',
                             'mass_ending_lift', 'purge', 'quarantine', 'review', 'review_decision'] loop
    execute format('alter table %I add constraint %I check (octet_length((%I.*)::text) <= 4194304)', its, its || '_is_short', its);
  end loop;
end $$;

-- The tree.

-- How far the log is. A process locks this row while it adds entries.
create table log_state (
  is_only boolean primary key default true check (is_only),
  name    text,                           -- of the log; null until the first entry
  size    bigint not null default 0,      -- how many entries the log has
  seen_to bigint not null default 0       -- the highest log_id that was seen
);
insert into log_state default values;

create function log_state_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.size < old.size or new.seen_to < old.seen_to
     or new.size > old.size + 1000000 or new.name is distinct from coalesce(old.name, new.name) then
    raise exception 'the log only grows' using errcode = 'CRF01';
  end if;
  return new;
end $$;
create trigger only_grows before update or delete on log_state for each row execute function log_state_grows();

-- The index of each row in the log.
create table log_entry (
  index  bigint primary key check (index >= 0),
  log_id bigint not null unique
);
create trigger append_only before update or delete on log_entry for each row execute function append_only();
create trigger no_truncate before truncate on log_entry for each statement execute function append_only();

-- The entries whose rows are gone with a purge.
create table purged_entry (
  index bigint primary key,
  purge uuid not null references purge
);
create trigger append_only before update or delete on purged_entry for each row execute function append_only();
create trigger no_truncate before truncate on purged_entry for each statement execute function append_only();

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
create trigger only_grows before update or delete on log_tile for each row execute function log_tile_grows();
create trigger no_truncate before truncate on log_tile for each statement execute function append_only();

-- What is published.

-- The checkpoints. A row is added after the checkpoint was published, so the note in it is one that somebody outside has.
create table log_checkpoint (
  size         bigint primary key check (size > 0),
  note         text not null,
  published_at timestamptz not null default ledger_now()
);
create trigger append_only before update or delete on log_checkpoint for each row execute function append_only();
create trigger no_truncate before truncate on log_checkpoint for each statement execute function append_only();

-- No checkpoint is of more entries than there are.
create function checkpoint_is_of_the_log() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.size > (select size from public.log_state) then
    raise exception 'a checkpoint of more entries than the log has' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger is_of_the_log before insert on log_checkpoint for each row execute function checkpoint_is_of_the_log();

-- Where checkpoints are published, and how far each place is.
create table log_place (
  name         text primary key,
  size         bigint not null default 0, -- of the last checkpoint that was published there
  published_at timestamptz,
  tried_at     timestamptz,
  problem      text,                      -- why the last attempt failed; null when it succeeded
  loss         text,                      -- what it lost, when it last showed less than was published there
  lost_at      timestamptz,
  kind         text check (kind in ('folder', 'bucket', 'git', 'slack', 'witness'))
);

-- What witnesses signed. A line is a signature of the checkpoint of that size.
create table log_cosignature (
  size  bigint not null,
  place text not null,
  line  text not null,
  primary key (size, place, line)
);
create trigger append_only before update or delete on log_cosignature for each row execute function append_only();
create trigger no_truncate before truncate on log_cosignature for each statement execute function append_only();

-- The stream to the SIEM: what is in the log, in its order, to each sink of the settings. The number of a record is the index of its entry
-- in the log, so this table only has how far each sink is. docs/stream.md describes the records.
create table log_stream (
  sink          text primary key,         -- its address without a secret
  log           text not null,            -- the log that next counts in. A new log begins with its first entry
  next          bigint not null default 0 check (next >= 0), -- the sink has every record before this one
  problem       text,                     -- why the last attempt failed; null when it succeeded
  sent_at       timestamptz,
  claimed_by    text not null,            -- the process that sends. Another one may when the time is over
  claimed_until timestamptz not null
);

-- The examination of the log: in the background, old entries are hashed again and compared with the tree and the signed checkpoints, and the answers about
-- access are computed again from the events. This row keeps how far it is, because the examination of a large log takes days.
create table log_examination (
  is_only     boolean primary key default true check (is_only),
  log         text,                       -- the name of the log that is examined
  size        bigint not null default 0,  -- the pass ends at the checkpoint of this size; 0 between two passes
  next        bigint not null default 0,  -- the entries before it are examined
  lease_after text not null default '',   -- the access of leases up to this one is examined
  differences integer not null default 0, -- how many this pass has found
  due_at      timestamptz not null default ledger_now(), -- when the next step is due
  every_days  integer not null default 7, -- CURFEW_LOG_EXAMINE_DAYS of the sequencer
  since       timestamptz not null default ledger_now(), -- when there was an examination first
  ended_at    timestamptz,                -- when the last whole pass ended
  found       integer not null default 0, -- how many differences that pass found
  check (size >= 0 and next >= 0 and differences >= 0 and found >= 0),
  check (every_days between 1 and 90)
);
insert into log_examination default values;

-- Rights. The streamer reads the log and the events behind it, and no text that people wrote.
grant select on log_row to curfew_sequencer, curfew_streamer, curfew_console, curfew_reader, curfew_cli;
grant select on log_state, log_entry, log_tile, log_checkpoint, purged_entry
  to curfew_worker, curfew_provider, curfew_sweeper, curfew_sequencer, curfew_streamer, curfew_console, curfew_reader, curfew_cli;
grant select on log_place, log_cosignature, purge
  to curfew_worker, curfew_provider, curfew_sweeper, curfew_sequencer, curfew_console, curfew_reader, curfew_cli;
grant select on log_beginning, log_keys, erasure to curfew_worker, curfew_provider, curfew_sweeper, curfew_sequencer, curfew_reader, curfew_cli;
-- A waiting request names the witness that does not sign.
grant select on log_place to curfew_gateway, curfew_courier;
grant update (name, size, seen_to) on log_state to curfew_sequencer;
grant insert on log_entry, log_checkpoint, log_cosignature to curfew_sequencer;
grant insert (keys) on log_keys to curfew_sequencer;
grant select, insert, delete on log_gap to curfew_sequencer;
grant insert, update (hashes) on log_tile to curfew_sequencer;
grant insert, update (size, published_at, tried_at, problem, loss, lost_at, kind) on log_place to curfew_sequencer;
grant select on log_stream to curfew_streamer, curfew_console, curfew_reader, curfew_cli;
grant insert (sink, log, next, claimed_by, claimed_until) on log_stream to curfew_streamer;
grant update (log, next, problem, sent_at, claimed_by, claimed_until) on log_stream to curfew_streamer;
grant select on log_examination to curfew_sequencer, curfew_console, curfew_reader, curfew_cli;
grant update (log, size, next, lease_after, differences, due_at, every_days, ended_at, found) on log_examination to curfew_sequencer;
revoke all on all functions in schema public from public;
