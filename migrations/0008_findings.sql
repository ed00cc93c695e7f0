-- Access is compared with its provider again after each grant and each receipt, and regularly. What somebody has at a managed
-- target, and what no lease explains, is a finding.

-- When the sweeper looks at the access of a lease again. A trigger plans it where the state of the lease is written, so that no path forgets it.
create table access_check (
  lease_id    text primary key,
  provider    text not null,
  change      text not null check (change in ('granted', 'revoked')),
  changed_at  timestamptz not null default ledger_now(),
  done        integer not null default 0,  -- how many looks ended since the change
  next_at     timestamptz,                 -- null: there is no further look
  problem     text,                        -- why the last look failed
  repaired_at timestamptz,                 -- when a look found the access again, and it was revoked again
  gone_at     timestamptz                  -- when a look long after the receipt showed that nothing is left of the lease
);
create index access_check_due on access_check (next_at) where next_at is not null;

-- After each grant and each receipt, the looks begin anew.
create function plan_access_check() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.access_check (lease_id, provider, change, next_at)
  values (new.id, new.provider, new.state, public.ledger_now())
  on conflict (lease_id) do update set change = excluded.change, changed_at = excluded.changed_at, done = 0,
    next_at = excluded.next_at, problem = null, gone_at = null;
  return null;
end $$;
create trigger plan_access_check after update of state on lease for each row
  when (new.state is distinct from old.state and new.state in ('granted', 'revoked') and new.holding_id is not null)
  execute function plan_access_check();

-- How many calls of each provider the looks may still make. All sweepers share it.
create table read_budget (
  provider text primary key,
  calls    double precision not null,
  at       timestamptz not null default ledger_now()
);

-- The targets through which the reconciliation goes. The target key "marks" stands for the objects that carry our mark. With the name of a target and its
-- entitlements, an answer about an entitlement has the other access at its targets, also when Curfew never granted it.
create table target_pass (
  provider     text not null,
  target_key   text not null,          -- of the target as it is in the catalogue, or in a lease
  found_key    text,                   -- of the target with the vendor's own id
  spec         jsonb not null,
  next_at      timestamptz not null default ledger_now(),
  first_at     timestamptz,            -- when the first whole pass ended: what was there then is the baseline
  last_at      timestamptz,            -- when the last whole pass ended
  members      integer,                -- how many accounts have an entry of their own there
  note         text,                   -- what the provider says of the whole target
  problem      text,                   -- why the last pass failed
  target_name  text,                   -- as findings and leases have it
  entitlements text[] not null default '{}', -- those that give it or gave it
  primary key (provider, target_key)
);
create index target_pass_due on target_pass (next_at);

-- Access that no lease explains. "adopted" is standing access: somebody adopted it, or it was there at the first pass.
create table finding (
  id            text primary key,
  kind          text not null check (kind in ('access', 'mark')),
  provider      text not null,
  target_key    text not null,
  target_name   text not null,         -- the key of the target in the catalogue, which depends on the name alone
  target        jsonb not null,        -- its spec, with the vendor's own id
  what          text not null,         -- the target in plain words, or the object
  subject_id    text not null,
  subject_name  text not null,
  lease_id      text,                  -- the lease that gave it, or whose mark the object carries
  level         text not null,
  on_ladder     boolean not null,      -- false for a level that Curfew does not know
  sources       jsonb not null,
  why_no_adopt  text,                  -- why it cannot be adopted; null when it can
  why_no_revoke text,                  -- why Curfew cannot revoke it; null when it can
  state         text not null check (state in ('open', 'adopted', 'revoked', 'gone')),
  first_seen_at timestamptz not null default ledger_now(),
  last_seen_at  timestamptz not null default ledger_now(),
  closed_at     timestamptz,
  closed_by     text,                  -- null: nobody did, Curfew recorded it by itself
  closed_via    text,
  why           text,                  -- in words of Curfew: the receipt, or why it counts as standing access
  decision      text,                  -- the click of the decision that is carried out now
  work_at       timestamptz,           -- when the sweeper carries it out
  problem       text,                  -- why the last attempt failed
  message       text,                  -- the finding whose message shows this one
  draw_at       timestamptz            -- when its messages are drawn again; null: they show what is here
);
create unique index finding_open on finding (provider, target_key, subject_id, kind, (case kind when 'mark' then lease_id end))
  nulls not distinct where state = 'open';
create unique index finding_standing on finding (provider, target_key, subject_id) where state = 'adopted';
create index finding_work on finding (work_at) where work_at is not null;
create index finding_draw on finding (draw_at) where draw_at is not null;
create index finding_seen on finding (first_seen_at desc, id desc);

-- Who decided about a finding, and what.
create table finding_decision (
  click_id    text primary key,
  finding_id  text not null,
  kind        text not null check (kind in ('adopt', 'revoke')),
  by          text,
  via         text not null check (via in ('slack', 'cli', 'console')),
  confirmed   integer,                 -- the number of revocations that the person was shown
  seen        text,                    -- names what the person was shown of the finding
  refusal     jsonb,                   -- null when the decision counts
  at          timestamptz not null default ledger_now(),
  log_id      bigint not null default nextval('log_id'),
  reason_hash text check (reason_hash ~ '^[0-9a-f]{64}$'), -- salted, of what is beside it in finding_reason
  constraint finding_decision_is_loggable check (is_loggable(refusal -> 'code') and length(click_id) <= 100 and length(finding_id) <= 100)
);
create index finding_decision_of on finding_decision (finding_id);
create unique index finding_decision_log_id on finding_decision (log_id);
create trigger append_only before delete on finding_decision for each row execute function append_only();
create trigger only_a_text_is_erased before update on finding_decision for each row execute function only_a_text_is_erased('{refusal,why}');
create trigger no_truncate before truncate on finding_decision for each statement execute function append_only();

-- What people wrote with a decision. It is kept beside it, so that it can be erased without changing it.
create table finding_reason (
  click_id text primary key,
  body     text not null,
  salt     text
);

-- Rights. Who inserts a decision may not choose its number.
grant select on access_check, target_pass to curfew_worker, curfew_sweeper, curfew_reader, curfew_cli;
grant insert (lease_id, provider, change, changed_at, repaired_at, gone_at),
      update (done, next_at, problem, repaired_at, gone_at) on access_check to curfew_sweeper;
grant select, insert, update (calls, at) on read_budget to curfew_sweeper;
grant insert (provider, target_key, spec, next_at, target_name, entitlements),
      update (found_key, spec, next_at, first_at, last_at, members, note, problem, target_name, entitlements) on target_pass to curfew_sweeper;

grant select on finding, finding_decision
  to curfew_gateway, curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant insert, update (subject_name, level, on_ladder, sources, why_no_adopt, why_no_revoke, state, last_seen_at, closed_at,
  closed_by, closed_via, why, decision, work_at, problem, draw_at, target, what) on finding to curfew_sweeper;
grant update (decision, work_at, problem, draw_at) on finding to curfew_worker;
grant update (message, draw_at) on finding to curfew_courier;
grant insert (click_id, finding_id, kind, by, via, confirmed, seen, refusal, reason_hash) on finding_decision to curfew_worker;
grant insert on finding_reason to curfew_worker;
grant select on finding_reason to curfew_gateway, curfew_courier, curfew_console, curfew_cli;
revoke all on all functions in schema public from public;
