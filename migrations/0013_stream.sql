-- The stream to the SIEM: what is in the log, in its order, to each sink of the settings. The number of a record is the index of its entry
-- in the log, so this table only has how far each sink is. docs/stream.md describes the records.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_streamer') then
    create role curfew_streamer nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- a migration of another database was faster
end $$;

create table log_stream (
  sink          text primary key,         -- its address without a secret
  log           text not null,            -- the log that next counts in. A new log begins with its first entry
  next          bigint not null default 0 check (next >= 0), -- the sink has every record before this one
  problem       text,                     -- why the last attempt failed; null when it succeeded
  sent_at       timestamptz,
  claimed_by    text not null,            -- the process that sends. Another one may when the time is over
  claimed_until timestamptz not null
);

-- Rights. The streamer reads the log and the events behind it, and no text that people wrote.
do $$
begin
  execute format('grant connect on database %I to curfew_streamer', current_database());
end $$;
grant usage on schema public to curfew_streamer;
grant execute on function ledger_now() to curfew_streamer;
grant select on log_row, log_state, log_entry, log_tile, log_checkpoint, purged_entry to curfew_streamer;
grant select (request_id, seq, step, kind, body, via, at, log_id) on event to curfew_streamer;
create policy streamer_reads on event for select to curfew_streamer using (kind in ('requested', 'intended'));
grant select on log_stream to curfew_streamer, curfew_reader, curfew_cli;
grant insert (sink, log, next, claimed_by, claimed_until) on log_stream to curfew_streamer;
grant update (log, next, problem, sent_at, claimed_by, claimed_until) on log_stream to curfew_streamer;
