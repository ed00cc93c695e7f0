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
insert into use_plan (lease_id, provider, change, changed_at, next_at)
select id, provider, 'granted', changed_at, ledger_now() from lease where state = 'granted' and holding_id is not null;

-- What each reading showed. Rows are added and never changed. It holds counts, times and names of objects, and nothing that somebody wrote.
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
create trigger append_only before update or delete on use_reading for each row execute function append_only_until_purged();
create trigger no_truncate before truncate on use_reading for each statement execute function append_only();

revoke all on function plan_use_reading() from public;

grant select on use_reading to curfew_provider, curfew_sweeper, curfew_reader, curfew_cli;
grant insert on use_reading to curfew_provider, curfew_sweeper;
grant select, update (tries, next_at) on use_plan to curfew_sweeper;

-- What auditors read, in their own tools too. A view reads its tables with the rights of its owner, so a login needs a right on the view only.
create schema if not exists audit;
grant usage on schema audit to curfew_reader, curfew_cli;

-- One line of use for each lease that was granted. verdict: "used", "never-used" (the vendor showed everything from the grant to the end), "not-used-so-far"
-- (everything from the grant to known_until), or "unknown". known_until: until when everything since the grant is shown.
create view audit.lease_use as
with held as (
  select l.id as lease_id, l.request_id, l.position, r.requester as person, r.entitlement, l.provider, r.targets -> l.position as target,
         (select min(e.at) from event e where e.request_id = l.request_id and e.kind = 'granted' and e.body ->> 'lease' = l.id) as granted_at,
         (select max(e.at) from event e where e.request_id = l.request_id and e.kind = 'revoked' and e.body ->> 'lease' = l.id) as ended_at
    from lease l join request r on r.id = l.request_id
), line as (
  select held.*, used.amount, latest.unit, latest.source, used.first_at, used.last_at, used.known_until, used.whole,
         (select u.why from use_reading u where u.lease_id = held.lease_id and u.kind = 'unknown' order by u.id desc limit 1) as why,
         (select max(u.read_at) from use_reading u where u.lease_id = held.lease_id) as read_at
    from held
    left join lateral (select k.unit, k.source from use_reading k where k.lease_id = held.lease_id and k.kind = 'known' order by k.id desc limit 1) latest on true
    left join lateral (
      select max(k.amount) filter (where k.unit = latest.unit) as amount,
             min(least(k.first_at, k.last_at, case when k.amount > 0 then least(k.read_at, held.ended_at) end)) as first_at,
             max(coalesce(k.last_at, case when k.grew then least(k.read_at, held.ended_at) end)) as last_at,
             max(k.covered_until) filter (where k.covered_from <= held.granted_at) as known_until,
             coalesce(bool_or(k.covered_from <= held.granted_at and k.covered_until >= held.ended_at), false) as whole
        from (select u.*, u.amount > coalesce(lag(u.amount) over (partition by u.unit order by u.id), 0) as grew
                from use_reading u where u.lease_id = held.lease_id and u.kind = 'known') k) used on true
   where held.granted_at is not null
)
select lease_id, request_id, position, person, entitlement, provider, target, granted_at, ended_at,
       case when amount > 0 then 'used'
            when whole then 'never-used'
            when ended_at is null and known_until is not null then 'not-used-so-far'
            else 'unknown' end as verdict,
       first_at, last_at, amount, unit, source, known_until, whole, read_at,
       (select coalesce(jsonb_agg(jsonb_build_object('part', p.part, 'use', case when p.used then 'used' when p.not_used and whole then 'not-used' else 'unknown' end,
                                                     'amount', p.amount, 'last', p.last) order by p.part), '[]')
          from (select x.part, bool_or(x.use = 'used') as used, bool_or(x.use = 'not-used' and k.covered_until >= line.ended_at and k.covered_from <= line.granted_at) as not_used,
                       max(x.amount) as amount, to_timestamp(max(x.last) / 1000) as last
                  from use_reading k, jsonb_to_recordset(k.parts) as x (part text, use text, amount float8, last float8)
                 where k.lease_id = line.lease_id and k.kind = 'known' group by x.part) p) as parts,
       case when amount > 0 or whole then null
            else coalesce(why, case when read_at is null then 'nobody has read it yet' else 'the vendor did not show everything from the grant to the end' end) end as why_unknown
  from line;
comment on view audit.lease_use is 'One line for each lease that was granted: what was done with it, as far as its vendor tells.';
grant select on audit.lease_use to curfew_auditor, curfew_reader, curfew_cli;
