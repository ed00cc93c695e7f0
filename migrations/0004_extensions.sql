-- The requester of an active request can request a later end. Its events, its free text, and who may move an end. An approver
-- can ask the requester of a pending request a question.
alter table event drop constraint event_kind_check;
alter table event add constraint event_kind_check check (kind in (
  'requested', 'judged', 'asked', 'answered', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
  'extension-requested', 'extension-approved', 'extension-started', 'lease-extended', 'extended', 'extension-closed',
  'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused')) not valid;
alter table event validate constraint event_kind_check;

-- Only the worker records that people approved an extension. Only the process of a provider records that the end is later there.
alter policy worker_records on event with check (kind in (
  'requested', 'judged', 'approved', 'grant-started', 'delivered', 'revoke-started', 'closed', 'refused',
  'asked', 'answered', 'extension-requested', 'extension-approved', 'extension-started', 'extension-closed'));
alter policy provider_records on event with check (kind in (
  'intended', 'granted', 'activated', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'closed',
  'lease-extended', 'extended', 'extension-closed'));
alter policy sweeper_records on event with check (kind in (
  'requested', 'judged', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused',
  'extension-closed'));

alter table click drop constraint click_kind_check;
alter table click add constraint click_kind_check check (kind in (
  'request', 'approve', 'deny', 'withdraw', 'end', 'deliver', 'extend', 'ask', 'answer')) not valid;
alter table click validate constraint click_kind_check;

-- What people wrote with an event that a request can have several times: why they want an extension, the reason of its denial, a
-- question, an answer. It is kept beside the events, as in free_text, which has one text of a kind.
create table event_free_text (
  request_id text not null,
  seq        integer not null,        -- of the event
  kind       text not null check (kind in ('denial', 'extension', 'question', 'answer')),
  salt       text not null,
  body       text not null,
  primary key (request_id, seq)
);
grant select on event_free_text to curfew_gateway, curfew_courier, curfew_cli;
grant insert, select (request_id, seq) on event_free_text to curfew_worker;

-- For lists, and for the sweeper: when an open extension lapses or fails, and who can approve it and has not.
alter table request add column extension_due_at timestamptz;
alter table request add column extension_approvers text[];
grant update (extension_due_at, extension_approvers) on request to curfew_worker, curfew_provider, curfew_sweeper;
create index request_extension on request (extension_due_at) where extension_due_at is not null;

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
revoke all on function extend_leases(text) from public;
grant execute on function extend_leases(text) to curfew_provider;

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
revoke all on function doubt_leases(text) from public;
grant execute on function doubt_leases(text) to curfew_worker, curfew_provider, curfew_sweeper;

-- A reminder is a notification that is due before the end.
grant insert (next_try_at) on outbox to curfew_provider;
