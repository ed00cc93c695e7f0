-- One row for each lease that was granted: from when to when its access was held, as receipts showed it. It is computed from the events of its
-- request. A trigger writes it in the transaction of the event, so the two never differ.
create table access_period (
  lease_id     text primary key,
  request_id   text not null,
  person       text not null,
  entitlement  text not null,
  provider     text not null,
  target_name  text not null,          -- the key of the target in the catalogue
  target_key   text not null,          -- the key of the target with the vendor's own id
  account_id   text not null,
  account_name text not null,
  level        text not null,
  granted_at   timestamptz not null,
  granted_seq  integer not null,       -- the number of the event "granted"
  ended_at     timestamptz,            -- null while it is held
  ends_at      timestamptz,            -- the planned end, with extensions
  changed_at   timestamptz not null,   -- when the last event about granted_at, ended_at or ends_at was recorded
  during       tstzrange not null generated always as (tstzrange(granted_at, ended_at, '[]')) stored,
  revoked_at   timestamptz             -- the last receipt
);
create index access_period_during on access_period using gist (during);
create index access_period_person on access_period (person, granted_at, lease_id);
create index access_period_entitlement on access_period (entitlement, granted_at, lease_id);
create index access_period_target on access_period (target_name, granted_at, lease_id);
-- What was recorded later than it happened.
create index access_period_late on access_period (changed_at) where changed_at > ended_at;
-- What is held now.
create index access_period_open on access_period (ends_at) where ended_at is null;
-- Access that ended too late is found by how late it was. It is rare. Without these statistics Postgres expects it to be a ninth of all access, and reads
-- everything that ended in a period instead of the few rows of this index.
create index access_period_overstay on access_period ((round(extract(epoch from ended_at - ends_at), 3)::float8)) where ended_at > ends_at;
create statistics access_period_overstay_seconds on (round(extract(epoch from ended_at - ends_at), 3)::float8) from access_period;
-- Numbers read these indexes and no table.
create index access_period_granted on access_period (granted_at, lease_id) include (ended_at, ends_at);
create index access_period_ended on access_period (ended_at) include (ends_at) where ended_at is not null;
-- What an entitlement gave, and the accounts with which a person had access.
create index access_period_given on access_period (entitlement, provider, target_name);
create index access_period_account on access_period (person, provider, account_id);

-- The periods of the leases of a request, from its events that were recorded until known_at. An access that was revoked without the ledger ended
-- when it was undone, unless it was set right again before the receipt. The ledger's clock may have been set back, so an end is never before the grant.
-- "changed_at" counts the events about the planned end too. So what was changed until a moment is at that moment as it is now.
create function access_periods_of(its_request text, known_at timestamptz)
returns table (lease_id text, granted_at timestamptz, granted_seq integer, ended_at timestamptz, ends_at timestamptz, changed_at timestamptz, revoked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with known as (
    select e.seq, e.kind, e.at, e.body, e.body ->> 'lease' as lease
      from public.event e
     where e.request_id = its_request and e.at <= known_at),
  granted as (
    select distinct on (lease) lease, at, seq from known where kind = 'granted' and lease is not null order by lease, seq),
  revoked as (
    select distinct on (lease) lease, at, seq from known where kind = 'revoked' order by lease, seq),
  undone as (
    select u.lease, min(to_timestamp((u.body ->> 'undoneAt')::float8 / 1000)) as at
      from known u left join revoked r using (lease)
     where u.kind = 'undone' and not exists (
       select from known p
        where p.kind = 'repaired' and p.lease = u.lease and p.seq > u.seq and (r.seq is null or p.seq < r.seq))
     group by u.lease)
  select g.lease, g.at, g.seq,
         case when coalesce(r.at, u.at) is not null then greatest(g.at, least(r.at, u.at)) end,
         (select max(to_timestamp((k.body ->> 'endsAt')::float8 / 1000)) from known k
           where k.kind in ('grant-started', 'extended', 'end-adopted')),
         greatest(g.at, (select max(k.at) from known k
                          where k.lease = g.lease and k.kind in ('undone', 'repaired', 'revoked')
                             or k.kind in ('grant-started', 'extended', 'end-adopted'))),
         (select max(k.at) from known k where k.lease = g.lease and k.kind = 'revoked')
    from granted g left join revoked r on r.lease = g.lease left join undone u on u.lease = g.lease
$$;

-- Writes the rows of a request again, from its events.
create function write_access_periods(its_request text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into public.access_period as p (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name,
                                         level, granted_at, granted_seq, ended_at, ends_at, changed_at, revoked_at)
  select a.lease_id, r.id, r.requester, r.entitlement, l.provider, t.target ->> 'lockKey',
         coalesce(split_part(h.target_key, E'\n', 1), t.target ->> 'lockKey'),
         coalesce(i.body ->> 'subject', h.subject_id, t.target ->> 'account'),
         coalesce(h.subject_name, t.target ->> 'account'),
         coalesce(i.body ->> 'level', t.target ->> 'level'),
         a.granted_at, a.granted_seq, a.ended_at, a.ends_at, a.changed_at, a.revoked_at
    from public.access_periods_of(its_request, 'infinity') a
    join public.request r on r.id = its_request
    join public.lease l on l.id = a.lease_id and l.request_id = its_request
    cross join lateral (select r.targets -> l.position as target) t
    left join public.holding h on h.id = l.holding_id
    left join lateral (
      select e.body from public.event e
       where e.request_id = its_request and e.kind = 'intended' and e.body ->> 'lease' = a.lease_id and e.seq < a.granted_seq
       order by e.seq desc limit 1) i on true
  on conflict (lease_id) do update
     set ended_at = excluded.ended_at, ends_at = excluded.ends_at, changed_at = excluded.changed_at, revoked_at = excluded.revoked_at
   where p.request_id = excluded.request_id
     and (p.ended_at, p.ends_at, p.changed_at, p.revoked_at) is distinct from (excluded.ended_at, excluded.ends_at, excluded.changed_at, excluded.revoked_at)
$$;

create function keep_access_periods() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.write_access_periods(new.request_id);
  return null;
end $$;

-- A function of its own, because Postgres reads the text of a trigger's condition again for every insert.
create function changes_access(kind text) returns boolean language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return kind in ('granted', 'extended', 'end-adopted', 'undone', 'repaired', 'revoked');
end $$;
create trigger keep_access_periods after insert on event for each row
  when (changes_access(new.kind))
  execute function keep_access_periods();

-- The examination of the log computes the answers about access again from the events.

-- The leases after this one that have a row among the answers.
create function leases_with_access(after text, most integer) returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select lease_id from public.access_period where lease_id > after order by lease_id limit most
$$;

-- The rows of the answers about access that are not what the events say: those of the leases, and those of every lease of the requests. "wrong" has the
-- columns that differ; "missing" or "unknown" for a row that is not there or that no event explains. The name of an account is not compared: no
-- event has it, and it may be erased. The name of a target is that of the targets of the request, which its digest covers.
create function altered_access(of_requests text[], of_leases text[])
returns table (lease_id text, wrong text[], print text)
language sql stable security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO' as $$
  with expected as (
    select a.lease_id, its.request_id, q.body -> 'details' ->> 'requester' as person, q.body -> 'details' ->> 'entitlement' as entitlement,
           coalesce(q.body -> 'details' -> 'targets' ->> place.position, l.provider) as provider, t.target ->> 'lockKey' as target_name,
           coalesce(split_part(i.body ->> 'key', E'\n', 1), split_part(h.target_key, E'\n', 1), t.target ->> 'lockKey') as target_key,
           coalesce(i.body ->> 'subject', h.subject_id, t.target ->> 'account') as account_id,
           coalesce(i.body ->> 'level', t.target ->> 'level') as level,
           a.granted_at, a.granted_seq, a.ended_at, a.ends_at, a.changed_at, a.revoked_at
      from (select distinct request_id from unnest(of_requests) request_id) its
      cross join lateral public.access_periods_of(its.request_id, 'infinity') a
      cross join lateral (select substring(a.lease_id from '_(\d{1,2})$')::integer as position) place
      left join public.event q on q.request_id = its.request_id and q.seq = 0 and q.kind = 'requested'
      left join public.request r on r.id = its.request_id
      left join public.lease l on l.id = a.lease_id
      left join public.holding h on h.id = l.holding_id
      cross join lateral (select r.targets -> place.position as target) t
      left join lateral (
        select e.body from public.event e
         where e.request_id = its.request_id and e.kind = 'intended' and e.body ->> 'lease' = a.lease_id and e.seq < a.granted_seq
         order by e.seq desc limit 1) i on true),
  stored as (
    select * from public.access_period p where p.lease_id = any (of_leases || array(select e.lease_id from expected e))),
  compared as (
    select coalesce(e.lease_id, p.lease_id) as lease_id, p.lease_id is null as is_missing, e.lease_id is null as is_unknown, p::text as row_text,
           array_remove(array[
             case when p.request_id is distinct from e.request_id then 'request_id' end,
             case when p.person is distinct from e.person then 'person' end,
             case when p.entitlement is distinct from e.entitlement then 'entitlement' end,
             case when p.provider is distinct from e.provider then 'provider' end,
             case when p.target_name is distinct from e.target_name then 'target_name' end,
             case when p.target_key is distinct from e.target_key then 'target_key' end,
             case when p.account_id is distinct from e.account_id then 'account_id' end,
             case when p.level is distinct from e.level then 'level' end,
             case when p.granted_at is distinct from e.granted_at then 'granted_at' end,
             case when p.granted_seq is distinct from e.granted_seq then 'granted_seq' end,
             case when p.ended_at is distinct from e.ended_at then 'ended_at' end,
             case when p.ends_at is distinct from e.ends_at then 'ends_at' end,
             case when p.changed_at is distinct from e.changed_at then 'changed_at' end,
             case when p.revoked_at is distinct from e.revoked_at then 'revoked_at' end], null) as columns
      from expected e full join stored p on p.lease_id = e.lease_id)
  select c.lease_id, case when c.is_missing then array['missing'] when c.is_unknown then array['unknown'] else c.columns end,
         left(encode(sha256(convert_to(coalesce(c.row_text, ''), 'UTF8')), 'hex'), 16)
    from compared c
   where c.is_missing or c.is_unknown or cardinality(c.columns) > 0
   order by c.lease_id
$$;

-- Rights.
revoke all on all functions in schema public from public;
grant execute on function changes_access(text) to curfew_worker, curfew_provider, curfew_sweeper;
grant execute on function leases_with_access(text, integer), altered_access(text[], text[]) to curfew_sequencer;
