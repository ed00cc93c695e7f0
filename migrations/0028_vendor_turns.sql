-- The turns of attempts at each vendor, which all processes with the vendor's credential share. A row of vendor_budget is only locked.
create table vendor_budget (
  provider text primary key
);

create table vendor_turn (
  id        bigint generated always as identity primary key,
  provider  text not null references vendor_budget,
  key       text not null,            -- of the attempt, which comes back with it
  kind      text not null check (kind in ('end', 'end-unconfirmed', 'grant', 'other')),
  points    float8 not null check (points >= 0),
  at        timestamptz not null,     -- when it began, or when it is planned to begin
  has_begun boolean not null
);
create unique index vendor_turn_waiting on vendor_turn (provider, key) where not has_begun;
create index vendor_turn_at on vendor_turn (provider, at);

grant select, insert, update (provider) on vendor_budget to curfew_provider, curfew_sweeper;
grant select, insert, update (kind, points, at, has_begun) on vendor_turn to curfew_provider, curfew_sweeper;

-- Whoever may delete from a table may lock all of it. So those turns are deleted here that count no more, or that no attempt can have.
create function forget_vendor_turns(its_provider text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.vendor_turn
   where provider = its_provider
     and (at <= public.ledger_now() - interval '61 seconds' or at > public.ledger_now() + interval '1 hour' or has_begun and at > public.ledger_now() + interval '5 seconds')
$$;
revoke all on function forget_vendor_turns(text) from public;
grant execute on function forget_vendor_turns(text) to curfew_provider, curfew_sweeper;
