-- The ledger: what people did, what was decided, which leases exist, and which notifications are not sent yet.
-- Migrations only go forward. Whoever migrates owns everything here. The parts of Curfew act as the roles below, which
-- own nothing; docs/security.md says what each can do.

do $$
declare
  role text;
begin
  foreach role in array array['gateway', 'worker', 'provider', 'sweeper', 'courier', 'reader', 'cli'] loop
    begin
      if not exists (select from pg_roles where rolname = 'curfew_' || role) then
        execute format('create role %I nologin', 'curfew_' || role);
      end if;
    exception
      when duplicate_object or unique_violation then null; -- a migration of another database was faster
    end;
  end loop;
end $$;

-- The one clock that decides about ends and lapses (I23).
create function ledger_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- The inbox: one row for each thing a person did. It is written before Slack gets its acknowledgement (I16).
create table click (
  id          text primary key,
  kind        text not null check (kind in ('request', 'approve', 'deny', 'withdraw', 'end', 'deliver')),
  request_id  text not null,
  via         text not null check (via in ('slack', 'cli')),
  account     text not null,          -- a Slack user id, or a login of the operating system
  person      text,                   -- the person of that account; null when people.yaml has none
  body        jsonb not null,
  source      text,                   -- the channel's own id of what the person did; the same one is delivered only once
  received_at timestamptz not null default ledger_now(),
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now(),
  done_at     timestamptz,
  outcome     jsonb,
  unique (via, source)
);
create index click_open on click (next_try_at) where done_at is null;
create index click_request on click (request_id);
-- The reason is erased when a request is judged.
create index click_unjudged on click (done_at) where kind = 'request' and body ? 'reason';

-- The clicks that nobody may decide yet, because Slack has not said what kind of account it is. A row is removed when the
-- check is stored.
create table unchecked_click (
  click_id    text primary key references click,
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now()
);
create index unchecked_click_due on unchecked_click (next_try_at);

-- What Slack said about the account of a click: its flags, its workspace, and where Curfew was installed. It is written
-- once and judged when the click is decided.
create table account_check (
  click_id   text primary key references click,
  facts      jsonb not null,
  checked_at timestamptz not null default ledger_now()
);

-- One row for each request: a projection of its events, for lists and for the sweeper.
create table request (
  id          text primary key,
  requester   text not null,
  entitlement text not null,
  minutes     integer not null check (minutes > 0),
  state       text not null check (state in ('pending', 'granting', 'active', 'revoking', 'closed')),
  targets     jsonb not null,         -- as they were approved: provider, account, spec, lock key, level
  shown       jsonb not null,         -- what the card shows, as it was judged; the digest covers it
  approvers   text[] not null,        -- everybody whom any stage names
  opened_at   timestamptz not null,
  lapses_at   timestamptz not null,
  ends_at     timestamptz,
  closed_at   timestamptz
);
create index request_open on request (state, lapses_at) where state <> 'closed';
create index request_requester on request (requester, opened_at desc);

-- The audit trail. Rows are added and never changed. The state of a request is the sum of its events. A body has ids and
-- numbers, and a salted hash in the place of each text.
create table event (
  request_id text not null,
  seq        integer not null check (seq >= 0),
  step       text not null,           -- the step that wrote it; the same step writes only once
  kind       text not null check (kind in (
    'requested', 'judged', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
    'undone', 'repaired', 'revoke-started', 'revoked', 'closed', 'refused')),
  body       jsonb not null,
  via        text not null check (via in ('slack', 'cli', 'workflow', 'sweeper')),
  at         timestamptz not null,
  primary key (request_id, seq),
  unique (request_id, step, kind),
  constraint event_kind_of_body check (body ->> 'kind' is not distinct from kind) -- the rights are those of the kind
);
create index event_at on event (at);
-- The requests that have leases and are not closed.
create index event_life on event (request_id) where kind in ('grant-started', 'closed');

-- The texts of an event: what a provider showed, why something was refused. They are kept beside it, so that they can be
-- erased without changing it.
create table event_text (
  request_id text not null,
  seq        integer not null,
  salt       text not null,
  texts      jsonb not null,          -- in the order in which the event refers to them
  primary key (request_id, seq)
);

-- One row for each request. A step of the request locks it, so that steps take turns. Nobody else may lock it.
create table request_lock (
  request_id text primary key
);

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

-- The workflows that must look at their request again. A row is removed when Temporal has the message. A wake-up
-- that is added again gets a new version, which no wake-up had before.
create table wake_up (
  request_id  text primary key,
  version     bigint generated always as identity,
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now()
);
create index wake_up_due on wake_up (next_try_at);

-- What people wrote. It is kept beside the events, so that it can be erased without changing them.
create table free_text (
  request_id text not null,
  kind       text not null check (kind in ('reason', 'denial')),
  salt       text not null,
  body       text not null,
  primary key (request_id, kind)
);

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
  unique (request_id, position)
);
create index lease_lock_key on lease (lock_key);
create index lease_unrevoked on lease (next_try_at) where next_try_at is not null;
create index lease_holding on lease (holding_id);

-- A credential that its requester may be shown once. It is encrypted, and the key is not in this database. It is erased when
-- Slack confirmed that it was shown.
create table secret (
  lease_id text primary key references lease,
  sealed   bytea,
  made_at  timestamptz not null default ledger_now(),
  delivered_at timestamptz,
  erased_at timestamptz,
  check ((sealed is null) = (erased_at is not null))
);

-- Notifications that are not sent yet, and those that were.
create table outbox (
  id          bigint generated always as identity primary key,
  request_id  text not null,
  body        jsonb not null,
  made_at     timestamptz not null default ledger_now(),
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now(),
  sent_at     timestamptz,
  last_fault  text
);
create index outbox_unsent on outbox (next_try_at, id) where sent_at is null;

-- A Slack message about a request: its card in a channel or a conversation, or one reply in the card's thread. The place
-- names it, so that it is posted once. A card is edited there. Channel and ts are null until Slack accepted the message.
create table posted_message (
  request_id    text not null,
  place         text not null,
  channel       text,
  ts            text,
  claimed_until timestamptz not null default ledger_now(), -- until then one gateway posts it, and no other one does
  primary key (request_id, place),
  check ((channel is null) = (ts is null))
);

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;

create trigger append_only before update or delete on event for each row execute function append_only();
create trigger no_truncate before truncate on event for each statement execute function append_only();

create trigger append_only before update or delete on account_check for each row execute function append_only();
create trigger no_truncate before truncate on account_check for each statement execute function append_only();

-- The gateway shows a password, and only one whose delivery the worker recorded for the click of its requester. So it reads
-- and erases sealed passwords through these functions alone, which act as the owner.
create function was_delivered(its_click text, its_lease text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.lease l join public.event e using (request_id)
     where l.id = its_lease and e.step = 'click/' || its_click and e.kind = 'delivered' and e.body ->> 'lease' = its_lease)
$$;

create function take_secret(its_click text, its_lease text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease)
$$;

-- The password was shown, so the cards are drawn again without its button. Returns whether there was one.
create function erase_secret(its_click text, its_lease text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  its_request text;
begin
  update public.secret s set sealed = null, erased_at = public.ledger_now()
    from public.lease l
   where s.lease_id = its_lease and l.id = its_lease and s.sealed is not null
     and public.was_delivered(its_click, its_lease)
  returning l.request_id into its_request;
  if not found then return false; end if;
  insert into public.outbox (request_id, body)
  select its_request, '{"step": "redraw", "from": 0, "to": 0, "redraw": true}'
   where not exists (
     select from public.outbox where request_id = its_request and tries = 0 and body ? 'redraw');
  perform pg_notify('curfew_outbox', '');
  return true;
end $$;

-- Rights. A role without a line here has none. UPDATE is granted column by column: a right on the whole table would also
-- allow "lock table".
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to %I, curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli',
    current_database(), current_user);
  if has_database_privilege('public', current_database(), 'connect') then
    raise exception 'PUBLIC may still connect to the database %', current_database()
      using hint = 'Migrate as the owner of the database: alter database ... owner to ...';
  end if;
end $$;
revoke all on schema public from public;
revoke all on all functions in schema public from public;
grant usage on schema public
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;
grant execute on function ledger_now()
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;

grant select on event, request, lease, holding
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;

-- What people did. Its columns of the decision have their defaults until the worker decides.
grant select on click to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_cli;
grant select (id, kind, request_id, via, account, person, received_at, done_at) on click to curfew_reader;
grant insert (id, kind, request_id, via, account, person, body, source) on click to curfew_gateway, curfew_cli;
grant update (body, tries, next_try_at, done_at, outcome) on click to curfew_worker;
grant update (body) on click to curfew_sweeper;

-- What Slack said about the account of a click, and the clicks that wait for it.
grant select on account_check to curfew_gateway, curfew_worker, curfew_sweeper;
grant insert (click_id, facts) on account_check to curfew_gateway;
grant select on unchecked_click to curfew_gateway, curfew_worker;
grant insert (click_id), update (tries, next_try_at), delete on unchecked_click to curfew_gateway;

grant insert on event, event_text to curfew_worker, curfew_provider, curfew_sweeper;
grant select on event_text
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli;
grant select, insert, update (request_id) on request_lock to curfew_worker, curfew_provider, curfew_sweeper;
grant select, insert, update (fence, owner, ends_at, verify_at, doubt_until, doubt_since) on provider_lock
  to curfew_provider, curfew_sweeper;

grant insert on request to curfew_worker, curfew_sweeper;
grant update (state, ends_at, closed_at) on request to curfew_worker, curfew_provider, curfew_sweeper;
grant update (approvers, lapses_at) on request to curfew_worker, curfew_sweeper;

grant insert (id, request_id, position, provider, state, lock_key, ends_at, next_try_at) on lease to curfew_worker;
grant update (state, changed_at, next_try_at) on lease to curfew_worker, curfew_provider, curfew_sweeper;
grant update (generation, last_fault) on lease to curfew_provider, curfew_sweeper;
grant update (holding_id, found_spec) on lease to curfew_provider;
grant update (tries) on lease to curfew_sweeper;

grant insert, update (subject_name) on holding to curfew_provider;
grant update (prior, closed_at) on holding to curfew_provider, curfew_sweeper;

grant select (lease_id, made_at, delivered_at, erased_at) on secret
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_cli;
grant update (delivered_at) on secret to curfew_worker;
grant execute on function take_secret(text, text), erase_secret(text, text) to curfew_gateway;
grant select, insert on secret to curfew_provider;
grant update (sealed, erased_at) on secret to curfew_provider, curfew_sweeper;

grant select on free_text to curfew_gateway, curfew_courier, curfew_cli;
grant insert on free_text to curfew_worker, curfew_sweeper;
grant select (request_id, kind) on free_text to curfew_worker, curfew_sweeper;

grant insert (request_id, body) on outbox to curfew_worker, curfew_provider, curfew_sweeper, curfew_courier;
grant select on outbox to curfew_worker, curfew_sweeper, curfew_courier, curfew_cli;
grant update (tries, next_try_at, sent_at, last_fault) on outbox to curfew_courier;
grant select, insert, update (channel, ts, claimed_until) on posted_message to curfew_courier;

grant select, insert (request_id), update (version, tries, next_try_at) on wake_up to curfew_worker, curfew_sweeper;
grant delete on wake_up to curfew_worker;

-- A process writes only the clicks of its own channel, so no check of the other channel can be avoided (T45).
alter table click enable row level security;
create policy read on click for select
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli using (true);
create policy gateway_writes on click for insert to curfew_gateway with check (via = 'slack');
create policy cli_writes on click for insert to curfew_cli with check (via = 'cli' and kind <> 'deliver');
create policy decide on click for update to curfew_worker, curfew_sweeper using (true);

-- Each process records only the kinds of events that it decides. Only the worker can record an approval.
alter table event enable row level security;
create policy read on event for select
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli
  using (true);
create policy worker_records on event for insert to curfew_worker with check (kind in (
  'requested', 'judged', 'approved', 'grant-started', 'delivered', 'revoke-started', 'closed', 'refused'));
create policy provider_records on event for insert to curfew_provider with check (kind in (
  'intended', 'granted', 'activated', 'undone', 'repaired', 'revoke-started', 'revoked', 'closed'));
create policy sweeper_records on event for insert to curfew_sweeper with check (kind in (
  'requested', 'judged', 'repaired', 'revoke-started', 'revoked', 'closed', 'refused'));
