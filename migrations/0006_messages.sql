-- Messages of Slack: what is not sent yet, what was posted, and when people want them.

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
  tried_since   timestamptz,          -- when the first attempt to post it began that ended without an answer of Slack, so it may be there
  primary key (request_id, place),
  check ((channel is null) = (ts is null))
);

-- When a person wants messages. Times are minutes after midnight in the time zone of the person.
create table message_preference (
  person     text primary key,
  time_zone  text not null,
  quiet_from smallint check (quiet_from between 0 and 1439),
  quiet_to   smallint check (quiet_to between 0 and 1439),
  digest_at  smallint check (digest_at between 0 and 1439),
  weekly     boolean not null,
  changed_at timestamptz not null default ledger_now(),
  check ((quiet_from is null) = (quiet_to is null))
);

-- Messages to a person that are sent later than the others: a decision that waits for them, news of their own request, or the
-- weekly summary of what they approved.
create table deferred_message (
  id          bigint generated always as identity primary key,
  person      text not null,
  kind        text not null check (kind in ('decision', 'news', 'weekly')),
  request_id  text not null,          -- of a weekly summary: the first request in it
  due_at      timestamptz not null,
  next_try_at timestamptz not null,
  sent_at     timestamptz
);
create unique index deferred_message_once on deferred_message (person, kind, request_id) where sent_at is null and kind <> 'weekly';
create unique index deferred_summary_once on deferred_message (person, due_at) where kind = 'weekly';
create index deferred_message_due on deferred_message (next_try_at) where sent_at is null;

-- Rights. A notification that is due later is a reminder of the end.
grant select on outbox to curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_cli;
grant insert (request_id, body) on outbox to curfew_worker, curfew_provider, curfew_sweeper, curfew_courier;
grant insert (next_try_at) on outbox to curfew_provider;
grant update (tries, next_try_at, sent_at, last_fault) on outbox to curfew_courier;

grant select, insert, update (channel, ts, claimed_until, tried_since) on posted_message to curfew_courier;

grant select on message_preference to curfew_gateway, curfew_courier;
grant insert (person, time_zone, quiet_from, quiet_to, digest_at, weekly),
      update (time_zone, quiet_from, quiet_to, digest_at, weekly, changed_at) on message_preference to curfew_gateway;
grant select, insert (person, kind, request_id, due_at, next_try_at), update (next_try_at, sent_at) on deferred_message to curfew_courier;
