-- Somebody ends everything of a person, of an entitlement, at a provider, or all. Each row is one such mass ending. Its requests end with events that name it.
create table mass_ending (
  id          text primary key,        -- made from the id of its click
  scope       jsonb not null,
  made_by     text not null,
  needs       integer check (needs > 0), -- how many people must lift its lock; null when it has no lock
  made_at     timestamptz not null default ledger_now(),
  log_id      bigint not null default nextval('log_id'),
  reason_hash text check (reason_hash ~ '^[0-9a-f]{64}$'), -- salted, of what is beside it in mass_ending_reason
  constraint mass_ending_is_loggable check (is_loggable(scope) and length(id) <= 100)
);
create index mass_ending_lock on mass_ending (made_at) where needs is not null;
-- Old mass endings delay none that has something to end or to show.
create index mass_ending_made on mass_ending (made_at, id);
create unique index mass_ending_log_id on mass_ending (log_id);
create trigger append_only before update or delete on mass_ending for each row execute function append_only();
create trigger no_truncate before truncate on mass_ending for each statement execute function append_only();

-- Why somebody ended many. It is kept beside the row, so that it can be erased.
create table mass_ending_reason (
  mass_ending_id text primary key references mass_ending,
  body           text not null,
  salt           text
);

-- Who lifted the lock of a mass ending. A lift counts while its person may lift: a role can end before enough people have lifted the lock. So each lift says
-- whose lifts counted when it was made, its own among them. Somebody whose lift does not count any more can lift again.
create table mass_ending_lift (
  mass_ending_id text not null references mass_ending,
  person         text not null,
  click_id       text not null check (length(click_id) <= 100),
  lifted_at      timestamptz not null default ledger_now(),
  log_id         bigint not null default nextval('log_id'),
  counting       text[],               -- null: every lift counted
  primary key (mass_ending_id, person, click_id),
  constraint mass_ending_lift_is_loggable check (length(mass_ending_id) <= 100 and length(person) <= 100)
);
create unique index mass_ending_lift_log_id on mass_ending_lift (log_id);
create trigger append_only before update or delete on mass_ending_lift for each row execute function append_only();
create trigger no_truncate before truncate on mass_ending_lift for each statement execute function append_only();

-- What calls at a provider end at once for a mass ending, before its leases are revoked one by one. Before a change that somebody must
-- undo, a row says so. After each attempt, a row says what it did.
create table mass_ending_cut_off (
  id             bigint generated always as identity primary key,
  mass_ending_id text not null references mass_ending,
  provider       text not null,
  text_hash      text not null,        -- salted, of what is beside it in mass_ending_cut_off_text
  done           text[] not null,      -- the leases whose access is cut off
  again          text[] not null,      -- the leases that are cut off again after half a minute
  cut_off_at     timestamptz not null default ledger_now(),
  log_id         bigint not null default nextval('log_id'),
  constraint mass_ending_cut_off_is_loggable check (length(mass_ending_id) <= 100)
);
create index mass_ending_cut_off_of on mass_ending_cut_off (mass_ending_id, provider, id);
create unique index mass_ending_cut_off_log_id on mass_ending_cut_off (log_id);
create trigger append_only before update or delete on mass_ending_cut_off for each row execute function append_only();
create trigger no_truncate before truncate on mass_ending_cut_off for each statement execute function append_only();

-- What the provider said in such an attempt. It is kept beside the row, so that it can be erased without changing it.
create table mass_ending_cut_off_text (
  cut_off_id bigint primary key references mass_ending_cut_off,
  salt       text not null,
  seen       text not null,            -- what the provider showed, or why the call failed
  to_undo    text[] not null           -- what a person may have to undo at the provider, such as access keys
);

-- Rights. The worker decides who may end many and who may lift a lock. The sweeper records what it cut off. Nobody chooses the number of a row in the log.
grant select on mass_ending, mass_ending_reason, mass_ending_lift, mass_ending_cut_off, mass_ending_cut_off_text
  to curfew_gateway, curfew_worker, curfew_provider, curfew_sweeper, curfew_courier, curfew_console, curfew_cli;
grant select on mass_ending, mass_ending_lift, mass_ending_cut_off, mass_ending_cut_off_text to curfew_reader;
grant insert (id, scope, made_by, needs, reason_hash) on mass_ending to curfew_worker;
grant insert on mass_ending_reason to curfew_worker;
grant insert (mass_ending_id, person, click_id, counting) on mass_ending_lift to curfew_worker;
grant insert (mass_ending_id, provider, text_hash, done, again) on mass_ending_cut_off to curfew_sweeper;
grant insert on mass_ending_cut_off_text to curfew_sweeper;
