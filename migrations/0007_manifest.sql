-- The manifest is a list outside of this database of what must be ended. Its entries are signed objects in a folder or a bucket. When it shows that this
-- ledger was restored, a quarantine begins.

-- The number of the last write of any entry. It only grows, in steps that cannot use up all numbers, so a manifest with a higher one was written by a later state of
-- this ledger: the ledger was restored. It is a row, because a sequence is ahead of its transactions after a failover.
create table manifest_serial (
  is_only boolean primary key default true check (is_only),
  serial  bigint not null check (serial between 0 and 9007199254740991)
);
insert into manifest_serial (serial) values (0);

create function manifest_serial_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.serial < old.serial then
    raise exception 'the serial of the manifest only grows' using errcode = 'CRF01';
  end if;
  if new.serial > old.serial + 1000000 then
    raise exception 'the serial of the manifest grows by at most 1000000 at once' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger only_grows before update or delete on manifest_serial for each row execute function manifest_serial_grows();
create trigger no_truncate before truncate on manifest_serial for each statement execute function append_only();

-- One row for each lease that has an entry. What changes the entry adds one to wanted. What wrote it sets written to the wanted
-- that it found before it read the ledger, so a change in between is written again. After a restore it can be about a lease
-- that this ledger does not know.
create table manifest_entry (
  lease_id    text primary key,
  wanted      integer not null default 1,
  written     integer not null default 0,
  serial      bigint not null default 0 check (serial between 0 and 9007199254740991), -- of the last object that was stored; 0 before the first one
  state       text check (state in ('live', 'over')), -- of that object
  written_at  timestamptz,
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now(),
  check (written <= wanted)
);
create index manifest_entry_unwritten on manifest_entry (next_try_at) where wanted > written;
create index manifest_entry_live on manifest_entry (lease_id) where state = 'live';

-- A revocation changes the entry of its lease. So that no path forgets it, it is wanted where the state of the lease is written.
create function want_manifest() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.manifest_entry set wanted = wanted + 1, next_try_at = public.ledger_now() where lease_id = new.id;
  return null;
end $$;
create trigger want_manifest after update of state on lease for each row
  when (new.state = 'revoked' and old.state <> 'revoked')
  execute function want_manifest();

-- While a quarantine is open, nothing is granted. It begins when the manifest shows that this ledger was restored, and a person ends it. Both are entries of
-- the log. The log stands still during a quarantine, so both come into it afterwards.
create table quarantine (
  id              bigint generated always as identity primary key,
  reason          text not null,
  ledger_serial   bigint not null,
  manifest_serial bigint not null,
  started_at      timestamptz not null default ledger_now(),
  ended_at        timestamptz,
  ended_by        text,
  plan_digest     text,                    -- of the plan that the person had seen
  log_id          bigint not null unique default nextval('log_id'),
  end_log_id      bigint unique,
  check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (plan_digest is null)),
  check ((ended_at is null) = (end_log_id is null))
);
create unique index quarantine_open on quarantine ((true)) where ended_at is null;

-- The end of a quarantine gets its number in the log here.
create function quarantine_only_ends() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null or new.ended_at is null
     or (new.id, new.reason, new.ledger_serial, new.manifest_serial, new.started_at, new.log_id)
        is distinct from (old.id, old.reason, old.ledger_serial, old.manifest_serial, old.started_at, old.log_id) then
    raise exception 'a quarantine only ends, and only once' using errcode = 'CRF01';
  end if;
  new.end_log_id := nextval('public.log_id');
  return new;
end $$;
create trigger only_ends before update or delete on quarantine for each row execute function quarantine_only_ends();
create trigger no_truncate before truncate on quarantine for each statement execute function append_only();

-- The plan of a quarantine: each lease of which the manifest knows more than this ledger.
create table quarantine_lease (
  quarantine_id  bigint not null references quarantine,
  lease_id       text not null,
  kind           text not null check (kind in ('unknown', 'not-granted', 'later-end', 'ended-before')),
  entry          jsonb not null,           -- as the manifest has it
  signed         text not null,            -- the same with the signature of who compared the two: no later end counts without it
  request_id     text not null,
  access_key     text not null,            -- entries with the same key share one access
  ends_at        timestamptz not null,     -- by the manifest
  ledger_ends_at timestamptz,              -- by this ledger; null for a lease that it does not know
  gone_at        timestamptz,              -- when a read showed that the access of a lost lease is gone
  seen           text,
  tries          integer not null default 0,
  next_try_at    timestamptz not null default ledger_now(), -- when the sweeper tries again to end a lost lease
  primary key (quarantine_id, lease_id),
  -- Whoever reads the plan compares the serials of its entries. An entry without one must not keep the others from being read.
  constraint quarantine_lease_serial check (coalesce(entry ->> 'serial' ~ '^[0-9]{1,16}$', false))
);
create index quarantine_lease_request on quarantine_lease (request_id);
create index quarantine_lease_access on quarantine_lease (access_key) where gone_at is null;
create index quarantine_lease_due on quarantine_lease (next_try_at) where gone_at is null;
create index quarantine_lease_known on quarantine_lease (lease_id);

-- Somebody has seen the plan of a quarantine and wants to end it. The sweeper decides.
create table quarantine_answer (
  id            text primary key,
  quarantine_id bigint not null references quarantine,
  account       text not null,             -- a login of the operating system
  person        text,
  plan_digest   text not null,
  asked_at      timestamptz not null default ledger_now(),
  decided_at    timestamptz,
  refusal       text                       -- a sentence; null when the quarantine was ended
);
create index quarantine_answer_open on quarantine_answer (asked_at) where decided_at is null;

-- The latest end that the plan of the open quarantine has for a request; null when the plan has no later end of it.
create function planned_end(its_request text) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
  select max(l.ends_at) from public.quarantine_lease l join public.quarantine q on q.id = l.quarantine_id
   where l.request_id = its_request and l.kind = 'later-end' and q.ended_at is null
$$;

-- Moves the end of the leases of a request to the one that was adopted. It is at most the one that the plan of the open quarantine has,
-- so the role that may call this cannot choose an end. Without an event, or without such a plan, it does nothing.
create function adopt_end(its_request text) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with adopted as (
    select least(max(to_timestamp((e.body ->> 'endsAt')::float8 / 1000)), planned.ends_at) as ends_at
      from public.event e, (select public.planned_end(its_request) as ends_at) planned
     where e.request_id = its_request and e.kind = 'end-adopted' and planned.ends_at is not null
     group by planned.ends_at),
  moved as (
    update public.lease l set ends_at = adopted.ends_at, next_try_at = adopted.ends_at + interval '10 seconds'
      from adopted
     where l.request_id = its_request and l.state not in ('revoke-started', 'revoked') and l.ends_at < adopted.ends_at
    returning l.id)
  select count(*) from moved
$$;

-- Rights.
grant select on manifest_serial, manifest_entry to curfew_worker, curfew_provider, curfew_sweeper, curfew_cli;
grant select on manifest_serial to curfew_sequencer;
grant update (serial) on manifest_serial to curfew_provider, curfew_sweeper;
grant insert (lease_id), update (wanted, written, serial, state, written_at, tries, next_try_at) on manifest_entry
  to curfew_provider, curfew_sweeper;
grant update (wanted, next_try_at) on manifest_entry to curfew_worker;

-- The console shows what a mass ending would end. That includes access that a restored ledger has lost.
grant select on quarantine, quarantine_lease
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant select on quarantine to curfew_sequencer;
grant insert (reason, ledger_serial, manifest_serial) on quarantine to curfew_provider, curfew_sweeper, curfew_sequencer;
grant update (ended_at, ended_by, plan_digest) on quarantine to curfew_sweeper;
grant insert (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at, ledger_ends_at),
      update (kind, entry, signed, access_key, ends_at, ledger_ends_at, gone_at, seen, tries, next_try_at) on quarantine_lease
  to curfew_provider, curfew_sweeper;
grant select on quarantine_answer to curfew_sweeper, curfew_cli;
grant insert (id, quarantine_id, account, person, plan_digest) on quarantine_answer to curfew_cli;
grant update (decided_at, refusal) on quarantine_answer to curfew_sweeper;
revoke all on all functions in schema public from public;
grant execute on function adopt_end(text), planned_end(text) to curfew_sweeper;

-- The events of the sweeper. The end that the manifest has is adopted when a quarantine is ended, and only one that its plan has.
create policy sweeper_records on event for insert to curfew_sweeper with check (kind in (
  'requested', 'judged', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused',
  'extension-closed')
  or kind = 'end-adopted' and (body ->> 'endsAt')::numeric <= extract(epoch from planned_end(request_id)) * 1000);
