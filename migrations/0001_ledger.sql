-- The ledger: what people said, what was decided, what is owed to the providers, what is still to be told.
-- Forward only. The writer's role owns nothing here: it adds rows, and changes only what may change.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_writer') then
    create role curfew_writer nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- another migration of this server was faster
end $$;

do $$
begin
  execute format('grant curfew_writer to %I', current_user);
end $$;

-- The one clock by which everything is judged (I23).
create function ledger_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- The inbox. One row per thing a person did, written before Slack is told that we have it (I16).
create table click (
  id          text primary key,
  kind        text not null check (kind in ('ask', 'approve', 'deny', 'withdraw', 'end', 'deliver')),
  request_id  text not null,
  via         text not null check (via in ('slack', 'cli')),
  account     text not null,          -- who, as the door knows them: a Slack user id, a login
  person      text,                   -- who that is to us; null when nobody is bound to the account
  body        jsonb not null,
  received_at timestamptz not null default ledger_now(),
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now(),
  settled_at  timestamptz,
  outcome     jsonb
);
create index click_unsettled on click (next_try_at) where settled_at is null;
create index click_request on click (request_id);

-- One row per request: the projection of its events, for lists and locks. The events are the truth.
create table request (
  id          text primary key,
  requester   text not null,
  entitlement text not null,
  minutes     integer not null check (minutes > 0),
  state       text not null check (state in ('pending', 'granting', 'active', 'revoking', 'closed')),
  targets     jsonb not null,         -- provider, target and account of each, as they were approved
  eligible    text[] not null,        -- everybody any stage may ask
  opened_at   timestamptz not null,
  lapses_at   timestamptz not null,
  end_at      timestamptz,
  closed_at   timestamptz
);
create index request_open on request (state, lapses_at) where state <> 'closed';
create index request_requester on request (requester, opened_at desc);

-- The trail. Rows are added and never changed; state is what they add up to.
create table event (
  request_id text not null,
  seq        integer not null check (seq >= 0),
  step       text not null,           -- what wrote it; the same step again writes nothing
  kind       text not null,
  body       jsonb not null,
  via        text not null check (via in ('slack', 'cli', 'workflow', 'sweeper')),
  at         timestamptz not null,
  primary key (request_id, seq),
  unique (request_id, step, kind)
);
create index event_at on event (at);

-- What people wrote in their own words, beside the trail, so that it can be erased without breaking it.
create table words (
  request_id text not null,
  kind       text not null check (kind in ('reason', 'denial')),
  salt       text not null,
  body       text not null,
  primary key (request_id, kind)
);

-- What one account has at one target: its state before us, for as long as any lease lives.
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

-- One request's claim on one target.
create table lease (
  id          text primary key,
  request_id  text not null references request,
  target      integer not null,
  provider    text not null,
  state       text not null check (state in ('owed', 'intended', 'present', 'ending', 'ended')),
  holding_id  bigint references holding,
  level       text not null,
  end_at      timestamptz not null,
  changed_at  timestamptz not null default ledger_now(),
  tries       integer not null default 0,
  next_try_at timestamptz,            -- when the sweeper looks again; never null while something is owed
  last_fault  text,
  unique (request_id, target)
);
create index lease_owing on lease (next_try_at) where next_try_at is not null;
create index lease_holding on lease (holding_id);

-- A credential waiting to be taken by its requester, once. Sealed: the key is not in the database.
create table secret (
  lease_id text primary key references lease,
  sealed   bytea,
  made_at  timestamptz not null default ledger_now(),
  taken_at timestamptz,
  check ((sealed is null) = (taken_at is not null))
);

-- What is still to be told to people.
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

-- Where a request is shown: one message per place, redrawn in place.
create table card (
  request_id text not null,
  place      text not null,
  channel    text not null,
  ts         text not null,
  primary key (request_id, place)
);

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;

create trigger append_only before update or delete on event for each row execute function append_only();
create trigger no_truncate before truncate on event for each statement execute function append_only();

grant usage on schema public to curfew_writer;
grant select, insert on event, words to curfew_writer;
grant select, insert, update on click, request, holding, lease, secret, outbox, card to curfew_writer;
