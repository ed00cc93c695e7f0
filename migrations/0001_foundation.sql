-- The ledger: what people did, what was decided, which leases exist, and which notifications are not sent yet. This file has what all others need: the
-- roles, the clock, the schemas, and the rows that never change. Migrations only go forward.

-- Whoever migrates owns everything here. The parts of Curfew act as the roles below, which own nothing; docs/security.md says what each can do. A role
-- without a line in the rights of a file has none there. UPDATE is granted column by column: a right on the whole table would also allow "lock table".
do $$
declare
  role text;
begin
  foreach role in array array['gateway', 'worker', 'provider', 'sweeper', 'courier', 'sequencer', 'streamer', 'console', 'reader', 'auditor', 'cli'] loop
    begin
      if not exists (select from pg_roles where rolname = 'curfew_' || role) then
        execute format('create role %I nologin', 'curfew_' || role);
      end if;
    exception
      when duplicate_object or unique_violation then null; -- a migration of another database was faster
    end;
  end loop;
end $$;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to %I, curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_sequencer, curfew_streamer, '
      'curfew_console, curfew_reader, curfew_auditor, curfew_cli',
    current_database(), current_user);
  if has_database_privilege('public', current_database(), 'connect') then
    raise exception 'PUBLIC may still connect to the database %', current_database()
      using hint = 'Migrate as the owner of the database: alter database ... owner to ...';
  end if;
end $$;

-- Any login of a database can make large objects until the disk is full. Only a superuser can take that from everybody; `curfew doctor`
-- says when nobody did.
do $$ begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) from public;
  end if;
end $$;

revoke all on schema public from public;
grant usage on schema public to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_sequencer, curfew_streamer,
  curfew_console, curfew_reader, curfew_cli;

-- What auditors read, in their own tools too: one view for each question. A view reads its tables with the rights of its owner, so a login needs a right on
-- the view only.
create schema audit;
comment on schema audit is 'The questions of an auditor as views. docs/audit.md describes them.';
grant usage on schema audit
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_auditor, curfew_cli;

-- The one clock that decides about ends and lapses (I23).
create function ledger_now() returns timestamptz language sql volatile as 'select clock_timestamp()';
grant execute on function ledger_now() to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_sequencer, curfew_streamer,
  curfew_console, curfew_reader, curfew_auditor, curfew_cli;

-- Most of what is recorded is added and never changed.
create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;

-- Or it leaves with its request, in a purge.
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

-- An erasure writes "(erased)" over what a vendor said, because it may name the account: why the use of a lease is unknown, and why a finding could not be
-- adopted or revoked. Nothing else of these rows changes. The argument is the path of that text in the row. The log has neither of the two.
create function only_a_text_is_erased() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_jsonb(new) is not distinct from jsonb_set(to_jsonb(old), tg_argv[0]::text[], '"(erased)"', false) and new is distinct from old then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;

-- Each row that goes into the log gets the next number when it is inserted. Numbers of rolled back transactions are missing. No role
-- may choose the number of a row, so each has the right to insert the other columns only.
create sequence log_id;
grant usage on sequence log_id to curfew_worker, curfew_provider, curfew_sweeper, curfew_sequencer, curfew_console, curfew_cli;

-- A row of the log is signed for ever, and each export has it. So a role of Curfew must not be able to write one that the sequencer cannot read, or that
-- the verifier refuses for its form or its size: an export with it would never verify. Everybody computes the same entry from it: its JSON has no number
-- that another program reads as another one, a depth that every program can read, and at most 4 MiB. The verifier reads a body of up to 64 MiB.
create function is_loggable(body jsonb) returns boolean language sql immutable
return not jsonb_path_exists(body, '$.**{32 to last}')
   and not jsonb_path_exists(body, '$.** ? (@.type() == "number" && (@ > 9007199254740991 || @ < -9007199254740991 || @ != @.floor()))')
   and octet_length(body::text) <= 4194304;

revoke all on all functions in schema public from public;
grant execute on function is_loggable(jsonb) to curfew_worker, curfew_provider, curfew_sweeper, curfew_console, curfew_cli;
