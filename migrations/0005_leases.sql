-- What is granted and revoked: the locks of accounts at targets, what was there before, the leases, their passwords, and the turns of calls.

-- One row for each account at each target. Who changes that access at its provider has the lock until it ends. The fence
-- grows each time the lock is taken, so who lost it is recognized.
create table provider_lock (
  key         text primary key,       -- its first line is the provider
  fence       bigint not null,
  owner       uuid not null,          -- new each time the lock is taken
  ends_at     timestamptz not null,
  verify_at   timestamptz,            -- when the sweeper compares the provider with the ledger; null when there is no doubt
  doubt_until timestamptz,            -- until then a late change may still reach the provider
  doubt_since timestamptz             -- when the first doubt began that is not over
);
create index provider_lock_verify on provider_lock (verify_at) where verify_at is not null;

-- What one account has at one target: what it had before Curfew, and the leases on it.
create table holding (
  id           bigint generated always as identity primary key,
  provider     text not null,
  target_key   text not null,
  subject_id   text not null,
  subject_name text not null,
  prior        text not null,
  opened_at    timestamptz not null default ledger_now(),
  closed_at    timestamptz
);
create unique index holding_open on holding (provider, target_key, subject_id) where closed_at is null;

-- The claim of one request on one target. The state is named after the event that led to it.
create table lease (
  id          text primary key,
  request_id  text not null references request,
  position    integer not null,       -- of its target in request.targets
  provider    text not null,
  state       text not null check (state in ('grant-started', 'intended', 'granted', 'revoke-started', 'revoked')),
  holding_id  bigint references holding,
  found_spec  jsonb,                  -- the target's spec with the vendor's own id, as it was found before the first write
  lock_key    text not null,          -- of provider_lock
  generation  integer not null default 1, -- how often its access was granted or set right
  ends_at     timestamptz not null,
  changed_at  timestamptz not null default ledger_now(),
  tries       integer not null default 0,
  next_try_at timestamptz,            -- when the sweeper looks again; null only when the lease is revoked
  last_fault  text,
  awaited_at  timestamptz,            -- when a look last showed that the grant waits for its person
  unique (request_id, position)
);
create index lease_lock_key on lease (lock_key);
create index lease_unrevoked on lease (next_try_at) where next_try_at is not null;
create index lease_holding on lease (holding_id);
-- What is live, what is overdue, and what is not known to be gone.
create index lease_unfinished on lease (ends_at) where state <> 'revoked';

-- Moves the end of the leases of a request to the one of its last extension. No role has the right to move an end. This
-- function acts as the owner, and it takes the end from the events: one that the worker recorded as approved, after
-- which the process of a provider recorded that every lease has it. Returns how many leases have a later end now.
create function extend_leases(its_request text) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with started as (
    select s.seq, to_timestamp((s.body ->> 'endsAt')::float8 / 1000) as ends_at
      from public.event s
     where s.request_id = its_request and s.kind = 'extension-started'
     order by s.seq desc limit 1),
  moved as (
    update public.lease l set ends_at = started.ends_at, next_try_at = started.ends_at + interval '10 seconds'
      from started
     where l.request_id = its_request and l.state <> 'revoked' and l.ends_at < started.ends_at
       and not exists (
         select from public.lease m
          where m.request_id = its_request and not exists (
            select from public.event e
             where e.request_id = its_request and e.seq > started.seq
               and e.kind = 'lease-extended' and e.body ->> 'lease' = m.id))
       and exists (
         select from public.event e
          where e.request_id = its_request and e.seq > started.seq and e.kind = 'extended')
       and not exists (
         select from public.event e
          where e.request_id = its_request and e.seq > started.seq and e.kind in ('extension-closed', 'revoke-started'))
    returning l.id)
  select count(*) from moved
$$;

-- An extension that failed may have moved the end of some leases at their providers. The worker may be the one that records
-- the failure, and it has no right on the locks. So this function puts the accesses of a request in doubt.
create function doubt_leases(its_request text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update public.provider_lock set
         verify_at = least(verify_at, public.ledger_now()),
         doubt_until = greatest(doubt_until, public.ledger_now() + interval '1 minute'),
         doubt_since = coalesce(doubt_since, public.ledger_now())
   where key in (select lock_key from public.lease where request_id = its_request)
     and exists (select from public.event where request_id = its_request and kind = 'extension-closed')
$$;

-- A credential that its requester may be shown once. It is encrypted, and the key is not in this database. It is erased when the channel confirmed that it
-- was shown.
create table secret (
  lease_id text primary key references lease,
  sealed   bytea,
  made_at  timestamptz not null default ledger_now(),
  delivered_at timestamptz,
  erased_at timestamptz,
  check ((sealed is null) = (erased_at is not null))
);

-- A channel shows a password, and only one whose delivery through it the worker recorded for the click of its requester. So it reads and erases sealed
-- passwords through these functions alone, which act as the owner.
create function was_delivered(its_click text, its_lease text, its_via text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.lease l join public.event e using (request_id)
     where l.id = its_lease and e.step = 'click/' || its_click and e.kind = 'delivered' and e.via = its_via
       and e.body ->> 'lease' = its_lease)
$$;

-- For Slack, and for the command line.
create function take_secret(its_click text, its_lease text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'slack')
$$;

create function take_secret_at_terminal(its_click text, its_lease text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'cli')
$$;

-- The password was shown, so the cards are drawn again without its button. Returns whether there was one. No transaction contains NOTIFY: any login of the
-- server can fill its queue and hold its lock. The ledger sends a hint after the commit.
create function erase_delivered(its_click text, its_lease text, its_via text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  its_request text;
begin
  update public.secret s set sealed = null, erased_at = public.ledger_now()
    from public.lease l
   where s.lease_id = its_lease and l.id = its_lease and s.sealed is not null
     and public.was_delivered(its_click, its_lease, its_via)
  returning l.request_id into its_request;
  if not found then return false; end if;
  insert into public.outbox (request_id, body)
  select its_request, '{"step": "redraw", "from": 0, "to": 0, "redraw": true}'
   where not exists (
     select from public.outbox where request_id = its_request and tries = 0 and body ? 'redraw');
  return true;
end $$;

-- For Slack, and for the command line.
create function erase_secret(its_click text, its_lease text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.erase_delivered(its_click, its_lease, 'slack')
$$;

create function erase_secret_at_terminal(its_click text, its_lease text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.erase_delivered(its_click, its_lease, 'cli')
$$;

-- The turns of attempts at each vendor, which all processes with the vendor's credential share. A row of vendor_budget is only locked.
create table vendor_budget (
  provider text primary key
);

-- One row for each attempt: one that began lately, or one that waits for its turn.
create table vendor_turn (
  id        bigint generated always as identity primary key,
  provider  text not null references vendor_budget,
  key       text not null,            -- of the attempt, which comes back with it
  kind      text not null check (kind in ('end', 'end-unconfirmed', 'grant', 'other')),
  points    float8 not null check (points >= 0),
  at        timestamptz not null,     -- when it began, or when it is planned to begin
  has_begun boolean not null
);
create unique index vendor_turn_waiting on vendor_turn (provider, key) where not has_begun;
create index vendor_turn_at on vendor_turn (provider, at);

-- Whoever may delete from a table may lock all of it. So those turns are deleted here that count no more, or that no attempt can have.
create function forget_vendor_turns(its_provider text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.vendor_turn
   where provider = its_provider
     and (at <= public.ledger_now() - interval '61 seconds' or at > public.ledger_now() + interval '1 hour' or has_begun and at > public.ledger_now() + interval '5 seconds')
$$;

-- Rights.
grant select, insert, update (fence, owner, ends_at, verify_at, doubt_until, doubt_since) on provider_lock
  to curfew_provider, curfew_sweeper;

grant select on holding, lease
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant insert, update (subject_name) on holding to curfew_provider;
grant update (prior, closed_at) on holding to curfew_provider, curfew_sweeper;

-- No role has the right to move an end.
grant insert (id, request_id, position, provider, state, lock_key, ends_at, next_try_at) on lease to curfew_worker;
grant update (state, changed_at, next_try_at) on lease to curfew_worker, curfew_provider, curfew_sweeper;
grant update (generation, last_fault, awaited_at) on lease to curfew_provider, curfew_sweeper;
grant update (holding_id, found_spec) on lease to curfew_provider;
grant update (tries) on lease to curfew_sweeper;
revoke all on all functions in schema public from public;
grant execute on function extend_leases(text) to curfew_provider;
grant execute on function doubt_leases(text) to curfew_worker, curfew_provider, curfew_sweeper;

grant select (lease_id, made_at, delivered_at, erased_at) on secret
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_cli;
grant select, insert on secret to curfew_provider;
grant update (delivered_at) on secret to curfew_worker;
grant update (sealed, erased_at) on secret to curfew_provider, curfew_sweeper;
grant execute on function take_secret(text, text), erase_secret(text, text) to curfew_gateway;
grant execute on function take_secret_at_terminal(text, text), erase_secret_at_terminal(text, text) to curfew_cli;

grant select, insert, update (provider) on vendor_budget to curfew_provider, curfew_sweeper;
grant select, insert, update (kind, points, at, has_begun) on vendor_turn to curfew_provider, curfew_sweeper;
grant execute on function forget_vendor_turns(text) to curfew_provider, curfew_sweeper;
