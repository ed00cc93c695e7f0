-- What was done with a lease, where its vendor can tell.

-- When the use of a lease is read next. A trigger plans it where the state of the lease is written, so that no path forgets it. The first
-- reading comes soon after the grant, the last one after the receipt.
create table use_plan (
  lease_id   text primary key,
  provider   text not null,
  change     text not null check (change in ('granted', 'revoked')),
  changed_at timestamptz not null default ledger_now(),
  tries      integer not null default 0,  -- how many readings failed since the change
  next_at    timestamptz                  -- null: there is no further reading
);
create index use_plan_due on use_plan (next_at) where next_at is not null;

-- After each grant and each receipt, the readings begin anew.
create function plan_use_reading() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.use_plan (lease_id, provider, change, next_at)
  values (new.id, new.provider, new.state, public.ledger_now())
  on conflict (lease_id) do update set change = excluded.change, changed_at = public.ledger_now(), tries = 0, next_at = excluded.next_at;
  return null;
end $$;
create trigger plan_use_reading after update of state on lease for each row
  when (new.state is distinct from old.state and new.state in ('granted', 'revoked') and new.holding_id is not null)
  execute function plan_use_reading();

-- What each reading showed. It holds counts, times and names of objects, and nothing that somebody wrote.
create table use_reading (
  id            bigint generated always as identity primary key,
  lease_id      text not null references lease,
  read_at       timestamptz not null,
  source        text not null,             -- what was read at the vendor
  kind          text not null check (kind in ('known', 'unknown')),
  amount        bigint check (amount >= 0),
  unit          text,                      -- what the amount counts
  first_at      timestamptz,
  last_at       timestamptz,
  covered_from  timestamptz,               -- from here until covered_until the vendor shows everything
  covered_until timestamptz,
  parts         jsonb not null default '[]', -- the pieces of what was granted, each used, not used or unknown
  why           text,                      -- why the use is unknown
  mark          text,                      -- what the provider needs at the next reading
  check ((covered_from is null) = (covered_until is null)),
  check (case kind when 'known' then amount is not null and unit is not null and why is null
                   else amount is null and unit is null and why is not null and covered_from is null and parts = '[]' end),
  constraint unknown_is_not_unused check (amount > 0 or covered_from is not null or kind = 'unknown')
);
create index use_reading_of on use_reading (lease_id, id desc);
-- Only what has such a reading can be unused. A reading comes after the grant. So for access that was granted since a moment, readings from long before it
-- need no look at their lease.
create index use_reading_nothing on use_reading (lease_id) include (read_at) where kind = 'known' and amount = 0;
create trigger append_only before delete on use_reading for each row execute function append_only_until_purged();
create trigger only_a_text_is_erased before update on use_reading for each row execute function only_a_text_is_erased('{why}');
create trigger no_truncate before truncate on use_reading for each statement execute function append_only();

-- Rights.
grant select, update (tries, next_at) on use_plan to curfew_sweeper;
grant select on use_reading to curfew_provider, curfew_sweeper, curfew_console, curfew_reader, curfew_cli;
grant select (lease_id, kind, amount) on use_reading to curfew_console;
grant insert on use_reading to curfew_provider, curfew_sweeper;
revoke all on all functions in schema public from public;
