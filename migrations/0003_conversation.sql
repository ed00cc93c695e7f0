-- When the first attempt to post a message began that ended without an answer of Slack. Then the message may be there.
alter table posted_message add column tried_since timestamptz;
grant update (tried_since) on posted_message to curfew_courier;

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
grant select on message_preference to curfew_gateway, curfew_courier;
grant insert (person, time_zone, quiet_from, quiet_to, digest_at, weekly),
      update (time_zone, quiet_from, quiet_to, digest_at, weekly, changed_at) on message_preference to curfew_gateway;

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
grant select, insert (person, kind, request_id, due_at, next_try_at), update (next_try_at, sent_at) on deferred_message to curfew_courier;

-- The weekly summary finds what a person approved.
create index event_approved_by on event ((body ->> 'by'), at) where kind in ('approved', 'extension-approved');
