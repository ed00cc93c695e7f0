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
grant select, insert, update (kind, points, at, has_begun), delete on vendor_turn to curfew_provider, curfew_sweeper;
