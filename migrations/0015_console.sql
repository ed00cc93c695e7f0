-- The console: who is signed in, and who looked at what.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_console') then
    create role curfew_console nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- a migration of another database was faster
end $$;

-- A sign-in that began and did not end yet. The browser has the id, whose hash is here. It is taken once, so nobody can use it again.
create table console_sign_in (
  id_hash  bytea primary key check (length(id_hash) = 32),
  state    text not null check (length(state) <= 200),
  nonce    text not null check (length(nonce) <= 200),
  verifier text not null check (length(verifier) <= 200),  -- of PKCE (RFC 7636)
  path     text not null check (length(path) <= 2000),     -- where the person wanted to go
  begun_at timestamptz not null default ledger_now()
);
create index console_sign_in_begun on console_sign_in (begun_at);

-- A browser in which somebody signed in. The browser has the id, whose hash is here: who reads this table can be nobody else.
create table console_session (
  id_hash  bytea primary key check (length(id_hash) = 32),
  person   text not null check (length(person) <= 100),
  account  text not null check (length(account) <= 500),   -- of the person at the identity provider
  zone     text not null check (length(zone) <= 100),      -- of the times that they see: a name of the IANA time zone database
  own_zone text not null check (length(own_zone) <= 100),  -- the one that the identity provider gave
  begun_at timestamptz not null default ledger_now(),
  seen_at  timestamptz not null default ledger_now(),
  ended_at timestamptz
);

-- Who looked at what that is not their own, or took a copy of it. The address has ids and times, and nothing that a person wrote.
create table reading (
  id      bigint generated always as identity primary key,
  person  text not null check (length(person) <= 100),
  kind    text not null check (kind in ('page', 'export')),
  address text not null check (length(address) <= 2000),
  at      timestamptz not null default ledger_now(),
  log_id  bigint not null unique default nextval('log_id')
);
create index reading_at on reading (at, id);
create trigger append_only before update or delete on reading for each row execute function append_only();
create trigger no_truncate before truncate on reading for each statement execute function append_only();

-- As before, with the readings.
create or replace view log_row as
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
  select log_id, 'log-keys', id::text, since, jsonb_build_object('keys', to_jsonb(keys)), null, null from log_keys
  union all
  select log_id, 'reading', id::text, at, jsonb_build_object('by', person, 'kind', kind, 'address', address), null, null from reading;

create view audit.reading as
select at, id::text as id, person, kind, address from reading;
comment on view audit.reading is 'Who looked in the console at what is not their own, and who took a copy of it.';
comment on column audit.reading.kind is 'page: it was shown. export: it was downloaded.';
comment on column audit.reading.address is 'The page with its question, as the browser had it.';

-- People answer requests and end access in the console too.
alter table click drop constraint click_via_check, add constraint click_via_check check (via in ('slack', 'cli', 'console'));
alter table finding_decision drop constraint finding_decision_via_check,
  add constraint finding_decision_via_check check (via in ('slack', 'cli', 'console'));
create or replace function is_sound_event(kind text, seq integer, via text, body jsonb, at timestamptz, request_id text, step text) returns boolean
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

-- The step of an event names its click, so the click is found without reading all of them: audit.approval and audit.refusal have its account.
create index click_step on click (('click/' || id));

-- What is held now.
create index access_period_open on access_period (ends_at) where ended_at is null;

-- Rights. The console reads what the command line reads, and records who signed in, who looked at what, and what people
-- did.
do $$
begin
  execute format('grant connect on database %I to curfew_console', current_database());
end $$;
grant usage on schema public, audit to curfew_console;
grant execute on function ledger_now() to curfew_console;
grant execute on function audit.access_as_known(timestamptz, timestamptz, timestamptz) to curfew_console;
grant select on event, event_text, event_free_text, free_text, event_partition, request, lease, holding, outbox, finding, finding_decision,
  finding_reason, mass_ending, mass_ending_reason, mass_ending_lift, mass_ending_cut_off,
  mass_ending_cut_off_text, quarantine, log_row, log_state, log_entry, log_tile, log_checkpoint,
  log_place, log_stream, purge, purged_entry
  to curfew_console;
grant select (lease_id, made_at, delivered_at, erased_at) on secret to curfew_console;
grant select (id, kind, request_id, via, account, person, received_at, done_at, outcome) on click to curfew_console;
grant insert (id, kind, request_id, via, account, person, body, source) on click to curfew_console;
create policy console_reads on event for select to curfew_console using (true);
create policy console_reads on click for select to curfew_console using (true);
create policy console_writes on click for insert to curfew_console
  with check (via = 'console' and kind in ('approve', 'deny', 'withdraw', 'end', 'ask', 'answer', 'extend', 'end-all'));
grant select on audit.reading to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader;
grant select on all tables in schema audit to curfew_console;

grant insert (id_hash, state, nonce, verifier, path), select, delete on console_sign_in to curfew_console;
grant insert (id_hash, person, account, zone, own_zone), select, update (zone, seen_at, ended_at), delete on console_session to curfew_console;
grant insert (person, kind, address), select on reading to curfew_console;
grant usage on sequence log_id to curfew_console;
