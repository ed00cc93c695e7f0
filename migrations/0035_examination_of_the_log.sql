-- The examination of the log: in the background, old entries are hashed again and compared with the tree and the signed checkpoints, and the answers about
-- access are computed again from the events. This row keeps how far it is, because the examination of a large log takes days.
create table log_examination (
  is_only     boolean primary key default true check (is_only),
  log         text,                       -- the name of the log that is examined
  size        bigint not null default 0,  -- the pass ends at the checkpoint of this size; 0 between two passes
  next        bigint not null default 0,  -- the entries before it are examined
  lease_after text not null default '',   -- the access of leases up to this one is examined
  differences integer not null default 0, -- how many this pass has found
  due_at      timestamptz not null default ledger_now(), -- when the next step is due
  every_days  integer not null default 7, -- CURFEW_LOG_EXAMINE_DAYS of the sequencer
  since       timestamptz not null default ledger_now(), -- when there was an examination first
  ended_at    timestamptz,                -- when the last whole pass ended
  found       integer not null default 0, -- how many differences that pass found
  check (size >= 0 and next >= 0 and differences >= 0 and found >= 0),
  check (every_days between 1 and 90)
);
insert into log_examination default values;

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
revoke all on function leases_with_access(text, integer), altered_access(text[], text[]) from public;

grant select on log_examination to curfew_sequencer, curfew_reader, curfew_cli, curfew_console;
grant update (log, size, next, lease_after, differences, due_at, every_days, ended_at, found) on log_examination to curfew_sequencer;
grant execute on function leases_with_access(text, integer), altered_access(text[], text[]) to curfew_sequencer;
