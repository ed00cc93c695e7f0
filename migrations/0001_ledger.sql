-- The ledger: what people did, what was decided, which leases exist, and which notifications are not sent yet.
-- Migrations only go forward. The role that Curfew writes with owns nothing here.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_writer') then
    create role curfew_writer nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- a migration of another database was faster
end $$;

do $$
begin
  execute format('grant curfew_writer to %I', current_user);
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
  unique (request_id, step, kind)
);
create index event_at on event (at);

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
  doubt_until timestamptz             -- until then a late change may still reach the provider
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
  level       text not null,
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
  taken_at timestamptz,
  check (sealed is not null or taken_at is not null)
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

grant usage on schema public to curfew_writer;
grant select, insert on event, event_text, free_text, account_check to curfew_writer;
grant select, insert, update on click, request, request_lock, provider_lock, holding, lease, secret, outbox, posted_message to curfew_writer;
grant select, insert, update, delete on wake_up, unchecked_click to curfew_writer;
