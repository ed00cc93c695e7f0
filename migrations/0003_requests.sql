-- One row for each request: a projection of its events, for lists and for the sweeper.
create table request (
  id                  text primary key,
  requester           text not null,
  entitlement         text not null,
  minutes             integer not null check (minutes > 0),
  state               text not null check (state in ('pending', 'granting', 'active', 'revoking', 'closed')),
  targets             jsonb not null,    -- as they were approved: provider, account, spec, lock key, level
  shown               jsonb not null,    -- what the card shows, as it was judged; the digest covers it
  approvers           text[] not null,   -- everybody whom any stage names
  opened_at           timestamptz not null,
  lapses_at           timestamptz not null,
  ends_at             timestamptz,
  closed_at           timestamptz,
  extension_due_at    timestamptz,       -- when an open extension lapses or fails
  extension_approvers text[]             -- who can approve it and has not
);
create index request_open on request (state, lapses_at) where state <> 'closed';
create index request_requester on request (requester, opened_at desc);
create index request_extension on request (extension_due_at) where extension_due_at is not null;
-- The closed requests of a person, in the order of their list.
create index request_closed on request (requester, closed_at, id) where state = 'closed';

-- One row for each request. A step of the request locks it, so that steps take turns. Nobody else may lock it.
create table request_lock (
  request_id text primary key
);

-- The workflows that must look at their request again. A row is removed when Temporal has the message. A wake-up
-- that is added again gets a new version, which no wake-up had before.
create table wake_up (
  request_id  text primary key,
  version     bigint generated always as identity,
  tries       integer not null default 0,
  next_try_at timestamptz not null default ledger_now()
);
create index wake_up_due on wake_up (next_try_at);

-- Rights.
grant select on request
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant insert, update (approvers, lapses_at) on request to curfew_worker, curfew_sweeper;
grant update (state, ends_at, closed_at, extension_due_at, extension_approvers) on request to curfew_worker, curfew_provider, curfew_sweeper;
grant select, insert, update (request_id) on request_lock to curfew_worker, curfew_provider, curfew_sweeper;
grant select, insert (request_id), update (version, tries, next_try_at) on wake_up to curfew_worker, curfew_sweeper;
grant delete on wake_up to curfew_worker;
