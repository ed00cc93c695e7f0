-- The inbox: one row for each thing a person did. It is written before Slack gets its acknowledgement (I16).
create table click (
  id          text primary key,
  kind        text not null check (kind in (
    'request', 'approve', 'deny', 'withdraw', 'end', 'deliver', 'extend', 'ask', 'answer',
    'adopt-finding', 'revoke-finding', 'end-all', 'lift', 'open-review', 'certify', 'object')),
  request_id  text not null,
  via         text not null check (via in ('slack', 'cli', 'console')),
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
-- The step of an event names its click, so the click is found without reading all of them: audit.approval and audit.refusal have its account.
create index click_step on click (('click/' || id));
-- The clicks of a person for the same thing, which can share one that is stored (ledger/clicks/same-ending.ts).
create index click_endings on click (via, account, kind, received_at) where kind in ('end', 'withdraw', 'deny', 'end-all', 'object', 'revoke-finding');

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
create trigger append_only before update or delete on account_check for each row execute function append_only_until_purged();
create trigger no_truncate before truncate on account_check for each statement execute function append_only();

-- How often somebody did something since began_at, for the limits of one person, and how often they tried it above a limit in all.
create table attempt_count (
  who      text not null, -- a person, or an account that nobody has
  kind     text not null,
  began_at timestamptz not null default ledger_now(),
  count    integer not null default 1,
  over     integer not null default 0,
  primary key (who, kind)
);

-- Rights. The columns of the decision have their defaults until the worker decides.
grant select on click to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_cli;
grant select (id, kind, request_id, via, account, person, received_at, done_at) on click to curfew_reader;
grant select (id, kind, request_id, via, account, person, received_at, done_at, outcome) on click to curfew_console;
grant insert (id, kind, request_id, via, account, person, body, source) on click to curfew_gateway, curfew_console, curfew_cli;
grant update (body, tries, next_try_at, done_at, outcome) on click to curfew_worker;
grant update (body) on click to curfew_sweeper;

grant select on unchecked_click to curfew_gateway, curfew_worker;
grant insert (click_id), update (tries, next_try_at), delete on unchecked_click to curfew_gateway;
grant select on account_check to curfew_gateway, curfew_worker, curfew_sweeper;
grant insert (click_id, facts) on account_check to curfew_gateway;

grant select, insert (who, kind), update (began_at, count, over) on attempt_count to curfew_gateway, curfew_console, curfew_cli;
grant select on attempt_count to curfew_reader;

-- A process writes only the clicks of its own channel, so no check of the other channel can be avoided (T45).
alter table click enable row level security;
create policy read on click for select
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli using (true);
create policy console_reads on click for select to curfew_console using (true);
create policy gateway_writes on click for insert to curfew_gateway with check (via = 'slack');
-- The command line may say that somebody wants to see a password. A worker decides whether that person may.
create policy cli_writes on click for insert to curfew_cli with check (via = 'cli');
create policy console_writes on click for insert to curfew_console
  with check (via = 'console' and kind in ('approve', 'deny', 'withdraw', 'end', 'ask', 'answer', 'extend', 'end-all', 'open-review', 'certify', 'object'));
create policy decide on click for update to curfew_worker, curfew_sweeper using (true);
