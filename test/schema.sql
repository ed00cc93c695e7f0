-- What the migrations add up to. Written by "npm run schema" from the catalogue of a migrated
-- database, the same by every version of Postgres; test/schema.test.ts compares. The table "migration"
-- is node-pg-migrate's and left out.

-- The functions come before the tables that they read.
set check_function_bodies = off;

-- functions

CREATE OR REPLACE FUNCTION public.access_periods_of(its_request text, known_at timestamp with time zone)
 RETURNS TABLE(lease_id text, granted_at timestamp with time zone, granted_seq integer, ended_at timestamp with time zone, ends_at timestamp with time zone, changed_at timestamp with time zone, revoked_at timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.add_event_partitions()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
declare
  last_at timestamptz;
  next_at timestamptz;
  name text;
  added integer := 0;
begin
  lock table public.event_partition in share row exclusive mode; -- one process at a time
  loop
    select max(before_at) into last_at from public.event_partition;
    exit when last_at > public.ledger_now() + interval '6 months';
    next_at := last_at + interval '3 months';
    name := 'event_before_' || to_char(next_at, 'YYYY_MM');
    execute format('create table public.%I (like public.event including defaults including constraints)', name);
    -- Requests of that time may be in the partition of the others, when nobody added partitions for long.
    lock table public.event_later in access exclusive mode;
    if exists (select from public.event_later
                where request_id >= public.request_ids_from(last_at) and request_id < public.request_ids_from(next_at)) then
      alter table public.event_later disable trigger append_only;
      execute format('with moved as (delete from public.event_later where request_id >= %L and request_id < %L returning *)
                      insert into public.%I select * from moved',
                     public.request_ids_from(last_at), public.request_ids_from(next_at), name);
      alter table public.event_later enable trigger append_only;
    end if;
    execute format('alter table public.event attach partition public.%I for values from (%L) to (%L)',
                   name, public.request_ids_from(last_at), public.request_ids_from(next_at));
    execute format('create trigger no_truncate before truncate on public.%I for each statement execute function public.append_only()', name);
    insert into public.event_partition (name, first_at, before_at) values (name, last_at, next_at);
    added := added + 1;
  end loop;
  return added;
end $function$;

CREATE OR REPLACE FUNCTION public.adopt_end(its_request text)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with adopted as (
    select least(max(to_timestamp((e.body ->> 'endsAt')::float8 / 1000)), planned.ends_at) as ends_at
      from public.event e, (select public.planned_end(its_request) as ends_at) planned
     where e.request_id = its_request and e.kind = 'end-adopted' and planned.ends_at is not null
     group by planned.ends_at),
  moved as (
    update public.lease l set ends_at = adopted.ends_at, next_try_at = adopted.ends_at + interval '10 seconds'
      from adopted
     where l.request_id = its_request and l.state not in ('revoke-started', 'revoked') and l.ends_at < adopted.ends_at
    returning l.id)
  select count(*) from moved
$function$;

CREATE OR REPLACE FUNCTION public.altered_access(of_requests text[], of_leases text[])
 RETURNS TABLE(lease_id text, wrong text[], print text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET "DateStyle" TO 'ISO'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $function$;

CREATE OR REPLACE FUNCTION public.append_only_until_purged()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its_request text;
begin
  if tg_op = 'DELETE' then
    if tg_table_name = 'account_check' then
      select request_id into its_request from public.click where id = old.click_id;
    else
      select request_id into its_request from public.lease where id = old.lease_id;
    end if;
    if its_request < (select public.request_ids_from(max(before_at)) from public.purge) then
      return old;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $function$;

CREATE OR REPLACE FUNCTION public.change_numbers(VARIADIC moments timestamp with time zone[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
  insert into public.number_change (from_at, before_at)
  select distinct t.from_at, t.before_at
    from unnest(moments) m (at)
   cross join lateral (values (date_trunc('day', m.at), date_trunc('day', m.at) + interval '1 day'),
                              (date_trunc('month', m.at), date_trunc('month', m.at) + interval '1 month')) t (from_at, before_at)
   where t.before_at <= public.ledger_now() or exists (select from public.number_time n where n.from_at = t.from_at and n.before_at = t.before_at)
$function$;

CREATE OR REPLACE FUNCTION public.changes_access(kind text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return kind in ('granted', 'extended', 'end-adopted', 'undone', 'repaired', 'revoked');
end $function$;

CREATE OR REPLACE FUNCTION public.changes_request_list(kind text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return kind in ('requested', 'judged', 'approved', 'grant-started', 'activated', 'extension-requested', 'extension-approved', 'extended', 'end-adopted',
                  'revoke-started', 'closed', 'refused');
end $function$;

CREATE OR REPLACE FUNCTION public.checkpoint_is_of_the_log()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if new.size > (select size from public.log_state) then
    raise exception 'a checkpoint of more entries than the log has' using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.close_visit()
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  opened record;
  its_id bigint;
begin
  perform from public.visit_lock for update skip locked;
  if not found then
    return false;
  end if;
  select r.person, r.at into opened
    from public.reading r
   where r.visit_id is null and r.log_id is null
     and (r.at <= public.ledger_now() - interval '16 minutes' or r.at > public.ledger_now())
   order by r.at, r.id limit 1;
  if not found then
    return false;
  end if;
  insert into public.visit (person, from_at, until_at) values (opened.person, opened.at, opened.at + interval '15 minutes') returning id into its_id;
  update public.reading r set visit_id = its_id
   where r.id in (select w.id from public.reading w
                   where w.visit_id is null and w.log_id is null and w.person = opened.person and w.at >= opened.at and w.at < opened.at + interval '15 minutes'
                   order by w.at, w.id limit 1000);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.count_numbers()
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  wanted record;
  its_id integer;
begin
  perform from public.number_count_lock for update skip locked;
  if not found then
    return false;
  end if;
  with recorded as (
    select min(opened_at) as first_at, public.ledger_now() - interval '1 day' as over_at from public.request_list),
  times as (
    select d as from_at, d + interval '1 day' as before_at from recorded, generate_series(date_trunc('day', first_at), over_at, interval '1 day') d
    union all
    select m, m + interval '1 month' from recorded, generate_series(date_trunc('month', first_at), over_at, interval '1 month') m
    union
    select from_at, before_at from public.number_change)
  select t.from_at, t.before_at into wanted
    from times t cross join recorded r left join public.number_time n using (from_at, before_at)
   where t.before_at <= r.over_at
     and (n.id is null or exists (select from public.number_change c where c.from_at = t.from_at and c.before_at = t.before_at))
   order by t.before_at - t.from_at > interval '1 day', t.before_at desc
   limit 1;
  if not found then
    return false;
  end if;
  delete from public.number_change c where c.from_at = wanted.from_at and c.before_at = wanted.before_at;
  insert into public.number_time as n (from_at, before_at) values (wanted.from_at, wanted.before_at)
  on conflict (from_at, before_at) do update set before_at = n.before_at
  returning id into its_id;
  delete from public.number_count where time_id = its_id;
  insert into public.number_count (time_id, list, label, value, amount)
  select its_id, list, label, value, amount from audit.numbers_between(wanted.from_at, wanted.before_at);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.doubt_leases(its_request text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.provider_lock set
         verify_at = least(verify_at, public.ledger_now()),
         doubt_until = greatest(doubt_until, public.ledger_now() + interval '1 minute'),
         doubt_since = coalesce(doubt_since, public.ledger_now())
   where key in (select lock_key from public.lease where request_id = its_request)
     and exists (select from public.event where request_id = its_request and kind = 'extension-closed')
$function$;

CREATE OR REPLACE FUNCTION public.erase_delivered(its_click text, its_lease text, its_via text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its_request text;
begin
  update public.secret s set sealed = null, erased_at = public.ledger_now()
    from public.lease l
   where s.lease_id = its_lease and l.id = its_lease and s.sealed is not null
     and public.was_delivered(its_click, its_lease, its_via)
  returning l.request_id into its_request;
  if not found then return false; end if;
  insert into public.outbox (request_id, body)
  select its_request, '{"step": "redraw", "from": 0, "to": 0, "redraw": true}'
   where not exists (
     select from public.outbox where request_id = its_request and tries = 0 and body ? 'redraw');
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.erase_secret(its_click text, its_lease text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.erase_delivered(its_click, its_lease, 'slack')
$function$;

CREATE OR REPLACE FUNCTION public.erase_secret_at_terminal(its_click text, its_lease text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.erase_delivered(its_click, its_lease, 'cli')
$function$;

CREATE OR REPLACE FUNCTION public.extend_leases(its_request text)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.forget_vendor_turns(its_provider text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  delete from public.vendor_turn
   where provider = its_provider
     and (at <= public.ledger_now() - interval '61 seconds' or at > public.ledger_now() + interval '1 hour' or has_begun and at > public.ledger_now() + interval '5 seconds')
$function$;

CREATE OR REPLACE FUNCTION public.is_loggable(body jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
RETURN ((NOT jsonb_path_exists(body, '$.**{32 to last}'::jsonpath)) AND (NOT jsonb_path_exists(body, '$.**?(@.type() == "number" && ((@ > 9007199254740991 || @ < -9007199254740991) || @ != @.floor()))'::jsonpath)) AND (octet_length((body)::text) <= 4194304));

CREATE OR REPLACE FUNCTION public.is_sound_event(kind text, seq integer, via text, body jsonb, at timestamp with time zone, request_id text, step text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return kind in ('requested', 'judged', 'asked', 'answered', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
                  'extension-requested', 'extension-approved', 'extension-started', 'lease-extended', 'extended', 'extension-closed',
                  'end-adopted', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused')
     and via in ('slack', 'cli', 'console', 'workflow', 'sweeper')
     and seq >= 0
     and body ->> 'kind' is not distinct from kind -- the rights are those of the kind
     and at between '2000-01-01 Z' and '9999-01-01 Z'
     and length(request_id) <= 100 and length(step) <= 500
     and public.is_loggable(body);
end $function$;

CREATE OR REPLACE FUNCTION public.keep_access_periods()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.write_access_periods(new.request_id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_approval(its_request text, its_seq integer, its_kind text, its_at timestamp with time zone, its_person text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its_requester text := (select r.requester from public.request r where r.id = its_request);
begin
  insert into public.approval_list (request_id, seq, at, person, requester, entitlement, asked_at, seconds)
  select r.id, its_seq, its_at, its_person, r.requester, r.entitlement, asked.at, round(greatest(extract(epoch from its_at - asked.at), 0), 3)::float8
    from public.request r
    left join lateral (
      select j.at from public.event j
       where j.request_id = its_request and j.seq < its_seq and j.kind = case its_kind when 'approved' then 'judged' else 'extension-requested' end
       order by j.seq desc limit 1) asked on true
   where r.id = its_request;
  insert into public.approval_pair as p (person, other, approved, was_approved, first_at, last_at)
  select least(its_person, its_requester collate "C"), greatest(its_person, its_requester collate "C"), (its_person < its_requester collate "C")::integer,
         (its_person > its_requester collate "C")::integer, its_at, its_at
   where its_person <> its_requester
  on conflict (person, other) do update
     set approved = p.approved + excluded.approved, was_approved = p.was_approved + excluded.was_approved,
         first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at);
end $function$;

CREATE OR REPLACE FUNCTION public.keep_judgement(its_request text, its_kind text, its_at timestamp with time zone, its_policy text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.judgement (policy, at, request_id, kind) values (its_policy, its_at, its_request, its_kind);
  if its_policy is not null then
    insert into public.policy_use as p (policy, part, judged, first_at, last_at) values (its_policy, public.policy_part(its_request), 1, its_at, its_at)
    on conflict (policy, part) do update
       set judged = p.judged + 1, first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at);
  end if;
  if its_kind = 'judged' then
    insert into public.first_request as f (person, entitlement, request_id, at, policy)
    select r.requester, r.entitlement, r.id, its_at, its_policy from public.request r where r.id = its_request
    on conflict (person, entitlement) do update set request_id = excluded.request_id, at = excluded.at, policy = excluded.policy
     where (excluded.at, excluded.request_id) < (f.at, f.request_id);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_numbers_of_access()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.change_numbers(new.granted_at, new.ended_at, old.granted_at, old.ended_at); -- an insert has no old row, which is null
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_numbers_of_refusal()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.change_numbers(new.at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_numbers_of_request()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.change_numbers(new.opened_at, new.decided_at, old.opened_at, old.decided_at); -- an insert has no old row, which is null
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_request_list()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  case new.kind
    when 'requested' then
      perform public.write_request_list(new.request_id);
    when 'judged', 'extension-requested' then
      update public.request_list l
         set asked_at = case when new.kind = 'judged' then new.at else l.asked_at end,
             approvers = array(select unnest(l.approvers) union
                               select a ->> 'person' from jsonb_array_elements(new.body -> 'requirements' -> 'stages') g, jsonb_array_elements(g -> 'approvers') a
                               order by 1)
       where l.id = new.request_id;
      perform public.keep_judgement(new.request_id, new.kind, new.at, new.body -> 'requirements' ->> 'policy');
    when 'approved', 'extension-approved' then
      update public.request_list set approved_by = approved_by || (new.body ->> 'by')
       where id = new.request_id and not approved_by @> array[new.body ->> 'by'];
      perform public.keep_approval(new.request_id, new.seq, new.kind, new.at, new.body ->> 'by');
    when 'grant-started', 'extended', 'end-adopted' then
      update public.request_list
         set state = case when new.kind = 'grant-started' and state = 'pending' then 'granting' else state end,
             decided_at = case when new.kind = 'grant-started'
                               then (select e.at from public.event e where e.request_id = new.request_id and e.kind = 'approved' order by e.seq desc limit 1)
                               else decided_at end,
             ends_at = greatest(ends_at, case when jsonb_typeof(new.body -> 'endsAt') = 'number' then to_timestamp((new.body ->> 'endsAt')::float8 / 1000) end)
       where id = new.request_id;
    when 'activated' then
      update public.request_list set state = 'active' where id = new.request_id and state in ('pending', 'granting');
    when 'revoke-started' then
      update public.request_list
         set state = case when state in ('pending', 'granting', 'active') then 'revoking' else state end,
             ending = coalesce(ending, new.body -> 'ending' ->> 'kind')
       where id = new.request_id;
    when 'closed' then
      update public.request_list set state = 'closed', ending = new.body -> 'ending' ->> 'kind', closed_at = new.at,
             decided_at = case when new.body -> 'ending' ->> 'kind' = 'denied' then new.at else decided_at end
       where id = new.request_id and state not in ('closed', 'refused');
    when 'refused' then
      update public.request_list set refused = true where id = new.request_id and not refused;
      if not found and new.body ->> 'tried' = 'request' then
        perform public.write_request_list(new.request_id);
      end if;
  end case;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.leases_with_access(after text, most integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select lease_id from public.access_period where lease_id > after order by lease_id limit most
$function$;

CREATE OR REPLACE FUNCTION public.ledger_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
AS $function$select clock_timestamp()$function$;

CREATE OR REPLACE FUNCTION public.log_state_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or new.size < old.size or new.seen_to < old.seen_to
     or new.size > old.size + 1000000 or new.name is distinct from coalesce(old.name, new.name) then
    raise exception 'the log only grows' using errcode = 'CRF01';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.log_tile_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or substr(new.hashes, 1, length(old.hashes)) <> old.hashes or (new.level, new.n) <> (old.level, old.n) then
    raise exception 'a tile of the log only grows' using errcode = 'CRF01';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.manifest_serial_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' or new.serial < old.serial then
    raise exception 'the serial of the manifest only grows' using errcode = 'CRF01';
  end if;
  if new.serial > old.serial + 1000000 then
    raise exception 'the serial of the manifest grows by at most 1000000 at once' using errcode = 'check_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.only_a_text_is_erased()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if to_jsonb(new) is not distinct from jsonb_set(to_jsonb(old), tg_argv[0]::text[], '"(erased)"', false) and new is distinct from old then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $function$;

CREATE OR REPLACE FUNCTION public.plan_access_check()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.access_check (lease_id, provider, change, next_at)
  values (new.id, new.provider, new.state, public.ledger_now())
  on conflict (lease_id) do update set change = excluded.change, changed_at = excluded.changed_at, done = 0,
    next_at = excluded.next_at, problem = null, gone_at = null;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.plan_use_reading()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.use_plan (lease_id, provider, change, next_at)
  values (new.id, new.provider, new.state, public.ledger_now())
  on conflict (lease_id) do update set change = excluded.change, changed_at = public.ledger_now(), tries = 0, next_at = excluded.next_at;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.planned_end(its_request text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select max(l.ends_at) from public.quarantine_lease l join public.quarantine q on q.id = l.quarantine_id
   where l.request_id = its_request and l.kind = 'later-end' and q.ended_at is null
$function$;

CREATE OR REPLACE FUNCTION public.policy_part(its_request text)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select (hashtext(its_request) & 15)::smallint
$function$;

CREATE OR REPLACE FUNCTION public.quarantine_only_ends()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' or old.ended_at is not null or new.ended_at is null
     or (new.id, new.reason, new.ledger_serial, new.manifest_serial, new.started_at, new.log_id)
        is distinct from (old.id, old.reason, old.ledger_serial, old.manifest_serial, old.started_at, old.log_id) then
    raise exception 'a quarantine only ends, and only once' using errcode = 'CRF01';
  end if;
  new.end_log_id := nextval('public.log_id');
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.reading_only_gets_its_visit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' or old.visit_id is not null or new.visit_id is null
     or (new.id, new.person, new.kind, new.address, new.at, new.log_id) is distinct from (old.id, old.person, old.kind, old.address, old.at, old.log_id) then
    raise exception 'a reading only gets its visit, and only once' using errcode = 'CRF01';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.request_ids_from(at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select 'req_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', (floor(extract(epoch from at) * 1000)::bigint >> (45 - place * 5) & 31)::integer + 1, 1),
                              '' order by place)
    from generate_series(0, 9) place
$function$;

CREATE OR REPLACE FUNCTION public.take_secret(its_click text, its_lease text)
 RETURNS bytea
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'slack')
$function$;

CREATE OR REPLACE FUNCTION public.take_secret_at_terminal(its_click text, its_lease text)
 RETURNS bytea
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'cli')
$function$;

CREATE OR REPLACE FUNCTION public.want_manifest()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update public.manifest_entry set wanted = wanted + 1, next_try_at = public.ledger_now() where lease_id = new.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.was_delivered(its_click text, its_lease text, its_via text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (
    select from public.lease l join public.event e using (request_id)
     where l.id = its_lease and e.step = 'click/' || its_click and e.kind = 'delivered' and e.via = its_via
       and e.body ->> 'lease' = its_lease)
$function$;

CREATE OR REPLACE FUNCTION public.write_access_periods(its_request text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.write_request_list(its_request text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.request_list as l (id, opened_at, person, entitlement, minutes, providers, classes, state, ending, approvers, approved_by, refused,
                                        ends_at, closed_at, digest, asked_at, decided_at)
  with known as materialized (
    select e.seq, e.kind, e.at, e.body from public.event e
     where e.request_id = its_request
       and e.seq >= coalesce((select min(r.seq) from public.event r where r.request_id = its_request and r.kind = 'requested'), 0)),
  opened as (
    select k.at, k.body -> 'details' as details from known k where k.kind = 'requested' order by k.seq limit 1),
  submitted as (
    select k.at, k.body ->> 'by' as person from known k where k.kind = 'refused' and k.body ->> 'tried' = 'request' order by k.seq limit 1),
  closed as (
    select k.at, k.body -> 'ending' ->> 'kind' as ending from known k where k.kind = 'closed' order by k.seq limit 1),
  life as (
    select count(*) filter (where k.kind = 'grant-started') > 0 as is_granting,
           count(*) filter (where k.kind = 'activated') > 0 as is_active,
           count(*) filter (where k.kind = 'revoke-started') > 0 as is_revoking,
           count(*) filter (where k.kind = 'refused') > 0 as is_refused,
           max((k.body ->> 'endsAt')::float8) filter (where k.kind in ('grant-started', 'extended', 'end-adopted')
                                                    and jsonb_typeof(k.body -> 'endsAt') = 'number') as ends_at
      from known k)
  select its_request, coalesce(o.at, s.at), coalesce(o.details ->> 'requester', s.person), coalesce(o.details ->> 'entitlement', c.entitlement),
         (o.details ->> 'minutes')::integer,
         array(select distinct p from jsonb_array_elements_text(o.details -> 'targets') p order by p),
         array(select distinct t ->> 'enforcement' from public.request r, jsonb_array_elements(r.shown -> 'targets') t
                where r.id = its_request and t ? 'enforcement' order by 1),
         case when o.at is null then 'refused' when f.at is not null then 'closed' when n.is_revoking then 'revoking' when n.is_active then 'active'
              when n.is_granting then 'granting' else 'pending' end,
         coalesce(f.ending, (select k.body -> 'ending' ->> 'kind' from known k where k.kind = 'revoke-started' order by k.seq limit 1)),
         array(select distinct a ->> 'person' from known k, jsonb_array_elements(k.body -> 'requirements' -> 'stages') g, jsonb_array_elements(g -> 'approvers') a
                where k.kind in ('judged', 'extension-requested') order by 1),
         array(select k.body ->> 'by' from known k where k.kind in ('approved', 'extension-approved') group by 1 order by min(k.seq)),
         n.is_refused, to_timestamp(n.ends_at / 1000), f.at, o.details ->> 'digest',
         (select k.at from known k where k.kind = 'judged' order by k.seq desc limit 1),
         case when f.ending = 'denied' then f.at
              when n.is_granting then (select k.at from known k where k.kind = 'approved' order by k.seq desc limit 1) end
    from life n left join opened o on true left join submitted s on o.at is null left join closed f on true
    left join lateral (
      select x.body ->> 'entitlement' as entitlement from public.click x
       where o.at is null and x.id = 'click_' || substr(its_request, 5) and x.kind = 'request' and x.body ->> 'entitlement' ~ '^[a-z][a-z0-9-]{0,48}$') c on true
   where o.at is not null or s.at is not null
  on conflict (id) do update
     set (state, ending, approvers, approved_by, refused, ends_at, closed_at, asked_at, decided_at)
       = (excluded.state, excluded.ending, excluded.approvers, excluded.approved_by, excluded.refused, excluded.ends_at, excluded.closed_at,
          excluded.asked_at, excluded.decided_at)
   where (l.state, l.ending, l.approvers, l.approved_by, l.refused, l.ends_at, l.closed_at, l.asked_at, l.decided_at)
         is distinct from (excluded.state, excluded.ending, excluded.approvers, excluded.approved_by, excluded.refused, excluded.ends_at, excluded.closed_at,
                           excluded.asked_at, excluded.decided_at);
end $function$;

-- sequences

create sequence log_id;

create sequence migration_id_seq;

-- tables

create table access_check (
  lease_id text not null,
  provider text not null,
  change text not null,
  changed_at timestamp with time zone default ledger_now() not null,
  done integer default 0 not null,
  next_at timestamp with time zone,
  problem text,
  repaired_at timestamp with time zone,
  gone_at timestamp with time zone
);

create table access_period (
  lease_id text not null,
  request_id text not null,
  person text not null,
  entitlement text not null,
  provider text not null,
  target_name text not null,
  target_key text not null,
  account_id text not null,
  account_name text not null,
  level text not null,
  granted_at timestamp with time zone not null,
  granted_seq integer not null,
  ended_at timestamp with time zone,
  ends_at timestamp with time zone,
  changed_at timestamp with time zone not null,
  during tstzrange generated always as (tstzrange(granted_at, ended_at, '[]'::text)) stored not null,
  revoked_at timestamp with time zone
);

create table account_check (
  click_id text not null,
  facts jsonb not null,
  checked_at timestamp with time zone default ledger_now() not null
);

create table approval_list (
  request_id text not null,
  seq integer not null,
  at timestamp with time zone not null,
  person text,
  requester text not null,
  entitlement text not null,
  asked_at timestamp with time zone,
  seconds double precision
);

create table approval_pair (
  person text not null,
  other text not null,
  approved integer not null,
  was_approved integer not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null
);

create table attempt_count (
  who text not null,
  kind text not null,
  began_at timestamp with time zone default ledger_now() not null,
  count integer default 1 not null,
  over integer default 0 not null
);

create table click (
  id text not null,
  kind text not null,
  request_id text not null,
  via text not null,
  account text not null,
  person text,
  body jsonb not null,
  source text,
  received_at timestamp with time zone default ledger_now() not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null,
  done_at timestamp with time zone,
  outcome jsonb
);

create table console_session (
  id_hash bytea not null,
  person text not null,
  account text not null,
  zone text not null,
  own_zone text not null,
  begun_at timestamp with time zone default ledger_now() not null,
  seen_at timestamp with time zone default ledger_now() not null,
  ended_at timestamp with time zone
);

create table console_sign_in (
  id_hash bytea not null,
  state text not null,
  nonce text not null,
  verifier text not null,
  path text not null,
  begun_at timestamp with time zone default ledger_now() not null
);

create table copy_order (
  id uuid not null,
  by text not null,
  via text not null,
  asked jsonb not null,
  at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table deferred_message (
  id bigint generated always as identity not null,
  person text not null,
  kind text not null,
  request_id text not null,
  due_at timestamp with time zone not null,
  next_try_at timestamp with time zone not null,
  sent_at timestamp with time zone
);

create table erasure (
  id uuid not null,
  person text not null,
  requests integer not null,
  erased_by text not null,
  erased_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table event (
  request_id text not null,
  seq integer not null,
  step text not null,
  kind text not null,
  body jsonb not null,
  via text not null,
  at timestamp with time zone not null,
  log_id bigint default nextval('log_id'::regclass) not null
) partition by RANGE (request_id);

create table event_free_text (
  request_id text not null,
  seq integer not null,
  kind text not null,
  salt text not null,
  body text not null
);

create table event_partition (
  name text not null,
  first_at timestamp with time zone,
  before_at timestamp with time zone not null,
  left_at timestamp with time zone
);

create table event_text (
  request_id text not null,
  seq integer not null,
  salt text not null,
  texts jsonb not null
);

create table finding (
  id text not null,
  kind text not null,
  provider text not null,
  target_key text not null,
  target_name text not null,
  target jsonb not null,
  what text not null,
  subject_id text not null,
  subject_name text not null,
  lease_id text,
  level text not null,
  on_ladder boolean not null,
  sources jsonb not null,
  why_no_adopt text,
  why_no_revoke text,
  state text not null,
  first_seen_at timestamp with time zone default ledger_now() not null,
  last_seen_at timestamp with time zone default ledger_now() not null,
  closed_at timestamp with time zone,
  closed_by text,
  closed_via text,
  why text,
  decision text,
  work_at timestamp with time zone,
  problem text,
  message text,
  draw_at timestamp with time zone
);

create table finding_decision (
  click_id text not null,
  finding_id text not null,
  kind text not null,
  by text,
  via text not null,
  confirmed integer,
  seen text,
  refusal jsonb,
  at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null,
  reason_hash text
);

create table finding_reason (
  click_id text not null,
  body text not null,
  salt text
);

create table first_request (
  person text not null,
  entitlement text not null,
  request_id text not null,
  at timestamp with time zone not null,
  policy text
);

create table free_text (
  request_id text not null,
  kind text not null,
  salt text not null,
  body text not null
);

create table holding (
  id bigint generated always as identity not null,
  provider text not null,
  target_key text not null,
  subject_id text not null,
  subject_name text not null,
  prior text not null,
  opened_at timestamp with time zone default ledger_now() not null,
  closed_at timestamp with time zone
);

create table judgement (
  policy text,
  at timestamp with time zone not null,
  request_id text not null,
  kind text not null
);

create table lease (
  id text not null,
  request_id text not null,
  "position" integer not null,
  provider text not null,
  state text not null,
  holding_id bigint,
  found_spec jsonb,
  lock_key text not null,
  generation integer default 1 not null,
  ends_at timestamp with time zone not null,
  changed_at timestamp with time zone default ledger_now() not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone,
  last_fault text,
  awaited_at timestamp with time zone
);

create table log_beginning (
  name text not null,
  previous text,
  previous_note text,
  begun_by text not null,
  begun_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table log_checkpoint (
  size bigint not null,
  note text not null,
  published_at timestamp with time zone default ledger_now() not null
);

create table log_cosignature (
  size bigint not null,
  place text not null,
  line text not null
);

create table log_entry (
  index bigint not null,
  log_id bigint not null
);

create table log_examination (
  is_only boolean default true not null,
  log text,
  size bigint default 0 not null,
  next bigint default 0 not null,
  lease_after text default ''::text not null,
  differences integer default 0 not null,
  due_at timestamp with time zone default ledger_now() not null,
  every_days integer default 7 not null,
  since timestamp with time zone default ledger_now() not null,
  ended_at timestamp with time zone,
  found integer default 0 not null
);

create table log_gap (
  first bigint not null,
  last bigint not null,
  holders text[] not null
);

create table log_keys (
  id bigint generated always as identity not null,
  keys text[] not null,
  since timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table log_place (
  name text not null,
  size bigint default 0 not null,
  published_at timestamp with time zone,
  tried_at timestamp with time zone,
  problem text,
  loss text,
  lost_at timestamp with time zone,
  kind text
);

create table log_state (
  is_only boolean default true not null,
  name text,
  size bigint default 0 not null,
  seen_to bigint default 0 not null
);

create table log_stream (
  sink text not null,
  log text not null,
  next bigint default 0 not null,
  problem text,
  sent_at timestamp with time zone,
  claimed_by text not null,
  claimed_until timestamp with time zone not null
);

create table log_tile (
  level integer not null,
  n bigint not null,
  hashes bytea not null
);

create table manifest_entry (
  lease_id text not null,
  wanted integer default 1 not null,
  written integer default 0 not null,
  serial bigint default 0 not null,
  state text,
  written_at timestamp with time zone,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null
);

create table manifest_serial (
  is_only boolean default true not null,
  serial bigint not null
);

create table mass_ending (
  id text not null,
  scope jsonb not null,
  made_by text not null,
  needs integer,
  made_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null,
  reason_hash text
);

create table mass_ending_cut_off (
  id bigint generated always as identity not null,
  mass_ending_id text not null,
  provider text not null,
  text_hash text not null,
  done text[] not null,
  again text[] not null,
  cut_off_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table mass_ending_cut_off_text (
  cut_off_id bigint not null,
  salt text not null,
  seen text not null,
  to_undo text[] not null
);

create table mass_ending_lift (
  mass_ending_id text not null,
  person text not null,
  click_id text not null,
  lifted_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null,
  counting text[]
);

create table mass_ending_reason (
  mass_ending_id text not null,
  body text not null,
  salt text
);

create table message_preference (
  person text not null,
  time_zone text not null,
  quiet_from smallint,
  quiet_to smallint,
  digest_at smallint,
  weekly boolean not null,
  changed_at timestamp with time zone default ledger_now() not null
);

create table number_change (
  from_at timestamp with time zone not null,
  before_at timestamp with time zone not null
);

create table number_count (
  time_id integer not null,
  list text not null,
  label text not null,
  value double precision not null,
  amount bigint not null
);

create table number_count_lock (
  one boolean default true not null
);

create table number_time (
  id integer generated always as identity not null,
  from_at timestamp with time zone not null,
  before_at timestamp with time zone not null
);

create table outbox (
  id bigint generated always as identity not null,
  request_id text not null,
  body jsonb not null,
  made_at timestamp with time zone default ledger_now() not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null,
  sent_at timestamp with time zone,
  last_fault text
);

create table policy_use (
  policy text not null,
  part smallint not null,
  judged integer not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null
);

create table posted_message (
  request_id text not null,
  place text not null,
  channel text,
  ts text,
  claimed_until timestamp with time zone default ledger_now() not null,
  tried_since timestamp with time zone
);

create table provider_lock (
  key text not null,
  fence bigint not null,
  owner uuid not null,
  ends_at timestamp with time zone not null,
  verify_at timestamp with time zone,
  doubt_until timestamp with time zone,
  doubt_since timestamp with time zone
);

create table purge (
  id uuid not null,
  before_at timestamp with time zone not null,
  requests bigint not null,
  entries bigint not null,
  digest text not null,
  export_size bigint not null,
  purged_by text not null,
  purged_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table purged_entry (
  index bigint not null,
  purge uuid not null
);

create table quarantine (
  id bigint generated always as identity not null,
  reason text not null,
  ledger_serial bigint not null,
  manifest_serial bigint not null,
  started_at timestamp with time zone default ledger_now() not null,
  ended_at timestamp with time zone,
  ended_by text,
  plan_digest text,
  log_id bigint default nextval('log_id'::regclass) not null,
  end_log_id bigint
);

create table quarantine_answer (
  id text not null,
  quarantine_id bigint not null,
  account text not null,
  person text,
  plan_digest text not null,
  asked_at timestamp with time zone default ledger_now() not null,
  decided_at timestamp with time zone,
  refusal text
);

create table quarantine_lease (
  quarantine_id bigint not null,
  lease_id text not null,
  kind text not null,
  entry jsonb not null,
  signed text not null,
  request_id text not null,
  access_key text not null,
  ends_at timestamp with time zone not null,
  ledger_ends_at timestamp with time zone,
  gone_at timestamp with time zone,
  seen text,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null
);

create table read_budget (
  provider text not null,
  calls double precision not null,
  at timestamp with time zone default ledger_now() not null
);

create table reading (
  id bigint generated always as identity not null,
  person text not null,
  kind text not null,
  address text not null,
  at timestamp with time zone default ledger_now() not null,
  log_id bigint,
  visit_id bigint
);

create table request (
  id text not null,
  requester text not null,
  entitlement text not null,
  minutes integer not null,
  state text not null,
  targets jsonb not null,
  shown jsonb not null,
  approvers text[] not null,
  opened_at timestamp with time zone not null,
  lapses_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  closed_at timestamp with time zone,
  extension_due_at timestamp with time zone,
  extension_approvers text[]
);

create table request_list (
  id text not null,
  opened_at timestamp with time zone not null,
  person text,
  entitlement text,
  minutes integer,
  providers text[] not null,
  classes text[] not null,
  state text not null,
  ending text,
  approvers text[] not null,
  approved_by text[] not null,
  refused boolean not null,
  ends_at timestamp with time zone,
  closed_at timestamp with time zone,
  digest text,
  asked_at timestamp with time zone,
  decided_at timestamp with time zone
);

create table request_lock (
  request_id text not null
);

create table review (
  id text not null,
  opened_by text not null,
  title_hash text not null,
  scope jsonb not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  wanted integer,
  population integer not null,
  population_digest text not null,
  opened_at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table review_decision (
  click_id text not null,
  review_id text not null,
  line_id text not null,
  kind text not null,
  by text,
  via text not null,
  reason_hash text,
  refusal jsonb,
  at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table review_draw (
  review_id text not null,
  size bigint not null,
  root text not null,
  drawn_at timestamp with time zone default ledger_now() not null
);

create table review_line (
  review_id text not null,
  "position" integer not null,
  line_id text not null,
  kind text not null,
  person text,
  entitlement text,
  request_id text,
  provider text not null,
  target_name text not null,
  level text not null,
  since timestamp with time zone not null,
  approved_by text[] not null
);

create table review_member (
  review_id text not null,
  id text not null
);

create table review_reason (
  click_id text not null,
  salt text not null,
  body text not null
);

create table review_text (
  review_id text not null,
  salt text not null,
  title text not null
);

create table secret (
  lease_id text not null,
  sealed bytea,
  made_at timestamp with time zone default ledger_now() not null,
  delivered_at timestamp with time zone,
  erased_at timestamp with time zone
);

create table target_pass (
  provider text not null,
  target_key text not null,
  found_key text,
  spec jsonb not null,
  next_at timestamp with time zone default ledger_now() not null,
  first_at timestamp with time zone,
  last_at timestamp with time zone,
  members integer,
  note text,
  problem text,
  target_name text,
  entitlements text[] default '{}'::text[] not null
);

create table unchecked_click (
  click_id text not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null
);

create table use_plan (
  lease_id text not null,
  provider text not null,
  change text not null,
  changed_at timestamp with time zone default ledger_now() not null,
  tries integer default 0 not null,
  next_at timestamp with time zone
);

create table use_reading (
  id bigint generated always as identity not null,
  lease_id text not null,
  read_at timestamp with time zone not null,
  source text not null,
  kind text not null,
  amount bigint,
  unit text,
  first_at timestamp with time zone,
  last_at timestamp with time zone,
  covered_from timestamp with time zone,
  covered_until timestamp with time zone,
  parts jsonb default '[]'::jsonb not null,
  why text,
  mark text
);

create table vendor_budget (
  provider text not null
);

create table vendor_turn (
  id bigint generated always as identity not null,
  provider text not null,
  key text not null,
  kind text not null,
  points double precision not null,
  at timestamp with time zone not null,
  has_begun boolean not null
);

create table visit (
  id bigint generated always as identity not null,
  person text not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  at timestamp with time zone default ledger_now() not null,
  log_id bigint default nextval('log_id'::regclass) not null
);

create table visit_lock (
  one boolean default true not null
);

create table wake_up (
  request_id text not null,
  version bigint generated always as identity not null,
  tries integer default 0 not null,
  next_try_at timestamp with time zone default ledger_now() not null
);

-- constraints

alter table access_check add constraint access_check_change_check CHECK ((change = ANY (ARRAY['granted'::text, 'revoked'::text])));

alter table access_check add constraint access_check_pkey PRIMARY KEY (lease_id);

alter table access_period add constraint access_period_pkey PRIMARY KEY (lease_id);

alter table account_check add constraint account_check_pkey PRIMARY KEY (click_id);

alter table approval_list add constraint approval_list_pkey PRIMARY KEY (request_id, seq);

alter table approval_pair add constraint approval_pair_check CHECK (((person COLLATE "C") < (other COLLATE "C")));

alter table approval_pair add constraint approval_pair_pkey PRIMARY KEY (person, other);

alter table attempt_count add constraint attempt_count_pkey PRIMARY KEY (who, kind);

alter table click add constraint click_kind_check CHECK ((kind = ANY (ARRAY['request'::text, 'approve'::text, 'deny'::text, 'withdraw'::text, 'end'::text, 'deliver'::text, 'extend'::text, 'ask'::text, 'answer'::text, 'adopt-finding'::text, 'revoke-finding'::text, 'end-all'::text, 'lift'::text, 'open-review'::text, 'certify'::text, 'object'::text])));

alter table click add constraint click_pkey PRIMARY KEY (id);

alter table click add constraint click_via_check CHECK ((via = ANY (ARRAY['slack'::text, 'cli'::text, 'console'::text])));

alter table click add constraint click_via_source_key UNIQUE (via, source);

alter table console_session add constraint console_session_account_check CHECK ((length(account) <= 500));

alter table console_session add constraint console_session_id_hash_check CHECK ((length(id_hash) = 32));

alter table console_session add constraint console_session_own_zone_check CHECK ((length(own_zone) <= 100));

alter table console_session add constraint console_session_person_check CHECK ((length(person) <= 100));

alter table console_session add constraint console_session_pkey PRIMARY KEY (id_hash);

alter table console_session add constraint console_session_zone_check CHECK ((length(zone) <= 100));

alter table console_sign_in add constraint console_sign_in_id_hash_check CHECK ((length(id_hash) = 32));

alter table console_sign_in add constraint console_sign_in_nonce_check CHECK ((length(nonce) <= 200));

alter table console_sign_in add constraint console_sign_in_path_check CHECK ((length(path) <= 2000));

alter table console_sign_in add constraint console_sign_in_pkey PRIMARY KEY (id_hash);

alter table console_sign_in add constraint console_sign_in_state_check CHECK ((length(state) <= 200));

alter table console_sign_in add constraint console_sign_in_verifier_check CHECK ((length(verifier) <= 200));

alter table copy_order add constraint copy_order_asked_check CHECK (((jsonb_typeof(asked) = 'object'::text) AND (length((asked)::text) <= 10000)));

alter table copy_order add constraint copy_order_by_check CHECK (((length(by) >= 1) AND (length(by) <= 200)));

alter table copy_order add constraint copy_order_is_loggable CHECK (is_loggable(asked));

alter table copy_order add constraint copy_order_is_short CHECK ((octet_length((copy_order.*)::text) <= 4194304));

alter table copy_order add constraint copy_order_log_id_key UNIQUE (log_id);

alter table copy_order add constraint copy_order_pkey PRIMARY KEY (id);

alter table copy_order add constraint copy_order_via_check CHECK ((via = ANY (ARRAY['cli'::text, 'console'::text])));

alter table deferred_message add constraint deferred_message_kind_check CHECK ((kind = ANY (ARRAY['decision'::text, 'news'::text, 'weekly'::text])));

alter table deferred_message add constraint deferred_message_pkey PRIMARY KEY (id);

alter table erasure add constraint erasure_is_short CHECK ((octet_length((erasure.*)::text) <= 4194304));

alter table erasure add constraint erasure_log_id_key UNIQUE (log_id);

alter table erasure add constraint erasure_person_check CHECK ((length(person) <= 100));

alter table erasure add constraint erasure_pkey PRIMARY KEY (id);

alter table event add constraint event_is_sound CHECK (is_sound_event(kind, seq, via, body, at, request_id, step));

alter table event add constraint event_pkey PRIMARY KEY (request_id, seq);

alter table event add constraint event_request_id_step_kind_key UNIQUE (request_id, step, kind);

alter table event_free_text add constraint event_free_text_kind_check CHECK ((kind = ANY (ARRAY['denial'::text, 'extension'::text, 'question'::text, 'answer'::text])));

alter table event_free_text add constraint event_free_text_pkey PRIMARY KEY (request_id, seq);

alter table event_partition add constraint event_partition_before_at_key UNIQUE (before_at);

alter table event_partition add constraint event_partition_check CHECK ((first_at < before_at));

alter table event_partition add constraint event_partition_pkey PRIMARY KEY (name);

alter table event_text add constraint event_text_pkey PRIMARY KEY (request_id, seq);

alter table finding add constraint finding_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'mark'::text])));

alter table finding add constraint finding_pkey PRIMARY KEY (id);

alter table finding add constraint finding_state_check CHECK ((state = ANY (ARRAY['open'::text, 'adopted'::text, 'revoked'::text, 'gone'::text])));

alter table finding_decision add constraint finding_decision_is_loggable CHECK ((is_loggable((refusal -> 'code'::text)) AND (length(click_id) <= 100) AND (length(finding_id) <= 100)));

alter table finding_decision add constraint finding_decision_is_short CHECK ((octet_length((finding_decision.*)::text) <= 4194304));

alter table finding_decision add constraint finding_decision_kind_check CHECK ((kind = ANY (ARRAY['adopt'::text, 'revoke'::text])));

alter table finding_decision add constraint finding_decision_pkey PRIMARY KEY (click_id);

alter table finding_decision add constraint finding_decision_reason_hash_check CHECK ((reason_hash ~ '^[0-9a-f]{64}$'::text));

alter table finding_decision add constraint finding_decision_via_check CHECK ((via = ANY (ARRAY['slack'::text, 'cli'::text, 'console'::text])));

alter table finding_reason add constraint finding_reason_pkey PRIMARY KEY (click_id);

alter table first_request add constraint first_request_pkey PRIMARY KEY (person, entitlement);

alter table free_text add constraint free_text_kind_check CHECK ((kind = ANY (ARRAY['reason'::text, 'denial'::text])));

alter table free_text add constraint free_text_pkey PRIMARY KEY (request_id, kind);

alter table holding add constraint holding_pkey PRIMARY KEY (id);

alter table judgement add constraint judgement_kind_check CHECK ((kind = ANY (ARRAY['judged'::text, 'extension-requested'::text])));

alter table lease add constraint lease_pkey PRIMARY KEY (id);

alter table lease add constraint lease_request_id_position_key UNIQUE (request_id, "position");

alter table lease add constraint lease_state_check CHECK ((state = ANY (ARRAY['grant-started'::text, 'intended'::text, 'granted'::text, 'revoke-started'::text, 'revoked'::text])));

alter table log_beginning add constraint log_beginning_is_short CHECK ((octet_length((log_beginning.*)::text) <= 4194304));

alter table log_beginning add constraint log_beginning_log_id_key UNIQUE (log_id);

alter table log_beginning add constraint log_beginning_name_check CHECK ((length(name) <= 255));

alter table log_beginning add constraint log_beginning_pkey PRIMARY KEY (name);

alter table log_checkpoint add constraint log_checkpoint_pkey PRIMARY KEY (size);

alter table log_checkpoint add constraint log_checkpoint_size_check CHECK ((size > 0));

alter table log_cosignature add constraint log_cosignature_pkey PRIMARY KEY (size, place, line);

alter table log_entry add constraint log_entry_index_check CHECK ((index >= 0));

alter table log_entry add constraint log_entry_log_id_key UNIQUE (log_id);

alter table log_entry add constraint log_entry_pkey PRIMARY KEY (index);

alter table log_examination add constraint log_examination_check CHECK (((size >= 0) AND (next >= 0) AND (differences >= 0) AND (found >= 0)));

alter table log_examination add constraint log_examination_every_days_check CHECK (((every_days >= 1) AND (every_days <= 90)));

alter table log_examination add constraint log_examination_is_only_check CHECK (is_only);

alter table log_examination add constraint log_examination_pkey PRIMARY KEY (is_only);

alter table log_gap add constraint log_gap_check CHECK ((first <= last));

alter table log_gap add constraint log_gap_pkey PRIMARY KEY (first);

alter table log_keys add constraint log_keys_is_short CHECK ((octet_length((log_keys.*)::text) <= 4194304));

alter table log_keys add constraint log_keys_keys_check CHECK (((cardinality(keys) >= 1) AND (cardinality(keys) <= 10)));

alter table log_keys add constraint log_keys_keys_check1 CHECK ((length((keys)::text) <= 10000));

alter table log_keys add constraint log_keys_log_id_key UNIQUE (log_id);

alter table log_keys add constraint log_keys_pkey PRIMARY KEY (id);

alter table log_place add constraint log_place_kind_check CHECK ((kind = ANY (ARRAY['folder'::text, 'bucket'::text, 'git'::text, 'slack'::text, 'witness'::text])));

alter table log_place add constraint log_place_pkey PRIMARY KEY (name);

alter table log_state add constraint log_state_is_only_check CHECK (is_only);

alter table log_state add constraint log_state_pkey PRIMARY KEY (is_only);

alter table log_stream add constraint log_stream_next_check CHECK ((next >= 0));

alter table log_stream add constraint log_stream_pkey PRIMARY KEY (sink);

alter table log_tile add constraint log_tile_hashes_check CHECK (((length(hashes) >= 32) AND (length(hashes) <= 8192)));

alter table log_tile add constraint log_tile_hashes_check1 CHECK (((length(hashes) % 32) = 0));

alter table log_tile add constraint log_tile_level_check CHECK ((level >= 0));

alter table log_tile add constraint log_tile_n_check CHECK ((n >= 0));

alter table log_tile add constraint log_tile_pkey PRIMARY KEY (level, n);

alter table manifest_entry add constraint manifest_entry_check CHECK ((written <= wanted));

alter table manifest_entry add constraint manifest_entry_pkey PRIMARY KEY (lease_id);

alter table manifest_entry add constraint manifest_entry_serial_check CHECK (((serial >= 0) AND (serial <= '9007199254740991'::bigint)));

alter table manifest_entry add constraint manifest_entry_state_check CHECK ((state = ANY (ARRAY['live'::text, 'over'::text])));

alter table manifest_serial add constraint manifest_serial_is_only_check CHECK (is_only);

alter table manifest_serial add constraint manifest_serial_pkey PRIMARY KEY (is_only);

alter table manifest_serial add constraint manifest_serial_serial_check CHECK (((serial >= 0) AND (serial <= '9007199254740991'::bigint)));

alter table mass_ending add constraint mass_ending_is_loggable CHECK ((is_loggable(scope) AND (length(id) <= 100)));

alter table mass_ending add constraint mass_ending_is_short CHECK ((octet_length((mass_ending.*)::text) <= 4194304));

alter table mass_ending add constraint mass_ending_needs_check CHECK ((needs > 0));

alter table mass_ending add constraint mass_ending_pkey PRIMARY KEY (id);

alter table mass_ending add constraint mass_ending_reason_hash_check CHECK ((reason_hash ~ '^[0-9a-f]{64}$'::text));

alter table mass_ending_cut_off add constraint mass_ending_cut_off_is_loggable CHECK ((length(mass_ending_id) <= 100));

alter table mass_ending_cut_off add constraint mass_ending_cut_off_is_short CHECK ((octet_length((mass_ending_cut_off.*)::text) <= 4194304));

alter table mass_ending_cut_off add constraint mass_ending_cut_off_pkey PRIMARY KEY (id);

alter table mass_ending_cut_off_text add constraint mass_ending_cut_off_text_pkey PRIMARY KEY (cut_off_id);

alter table mass_ending_lift add constraint mass_ending_lift_click_id_check CHECK ((length(click_id) <= 100));

alter table mass_ending_lift add constraint mass_ending_lift_is_loggable CHECK (((length(mass_ending_id) <= 100) AND (length(person) <= 100)));

alter table mass_ending_lift add constraint mass_ending_lift_is_short CHECK ((octet_length((mass_ending_lift.*)::text) <= 4194304));

alter table mass_ending_lift add constraint mass_ending_lift_pkey PRIMARY KEY (mass_ending_id, person, click_id);

alter table mass_ending_reason add constraint mass_ending_reason_pkey PRIMARY KEY (mass_ending_id);

alter table message_preference add constraint message_preference_check CHECK (((quiet_from IS NULL) = (quiet_to IS NULL)));

alter table message_preference add constraint message_preference_digest_at_check CHECK (((digest_at >= 0) AND (digest_at <= 1439)));

alter table message_preference add constraint message_preference_pkey PRIMARY KEY (person);

alter table message_preference add constraint message_preference_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 1439)));

alter table message_preference add constraint message_preference_quiet_to_check CHECK (((quiet_to >= 0) AND (quiet_to <= 1439)));

alter table number_count add constraint number_count_pkey PRIMARY KEY (time_id, list, label, value) INCLUDE (amount);

alter table number_count_lock add constraint number_count_lock_one_check CHECK (one);

alter table number_count_lock add constraint number_count_lock_pkey PRIMARY KEY (one);

alter table number_time add constraint number_time_check CHECK ((from_at < before_at));

alter table number_time add constraint number_time_from_at_before_at_key UNIQUE (from_at, before_at);

alter table number_time add constraint number_time_pkey PRIMARY KEY (id);

alter table outbox add constraint outbox_pkey PRIMARY KEY (id);

alter table policy_use add constraint policy_use_part_check CHECK (((part >= 0) AND (part <= 15)));

alter table policy_use add constraint policy_use_pkey PRIMARY KEY (policy, part);

alter table posted_message add constraint posted_message_check CHECK (((channel IS NULL) = (ts IS NULL)));

alter table posted_message add constraint posted_message_pkey PRIMARY KEY (request_id, place);

alter table provider_lock add constraint provider_lock_pkey PRIMARY KEY (key);

alter table purge add constraint purge_is_short CHECK ((octet_length((purge.*)::text) <= 4194304));

alter table purge add constraint purge_log_id_key UNIQUE (log_id);

alter table purge add constraint purge_pkey PRIMARY KEY (id);

alter table purged_entry add constraint purged_entry_pkey PRIMARY KEY (index);

alter table quarantine add constraint quarantine_check CHECK ((((ended_at IS NULL) = (ended_by IS NULL)) AND ((ended_at IS NULL) = (plan_digest IS NULL))));

alter table quarantine add constraint quarantine_check1 CHECK (((ended_at IS NULL) = (end_log_id IS NULL)));

alter table quarantine add constraint quarantine_end_log_id_key UNIQUE (end_log_id);

alter table quarantine add constraint quarantine_is_short CHECK ((octet_length((quarantine.*)::text) <= 4194304));

alter table quarantine add constraint quarantine_log_id_key UNIQUE (log_id);

alter table quarantine add constraint quarantine_pkey PRIMARY KEY (id);

alter table quarantine_answer add constraint quarantine_answer_pkey PRIMARY KEY (id);

alter table quarantine_lease add constraint quarantine_lease_kind_check CHECK ((kind = ANY (ARRAY['unknown'::text, 'not-granted'::text, 'later-end'::text, 'ended-before'::text])));

alter table quarantine_lease add constraint quarantine_lease_pkey PRIMARY KEY (quarantine_id, lease_id);

alter table quarantine_lease add constraint quarantine_lease_serial CHECK (COALESCE(((entry ->> 'serial'::text) ~ '^[0-9]{1,16}$'::text), false));

alter table read_budget add constraint read_budget_pkey PRIMARY KEY (provider);

alter table reading add constraint reading_address_check CHECK ((length(address) <= 2000));

alter table reading add constraint reading_check CHECK (((log_id IS NULL) OR (visit_id IS NULL)));

alter table reading add constraint reading_kind_check CHECK ((kind = ANY (ARRAY['page'::text, 'export'::text])));

alter table reading add constraint reading_log_id_key UNIQUE (log_id);

alter table reading add constraint reading_person_check CHECK ((length(person) <= 100));

alter table reading add constraint reading_pkey PRIMARY KEY (id);

alter table request add constraint request_minutes_check CHECK ((minutes > 0));

alter table request add constraint request_pkey PRIMARY KEY (id);

alter table request add constraint request_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'granting'::text, 'active'::text, 'revoking'::text, 'closed'::text])));

alter table request_list add constraint request_list_pkey PRIMARY KEY (id);

alter table request_lock add constraint request_lock_pkey PRIMARY KEY (request_id);

alter table review add constraint review_check CHECK ((to_at > from_at));

alter table review add constraint review_check1 CHECK (((length(id) <= 100) AND (length((scope)::text) <= 10000)));

alter table review add constraint review_is_short CHECK ((octet_length((review.*)::text) <= 4194304));

alter table review add constraint review_log_id_key UNIQUE (log_id);

alter table review add constraint review_opened_by_check CHECK ((length(opened_by) <= 100));

alter table review add constraint review_pkey PRIMARY KEY (id);

alter table review add constraint review_population_check CHECK ((population > 0));

alter table review add constraint review_scope_check CHECK (is_loggable(scope));

alter table review add constraint review_wanted_check CHECK ((wanted > 0));

alter table review_decision add constraint review_decision_check CHECK ((is_loggable((refusal -> 'code'::text)) AND (length(click_id) <= 100) AND (length(review_id) <= 100) AND (length(line_id) <= 100)));

alter table review_decision add constraint review_decision_is_short CHECK ((octet_length((review_decision.*)::text) <= 4194304));

alter table review_decision add constraint review_decision_kind_check CHECK ((kind = ANY (ARRAY['certify'::text, 'object'::text])));

alter table review_decision add constraint review_decision_log_id_key UNIQUE (log_id);

alter table review_decision add constraint review_decision_pkey PRIMARY KEY (click_id);

alter table review_decision add constraint review_decision_via_check CHECK ((via = ANY (ARRAY['slack'::text, 'cli'::text, 'console'::text])));

alter table review_draw add constraint review_draw_pkey PRIMARY KEY (review_id);

alter table review_line add constraint review_line_kind_check CHECK ((kind = ANY (ARRAY['grant'::text, 'standing'::text])));

alter table review_line add constraint review_line_pkey PRIMARY KEY (review_id, "position");

alter table review_line add constraint review_line_review_id_line_id_key UNIQUE (review_id, line_id);

alter table review_member add constraint review_member_pkey PRIMARY KEY (review_id, id);

alter table review_reason add constraint review_reason_pkey PRIMARY KEY (click_id);

alter table review_text add constraint review_text_pkey PRIMARY KEY (review_id);

alter table secret add constraint secret_check CHECK (((sealed IS NULL) = (erased_at IS NOT NULL)));

alter table secret add constraint secret_pkey PRIMARY KEY (lease_id);

alter table target_pass add constraint target_pass_pkey PRIMARY KEY (provider, target_key);

alter table unchecked_click add constraint unchecked_click_pkey PRIMARY KEY (click_id);

alter table use_plan add constraint use_plan_change_check CHECK ((change = ANY (ARRAY['granted'::text, 'revoked'::text])));

alter table use_plan add constraint use_plan_pkey PRIMARY KEY (lease_id);

alter table use_reading add constraint unknown_is_not_unused CHECK (((amount > 0) OR (covered_from IS NOT NULL) OR (kind = 'unknown'::text)));

alter table use_reading add constraint use_reading_amount_check CHECK ((amount >= 0));

alter table use_reading add constraint use_reading_check CHECK (((covered_from IS NULL) = (covered_until IS NULL)));

alter table use_reading add constraint use_reading_check1 CHECK (
CASE kind
    WHEN 'known'::text THEN ((amount IS NOT NULL) AND (unit IS NOT NULL) AND (why IS NULL))
    ELSE ((amount IS NULL) AND (unit IS NULL) AND (why IS NOT NULL) AND (covered_from IS NULL) AND (parts = '[]'::jsonb))
END);

alter table use_reading add constraint use_reading_kind_check CHECK ((kind = ANY (ARRAY['known'::text, 'unknown'::text])));

alter table use_reading add constraint use_reading_pkey PRIMARY KEY (id);

alter table vendor_budget add constraint vendor_budget_pkey PRIMARY KEY (provider);

alter table vendor_turn add constraint vendor_turn_kind_check CHECK ((kind = ANY (ARRAY['end'::text, 'end-unconfirmed'::text, 'grant'::text, 'other'::text])));

alter table vendor_turn add constraint vendor_turn_pkey PRIMARY KEY (id);

alter table vendor_turn add constraint vendor_turn_points_check CHECK ((points >= (0)::double precision));

alter table visit add constraint visit_check CHECK ((until_at = (from_at + '00:15:00'::interval)));

alter table visit add constraint visit_log_id_key UNIQUE (log_id);

alter table visit add constraint visit_pkey PRIMARY KEY (id);

alter table visit_lock add constraint visit_lock_one_check CHECK (one);

alter table visit_lock add constraint visit_lock_pkey PRIMARY KEY (one);

alter table wake_up add constraint wake_up_pkey PRIMARY KEY (request_id);

alter table account_check add constraint account_check_click_id_fkey FOREIGN KEY (click_id) REFERENCES click(id);

alter table lease add constraint lease_holding_id_fkey FOREIGN KEY (holding_id) REFERENCES holding(id);

alter table lease add constraint lease_request_id_fkey FOREIGN KEY (request_id) REFERENCES request(id);

alter table mass_ending_cut_off add constraint mass_ending_cut_off_mass_ending_id_fkey FOREIGN KEY (mass_ending_id) REFERENCES mass_ending(id);

alter table mass_ending_cut_off_text add constraint mass_ending_cut_off_text_cut_off_id_fkey FOREIGN KEY (cut_off_id) REFERENCES mass_ending_cut_off(id);

alter table mass_ending_lift add constraint mass_ending_lift_mass_ending_id_fkey FOREIGN KEY (mass_ending_id) REFERENCES mass_ending(id);

alter table mass_ending_reason add constraint mass_ending_reason_mass_ending_id_fkey FOREIGN KEY (mass_ending_id) REFERENCES mass_ending(id);

alter table number_count add constraint number_count_time_id_fkey FOREIGN KEY (time_id) REFERENCES number_time(id) ON DELETE CASCADE;

alter table purged_entry add constraint purged_entry_purge_fkey FOREIGN KEY (purge) REFERENCES purge(id);

alter table quarantine_answer add constraint quarantine_answer_quarantine_id_fkey FOREIGN KEY (quarantine_id) REFERENCES quarantine(id);

alter table quarantine_lease add constraint quarantine_lease_quarantine_id_fkey FOREIGN KEY (quarantine_id) REFERENCES quarantine(id);

alter table reading add constraint reading_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES visit(id);

alter table review_draw add constraint review_draw_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id);

alter table review_line add constraint review_line_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id);

alter table review_member add constraint review_member_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id);

alter table review_reason add constraint review_reason_click_id_fkey FOREIGN KEY (click_id) REFERENCES review_decision(click_id);

alter table review_text add constraint review_text_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id);

alter table secret add constraint secret_lease_id_fkey FOREIGN KEY (lease_id) REFERENCES lease(id);

alter table unchecked_click add constraint unchecked_click_click_id_fkey FOREIGN KEY (click_id) REFERENCES click(id);

alter table use_reading add constraint use_reading_lease_id_fkey FOREIGN KEY (lease_id) REFERENCES lease(id);

alter table vendor_turn add constraint vendor_turn_provider_fkey FOREIGN KEY (provider) REFERENCES vendor_budget(provider);

-- indexes

CREATE INDEX access_check_due ON public.access_check USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX access_period_account ON public.access_period USING btree (person, provider, account_id);

CREATE INDEX access_period_during ON public.access_period USING gist (during);

CREATE INDEX access_period_ended ON public.access_period USING btree (ended_at) INCLUDE (ends_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX access_period_entitlement ON public.access_period USING btree (entitlement, granted_at, lease_id);

CREATE INDEX access_period_given ON public.access_period USING btree (entitlement, provider, target_name);

CREATE INDEX access_period_granted ON public.access_period USING btree (granted_at, lease_id) INCLUDE (ended_at, ends_at);

CREATE INDEX access_period_late ON public.access_period USING btree (changed_at) WHERE (changed_at > ended_at);

CREATE INDEX access_period_open ON public.access_period USING btree (ends_at) WHERE (ended_at IS NULL);

CREATE INDEX access_period_overstay ON public.access_period USING btree (((round(EXTRACT(epoch FROM (ended_at - ends_at)), 3))::double precision)) WHERE (ended_at > ends_at);

CREATE INDEX access_period_person ON public.access_period USING btree (person, granted_at, lease_id);

CREATE INDEX access_period_target ON public.access_period USING btree (target_name, granted_at, lease_id);

CREATE INDEX approval_list_at ON public.approval_list USING btree (at, seconds);

CREATE INDEX approval_list_own ON public.approval_list USING btree (at) WHERE (person = requester);

CREATE INDEX approval_list_person ON public.approval_list USING btree (person, at);

CREATE INDEX approval_pair_mutual ON public.approval_pair USING btree (last_at) WHERE ((approved > 0) AND (was_approved > 0));

CREATE INDEX click_endings ON public.click USING btree (via, account, kind, received_at) WHERE (kind = ANY (ARRAY['end'::text, 'withdraw'::text, 'deny'::text, 'end-all'::text, 'object'::text, 'revoke-finding'::text]));

CREATE INDEX click_open ON public.click USING btree (next_try_at) WHERE (done_at IS NULL);

CREATE INDEX click_request ON public.click USING btree (request_id);

CREATE INDEX click_step ON public.click USING btree ((('click/'::text || id)));

CREATE INDEX click_unjudged ON public.click USING btree (done_at) WHERE ((kind = 'request'::text) AND (body ? 'reason'::text));

CREATE INDEX console_sign_in_begun ON public.console_sign_in USING btree (begun_at);

CREATE INDEX deferred_message_due ON public.deferred_message USING btree (next_try_at) WHERE (sent_at IS NULL);

CREATE UNIQUE INDEX deferred_message_once ON public.deferred_message USING btree (person, kind, request_id) WHERE ((sent_at IS NULL) AND (kind <> 'weekly'::text));

CREATE UNIQUE INDEX deferred_summary_once ON public.deferred_message USING btree (person, due_at) WHERE (kind = 'weekly'::text);

CREATE INDEX event_approved_by ON ONLY public.event USING btree (((body ->> 'by'::text)), at) WHERE (kind = ANY (ARRAY['approved'::text, 'extension-approved'::text]));

CREATE INDEX event_at ON ONLY public.event USING btree (at);

CREATE INDEX event_changes ON ONLY public.event USING btree (request_id, seq) WHERE (kind <> 'refused'::text);

CREATE INDEX event_drift ON ONLY public.event USING btree (at) WHERE ((kind = ANY (ARRAY['drifted'::text, 'repaired'::text])) OR (body ? 'drift'::text));

CREATE INDEX event_end_of_request ON ONLY public.event USING btree (reverse(request_id) text_pattern_ops) WHERE (seq = 0);

CREATE INDEX event_life ON ONLY public.event USING btree (request_id) WHERE (kind = ANY (ARRAY['grant-started'::text, 'closed'::text]));

CREATE INDEX event_log_id ON ONLY public.event USING btree (log_id);

CREATE INDEX event_mass_ending ON ONLY public.event USING btree ((((body -> 'ending'::text) ->> 'massEnding'::text))) WHERE ((body -> 'ending'::text) ? 'massEnding'::text);

CREATE INDEX event_refusal ON ONLY public.event USING btree (at) WHERE (kind = 'refused'::text);

CREATE INDEX event_refused ON ONLY public.event USING btree (request_id, COALESCE((body ->> 'by'::text), ''::text), ((body ->> 'tried'::text)), (((body -> 'refusal'::text) ->> 'code'::text))) WHERE (kind = 'refused'::text);

CREATE UNIQUE INDEX finding_decision_log_id ON public.finding_decision USING btree (log_id);

CREATE INDEX finding_decision_of ON public.finding_decision USING btree (finding_id);

CREATE INDEX finding_draw ON public.finding USING btree (draw_at) WHERE (draw_at IS NOT NULL);

CREATE UNIQUE INDEX finding_open ON public.finding USING btree (provider, target_key, subject_id, kind, (
CASE kind
    WHEN 'mark'::text THEN lease_id
    ELSE NULL::text
END)) NULLS NOT DISTINCT WHERE (state = 'open'::text);

CREATE INDEX finding_seen ON public.finding USING btree (first_seen_at DESC, id DESC);

CREATE UNIQUE INDEX finding_standing ON public.finding USING btree (provider, target_key, subject_id) WHERE (state = 'adopted'::text);

CREATE INDEX finding_work ON public.finding USING btree (work_at) WHERE (work_at IS NOT NULL);

CREATE INDEX first_request_at ON public.first_request USING btree (at, request_id);

CREATE UNIQUE INDEX holding_open ON public.holding USING btree (provider, target_key, subject_id) WHERE (closed_at IS NULL);

CREATE INDEX lease_holding ON public.lease USING btree (holding_id);

CREATE INDEX lease_lock_key ON public.lease USING btree (lock_key);

CREATE INDEX lease_unfinished ON public.lease USING btree (ends_at) WHERE (state <> 'revoked'::text);

CREATE INDEX lease_unrevoked ON public.lease USING btree (next_try_at) WHERE (next_try_at IS NOT NULL);

CREATE INDEX manifest_entry_live ON public.manifest_entry USING btree (lease_id) WHERE (state = 'live'::text);

CREATE INDEX manifest_entry_unwritten ON public.manifest_entry USING btree (next_try_at) WHERE (wanted > written);

CREATE UNIQUE INDEX mass_ending_cut_off_log_id ON public.mass_ending_cut_off USING btree (log_id);

CREATE INDEX mass_ending_cut_off_of ON public.mass_ending_cut_off USING btree (mass_ending_id, provider, id);

CREATE UNIQUE INDEX mass_ending_lift_log_id ON public.mass_ending_lift USING btree (log_id);

CREATE INDEX mass_ending_lock ON public.mass_ending USING btree (made_at) WHERE (needs IS NOT NULL);

CREATE UNIQUE INDEX mass_ending_log_id ON public.mass_ending USING btree (log_id);

CREATE INDEX mass_ending_made ON public.mass_ending USING btree (made_at, id);

CREATE INDEX number_change_time ON public.number_change USING btree (from_at, before_at);

CREATE INDEX outbox_unsent ON public.outbox USING btree (next_try_at, id) WHERE (sent_at IS NULL);

CREATE INDEX provider_lock_verify ON public.provider_lock USING btree (verify_at) WHERE (verify_at IS NOT NULL);

CREATE INDEX quarantine_answer_open ON public.quarantine_answer USING btree (asked_at) WHERE (decided_at IS NULL);

CREATE INDEX quarantine_lease_access ON public.quarantine_lease USING btree (access_key) WHERE (gone_at IS NULL);

CREATE INDEX quarantine_lease_due ON public.quarantine_lease USING btree (next_try_at) WHERE (gone_at IS NULL);

CREATE INDEX quarantine_lease_known ON public.quarantine_lease USING btree (lease_id);

CREATE INDEX quarantine_lease_request ON public.quarantine_lease USING btree (request_id);

CREATE UNIQUE INDEX quarantine_open ON public.quarantine USING btree ((true)) WHERE (ended_at IS NULL);

CREATE INDEX reading_at ON public.reading USING btree (at, id);

CREATE INDEX reading_of_visit ON public.reading USING btree (visit_id, at, id) WHERE (visit_id IS NOT NULL);

CREATE INDEX reading_waits ON public.reading USING btree (at, id) WHERE ((visit_id IS NULL) AND (log_id IS NULL));

CREATE INDEX request_closed ON public.request USING btree (requester, closed_at, id) WHERE (state = 'closed'::text);

CREATE INDEX request_extension ON public.request USING btree (extension_due_at) WHERE (extension_due_at IS NOT NULL);

CREATE INDEX request_list_decided ON public.request_list USING btree (decided_at) INCLUDE (asked_at, ending) WHERE (decided_at IS NOT NULL);

CREATE INDEX request_list_end_of_id ON public.request_list USING btree (reverse(id) text_pattern_ops);

CREATE INDEX request_list_ending ON public.request_list USING btree (ending, opened_at) WHERE (ending IS NOT NULL);

CREATE INDEX request_list_entitlement ON public.request_list USING btree (entitlement, opened_at);

CREATE INDEX request_list_newest ON public.request_list USING btree (opened_at, id);

CREATE INDEX request_list_person ON public.request_list USING btree (person, opened_at);

CREATE INDEX request_list_refused ON public.request_list USING btree (opened_at) WHERE refused;

CREATE INDEX request_list_refused_person ON public.request_list USING btree (person, opened_at) WHERE refused;

CREATE INDEX request_list_state ON public.request_list USING btree (state, opened_at) WHERE (state <> 'closed'::text);

CREATE INDEX request_list_terms ON public.request_list USING gin (approved_by, approvers, providers, classes) WITH (fastupdate=off);

CREATE INDEX request_open ON public.request USING btree (state, lapses_at) WHERE (state <> 'closed'::text);

CREATE INDEX request_requester ON public.request USING btree (requester, opened_at DESC);

CREATE INDEX review_decision_at ON public.review_decision USING btree (at, click_id);

CREATE INDEX review_decision_certified ON public.review_decision USING btree (line_id) WHERE ((kind = 'certify'::text) AND (refusal IS NULL));

CREATE UNIQUE INDEX review_decision_counts ON public.review_decision USING btree (review_id, line_id) WHERE (refusal IS NULL);

CREATE INDEX review_line_person ON public.review_line USING btree (person, review_id);

CREATE INDEX review_opened ON public.review USING btree (opened_at DESC, id DESC);

CREATE INDEX target_pass_due ON public.target_pass USING btree (next_at);

CREATE INDEX unchecked_click_due ON public.unchecked_click USING btree (next_try_at);

CREATE INDEX use_plan_due ON public.use_plan USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX use_reading_nothing ON public.use_reading USING btree (lease_id) INCLUDE (read_at) WHERE ((kind = 'known'::text) AND (amount = 0));

CREATE INDEX use_reading_of ON public.use_reading USING btree (lease_id, id DESC);

CREATE INDEX vendor_turn_at ON public.vendor_turn USING btree (provider, at);

CREATE UNIQUE INDEX vendor_turn_waiting ON public.vendor_turn USING btree (provider, key) WHERE (NOT has_begun);

CREATE INDEX wake_up_due ON public.wake_up USING btree (next_try_at);

-- views

create view log_row as
 SELECT event.log_id,
    'event'::text AS type,
    ((event.request_id || '/'::text) || event.seq) AS id,
    event.at,
    event.body,
    event.step,
    event.via
   FROM event
UNION ALL
 SELECT log_id,
    'finding-decision'::text AS type,
    click_id AS id,
    at,
    (jsonb_build_object('finding', finding_id, 'kind', kind, 'by', by, 'via', via, 'confirmed', confirmed, 'seen', seen, 'refusal', (refusal -> 'code'::text)) ||
        CASE
            WHEN (reason_hash IS NULL) THEN '{}'::jsonb
            ELSE jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash))
        END) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM finding_decision
UNION ALL
 SELECT log_id,
    'mass-ending'::text AS type,
    id,
    made_at AS at,
    (jsonb_build_object('scope', scope, 'by', made_by, 'needs', needs) ||
        CASE
            WHEN (reason_hash IS NULL) THEN '{}'::jsonb
            ELSE jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash))
        END) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM mass_ending
UNION ALL
 SELECT log_id,
    'mass-ending-lift'::text AS type,
    (((mass_ending_id || '/'::text) || person) ||
        CASE
            WHEN (counting IS NULL) THEN ''::text
            ELSE ('/'::text || click_id)
        END) AS id,
    lifted_at AS at,
    (jsonb_build_object('click', click_id) ||
        CASE
            WHEN (counting IS NULL) THEN '{}'::jsonb
            ELSE jsonb_build_object('counting', to_jsonb(counting))
        END) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM mass_ending_lift
UNION ALL
 SELECT log_id,
    'mass-ending-cut-off'::text AS type,
    ((mass_ending_id || '/'::text) || id) AS id,
    cut_off_at AS at,
    jsonb_build_object('provider', provider, 'text', jsonb_build_object('text', 0, 'hash', text_hash), 'done', to_jsonb(done), 'again', to_jsonb(again)) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM mass_ending_cut_off
UNION ALL
 SELECT log_id,
    'log-beginning'::text AS type,
    name AS id,
    begun_at AS at,
    jsonb_build_object('previous', previous, 'note', previous_note, 'by', begun_by) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM log_beginning
UNION ALL
 SELECT log_id,
    'erasure'::text AS type,
    (id)::text AS id,
    erased_at AS at,
    jsonb_build_object('person', person, 'requests', requests, 'by', erased_by) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM erasure
UNION ALL
 SELECT log_id,
    'purge'::text AS type,
    (id)::text AS id,
    purged_at AS at,
    jsonb_build_object('before', to_char((before_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'requests', requests, 'entries', entries, 'digest', digest, 'exportSize', export_size, 'by', purged_by) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM purge
UNION ALL
 SELECT log_id,
    'log-keys'::text AS type,
    (id)::text AS id,
    since AS at,
    jsonb_build_object('keys', to_jsonb(keys)) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM log_keys
UNION ALL
 SELECT log_id,
    'reading'::text AS type,
    (id)::text AS id,
    at,
    jsonb_build_object('by', person, 'kind', kind, 'address', address) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM reading
  WHERE (log_id IS NOT NULL)
UNION ALL
 SELECT log_id,
    'review'::text AS type,
    id,
    opened_at AS at,
    jsonb_build_object('by', opened_by, 'title', jsonb_build_object('text', 0, 'hash', title_hash), 'scope', scope, 'from', to_char((from_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'to', to_char((to_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'due', to_char((due_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'sample', wanted, 'population', population, 'digest', population_digest) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM review
UNION ALL
 SELECT log_id,
    'review-decision'::text AS type,
    click_id AS id,
    at,
    jsonb_build_object('review', review_id, 'line', line_id, 'kind', kind, 'by', by, 'via', via, 'reason',
        CASE
            WHEN (reason_hash IS NOT NULL) THEN jsonb_build_object('text', 0, 'hash', reason_hash)
            ELSE NULL::jsonb
        END, 'refusal', (refusal -> 'code'::text)) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM review_decision
UNION ALL
 SELECT log_id,
    'quarantine'::text AS type,
    (id)::text AS id,
    started_at AS at,
    jsonb_build_object('reason', reason) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM quarantine
UNION ALL
 SELECT end_log_id AS log_id,
    'quarantine-end'::text AS type,
    (id)::text AS id,
    ended_at AS at,
    jsonb_build_object('reason', reason, 'by', ended_by, 'plan', plan_digest) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM quarantine
  WHERE (ended_at IS NOT NULL)
UNION ALL
 SELECT v.log_id,
    'visit'::text AS type,
    (v.id)::text AS id,
    v.at,
    jsonb_build_object('by', v.person, 'from', to_char((v.from_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'until', to_char((v.until_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'readings', ( SELECT jsonb_agg(jsonb_build_object('id', (r.id)::text, 'at', to_char((r.at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text), 'kind', r.kind, 'address', r.address) ORDER BY r.at, r.id) AS jsonb_agg
           FROM reading r
          WHERE (r.visit_id = v.id))) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM visit v
UNION ALL
 SELECT log_id,
    'copy'::text AS type,
    (id)::text AS id,
    at,
    (asked || jsonb_build_object('by', by, 'via', via)) AS body,
    NULL::text AS step,
    NULL::text AS via
   FROM copy_order;

-- triggers

CREATE TRIGGER keep_numbers AFTER INSERT OR UPDATE ON public.access_period FOR EACH ROW EXECUTE FUNCTION keep_numbers_of_access();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.account_check FOR EACH ROW EXECUTE FUNCTION append_only_until_purged();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.account_check FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.copy_order FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.copy_order FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.erasure FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.erasure FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER keep_access_periods AFTER INSERT ON public.event FOR EACH ROW WHEN (changes_access(new.kind)) EXECUTE FUNCTION keep_access_periods();

CREATE TRIGGER keep_numbers AFTER INSERT ON public.event FOR EACH ROW WHEN ((new.kind = 'refused'::text)) EXECUTE FUNCTION keep_numbers_of_refusal();

CREATE TRIGGER keep_request_list AFTER INSERT ON public.event FOR EACH ROW WHEN (changes_request_list(new.kind)) EXECUTE FUNCTION keep_request_list();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE ON public.finding_decision FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.finding_decision FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_a_text_is_erased BEFORE UPDATE ON public.finding_decision FOR EACH ROW EXECUTE FUNCTION only_a_text_is_erased('{refusal,why}');

CREATE TRIGGER plan_access_check AFTER UPDATE OF state ON public.lease FOR EACH ROW WHEN (((new.state IS DISTINCT FROM old.state) AND (new.state = ANY (ARRAY['granted'::text, 'revoked'::text])) AND (new.holding_id IS NOT NULL))) EXECUTE FUNCTION plan_access_check();

CREATE TRIGGER plan_use_reading AFTER UPDATE OF state ON public.lease FOR EACH ROW WHEN (((new.state IS DISTINCT FROM old.state) AND (new.state = ANY (ARRAY['granted'::text, 'revoked'::text])) AND (new.holding_id IS NOT NULL))) EXECUTE FUNCTION plan_use_reading();

CREATE TRIGGER want_manifest AFTER UPDATE OF state ON public.lease FOR EACH ROW WHEN (((new.state = 'revoked'::text) AND (old.state <> 'revoked'::text))) EXECUTE FUNCTION want_manifest();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.log_beginning FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_beginning FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.log_checkpoint FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER is_of_the_log BEFORE INSERT ON public.log_checkpoint FOR EACH ROW EXECUTE FUNCTION checkpoint_is_of_the_log();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.log_cosignature FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_cosignature FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.log_entry FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.log_keys FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_keys FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE ON public.log_state FOR EACH ROW EXECUTE FUNCTION log_state_grows();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.log_tile FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE ON public.log_tile FOR EACH ROW EXECUTE FUNCTION log_tile_grows();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.manifest_serial FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_grows BEFORE DELETE OR UPDATE ON public.manifest_serial FOR EACH ROW EXECUTE FUNCTION manifest_serial_grows();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.mass_ending FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.mass_ending FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.mass_ending_cut_off FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.mass_ending_cut_off FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.mass_ending_lift FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.mass_ending_lift FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.purge FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.purge FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.purged_entry FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.purged_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.quarantine FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_ends BEFORE DELETE OR UPDATE ON public.quarantine FOR EACH ROW EXECUTE FUNCTION quarantine_only_ends();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.reading FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_gets_its_visit BEFORE DELETE OR UPDATE ON public.reading FOR EACH ROW EXECUTE FUNCTION reading_only_gets_its_visit();

CREATE TRIGGER keep_numbers AFTER INSERT OR UPDATE ON public.request_list FOR EACH ROW EXECUTE FUNCTION keep_numbers_of_request();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.review FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.review FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.review_decision FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.review_decision FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.review_draw FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.review_draw FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.review_line FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.review_line FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.review_member FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.review_member FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER append_only BEFORE DELETE ON public.use_reading FOR EACH ROW EXECUTE FUNCTION append_only_until_purged();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.use_reading FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER only_a_text_is_erased BEFORE UPDATE ON public.use_reading FOR EACH ROW EXECUTE FUNCTION only_a_text_is_erased('{why}');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.visit FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.visit FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- the schema audit

create schema audit;

create view audit.access as select null::text as id, null::text as basis, null::text as person, null::text as entitlement, null::text as request_id, null::text as provider, null::text as target_name, null::text as target_key, null::text as account_id, null::text as account_name, null::text as level, null::timestamp with time zone as since, null::timestamp with time zone as until, null::timestamp with time zone as planned_end, null::tstzrange as during;

create view audit.approval as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as via, null::text as account, null::text as approved, null::text as request_id, null::text as requester, null::text as entitlement, null::integer as minutes, null::integer as stage, null::text as digest, null::timestamp with time zone as asked_at, null::double precision as seconds;

create view audit.approval_pair as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as other, null::integer as approved, null::integer as was_approved, null::timestamp with time zone as first_at;

create view audit.drift as select null::text as id, null::timestamp with time zone as at, null::text as kind, null::text as change, null::text as expected, null::text as found, null::text as lease_id, null::text as request_id, null::text as person, null::text as entitlement, null::text as provider, null::text as target_name, null::text as account_name;

create view audit.event as select null::text as id, null::text as request_id, null::integer as seq, null::timestamp with time zone as at, null::text as kind, null::text as via, null::text as person, null::jsonb as body;

create view audit.finding as select null::text as id, null::timestamp with time zone as at, null::text as kind, null::text as provider, null::text as target_name, null::text as target_key, null::text as what, null::text as account_id, null::text as account_name, null::text as level, null::text as state, null::timestamp with time zone as last_seen_at, null::timestamp with time zone as closed_at, null::text as closed_by, null::text as closed_via, null::text as lease_id;

create view audit.finding_decision as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as via, null::text as decision, null::text as refused, null::text as finding_id, null::text as provider, null::text as target_name, null::text as account_name, null::text as level, null::text as state;

create view audit.granted_access as select null::timestamp with time zone as at, null::text as id, null::timestamp with time zone as until, null::timestamp with time zone as planned_end, null::text as person, null::text as entitlement, null::text as provider, null::text as target_name, null::text as account_name, null::text as level, null::text[] as approved_by, null::text[] as approvals, null::text as granted_event, null::text as receipt, null::text as request_id, null::tstzrange as during;

create view audit.lease_use as select null::text as lease_id, null::text as request_id, null::integer as "position", null::text as person, null::text as entitlement, null::text as provider, null::jsonb as target, null::timestamp with time zone as granted_at, null::timestamp with time zone as ended_at, null::text as verdict, null::timestamp with time zone as first_at, null::timestamp with time zone as last_at, null::bigint as amount, null::text as unit, null::text as source, null::timestamp with time zone as known_until, null::boolean as whole, null::timestamp with time zone as read_at, null::jsonb as parts, null::text as why_unknown;

create view audit.mass_ending as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as scope, null::text as scope_name, null::integer as needs, null::integer as requests, null::text[] as lifted_by;

create view audit.overstay as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as entitlement, null::text as request_id, null::text as provider, null::text as target_name, null::text as account_name, null::text as level, null::timestamp with time zone as planned_end, null::timestamp with time zone as until, null::double precision as seconds;

create view audit.policy as select null::text as id, null::timestamp with time zone as at, null::timestamp with time zone as last_at, null::integer as judged;

create view audit.policy_gain as select null::text as id, null::timestamp with time zone as at, null::text as policy, null::text as person, null::text as entitlement, null::text as request_id;

create view audit.purge as select null::text as id, null::timestamp with time zone as at, null::text as person, null::timestamp with time zone as before_at, null::bigint as requests, null::bigint as entries, null::bigint as export_size;

create view audit.reading as select null::timestamp with time zone as at, null::text as id, null::text as person, null::text as kind, null::text as address, null::text as entry;

create view audit.refusal as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as via, null::text as account, null::text as tried, null::text as code, null::text as request_id, null::text as requester, null::text as entitlement;

create view audit.request as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as entitlement, null::integer as minutes, null::text as state, null::timestamp with time zone as ends_at, null::timestamp with time zone as closed_at, null::text[] as providers, null::text[] as classes, null::text as ending, null::text[] as approved_by, null::text[] as approvers, null::boolean as refused, null::integer as refusals, null::text as digest, null::timestamp with time zone as asked_at, null::timestamp with time zone as decided_at, null::double precision as decided_in;

create view audit.review as select null::text as id, null::timestamp with time zone as at, null::text as person, null::timestamp with time zone as from_at, null::timestamp with time zone as to_at, null::timestamp with time zone as due_at, null::text as scope, null::integer as population, null::integer as wanted, null::integer as lines, null::integer as certified, null::integer as objected, null::timestamp with time zone as finished_at, null::text as population_digest, null::bigint as checkpoint_size, null::text as checkpoint_root;

create view audit.review_decision as select null::text as id, null::timestamp with time zone as at, null::text as person, null::text as via, null::text as account, null::text as decision, null::text as refused, null::text as review_id, null::text as line_id;

create view audit.review_line as select null::text as id, null::timestamp with time zone as at, null::text as review_id, null::integer as "position", null::text as line_id, null::text as kind, null::text as person, null::text as entitlement, null::text as provider, null::text as target_name, null::text as account_name, null::text as level, null::text[] as approved_by, null::timestamp with time zone as until, null::timestamp with time zone as planned_end, null::text as decision, null::text as decided_by, null::timestamp with time zone as decided_at, null::text as decision_id, null::text as request_id, null::text as granted_event, null::text as receipt;

create view audit.target as select null::text as provider, null::text as target_name, null::text[] as entitlements, null::timestamp with time zone as first_looked_at, null::timestamp with time zone as last_looked_at, null::text as problem;

CREATE OR REPLACE FUNCTION audit.access_as_known(known_at timestamp with time zone, from_at timestamp with time zone, to_at timestamp with time zone)
 RETURNS SETOF audit.access
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select * from audit.access_as_known(known_at, from_at, to_at, null, null)
$function$;

CREATE OR REPLACE FUNCTION audit.access_as_known(known_at timestamp with time zone, from_at timestamp with time zone, to_at timestamp with time zone, of_person text, of_entitlement text)
 RETURNS SETOF audit.access
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
begin
  return query
  select p.lease_id, 'granted', p.person, p.entitlement, p.request_id, p.provider, p.target_name, p.target_key, p.account_id, p.account_name, p.level,
         p.granted_at, p.ended_at, p.ends_at, p.during
    from public.access_period p
   where p.changed_at <= known_at and p.during && tstzrange(from_at, to_at, '[]')
     and (of_person is null or p.person = of_person) and (of_entitlement is null or p.entitlement = of_entitlement)
  union all
  select p.lease_id, 'granted', p.person, p.entitlement, p.request_id, p.provider, p.target_name, p.target_key, p.account_id, p.account_name, p.level,
         k.granted_at, k.ended_at, k.ends_at, tstzrange(k.granted_at, k.ended_at, '[]')
    from (select * from public.access_period h where h.during @> known_at and h.changed_at > known_at
          union all
          select * from public.access_period l where l.ended_at < known_at and l.changed_at > known_at and l.changed_at > l.ended_at) p
    join lateral public.access_periods_of(p.request_id, known_at) k on k.lease_id = p.lease_id
   where p.granted_at <= least(known_at, to_at) and tstzrange(k.granted_at, k.ended_at, '[]') && tstzrange(from_at, to_at, '[]')
     and (of_person is null or p.person = of_person) and (of_entitlement is null or p.entitlement = of_entitlement)
  union all
  select a.id, a.basis, a.person, a.entitlement, a.request_id, a.provider, a.target_name, a.target_key, a.account_id, a.account_name, a.level,
         a.since, k.until, a.planned_end, tstzrange(a.since, k.until, '[]')
    from audit.access a cross join lateral (select case when a.until <= known_at then a.until end as until) k
   where a.basis <> 'granted' and a.since <= known_at and tstzrange(a.since, k.until, '[]') && tstzrange(from_at, to_at, '[]');
end $function$;

CREATE OR REPLACE FUNCTION audit.numbers_between(from_at timestamp with time zone, before_at timestamp with time zone)
 RETURNS TABLE(list text, label text, value double precision, amount bigint)
 LANGUAGE sql
 STABLE
AS $function$
  select 'decided', '', audit.rounded_up(decided_in), count(*) -- the seconds until a request was decided
    from audit.request
   where decided_at >= $1 and decided_at < $2 and decided_in is not null
   group by 3
  union all
  select 'granted', '', floor(extract(epoch from since) / 900)::float8 * 900, count(*) -- the quarter of an hour: the days of every zone begin with one
    from audit.access
   where basis = 'granted' and since >= $1 and since < $2
   group by 3
  union all
  select case when is_held then 'held' else 'approved' end, bin::text, audit.rounded_up(case when is_held then held else approved end), count(*)
    from (select extract(epoch from planned_end - since)::float8 as approved, extract(epoch from until - since)::float8 as held,
                 width_bucket(ceil(extract(epoch from planned_end - since)::float8 / 60), array[16, 31, 61, 121, 241, 481, 1441]::float8[]) as bin
            from audit.access
           where basis = 'granted' and since >= $1 and since < $2 and until is not null and planned_end is not null) ended,
         (values (true), (false)) kind (is_held)
   group by 1, 2, 3
  union all
  select 'refused', coalesce(body -> 'refusal' ->> 'code', ''), 0, count(*)
    from audit.event
   where kind = 'refused' and at >= $1 and at < $2
   group by 2
  union all
  -- How long after its end access was shown to be gone: which part, and the longest time of it.
  select 'ended', width_bucket(seconds, array[0.001, 1, 5, 15, 60.001]::float8[])::text, max(seconds), count(*)
    from (select round(extract(epoch from until - planned_end), 3)::float8 as seconds
            from audit.access
           where basis = 'granted' and until >= $1 and until < $2 and planned_end is not null) ended
   group by 2
  union all
  select 'requested', coalesce(entitlement, ''), 0, count(*)
    from audit.request
   where at >= $1 and at < $2
   group by 2
  union all
  select 'state', coalesce(case state when 'closed' then ending else state end, ''), 0, count(*)
    from audit.request
   where at >= $1 and at < $2
   group by 2
$function$;

CREATE OR REPLACE FUNCTION audit.rounded_up(seconds double precision)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when seconds <= 120 then ceil(round(seconds * 1000) / 1000)
              when seconds <= 1200 then ceil(round(seconds * 1000) / 10000) * 10
              when seconds <= 7200 then ceil(round(seconds * 1000) / 60000) * 60
              when seconds <= 72000 then ceil(round(seconds * 1000) / 600000) * 600
              else ceil(round(seconds * 1000) / 3600000) * 3600 end
$function$;

-- policies

alter table click enable row level security;

alter table event enable row level security;

create policy cli_writes on click for insert to curfew_cli with check ((via = 'cli'::text));

create policy console_reads on click for select to curfew_console using (true);

create policy console_writes on click for insert to curfew_console with check (((via = 'console'::text) AND (kind = ANY (ARRAY['approve'::text, 'deny'::text, 'withdraw'::text, 'end'::text, 'ask'::text, 'answer'::text, 'extend'::text, 'end-all'::text, 'open-review'::text, 'certify'::text, 'object'::text]))));

create policy decide on click for update to curfew_sweeper, curfew_worker using (true);

create policy gateway_writes on click for insert to curfew_gateway with check ((via = 'slack'::text));

create policy read on click for select to curfew_cli, curfew_courier, curfew_gateway, curfew_reader, curfew_sweeper, curfew_worker using (true);

create policy console_reads on event for select to curfew_console using (true);

create policy provider_records on event for insert to curfew_provider with check ((kind = ANY (ARRAY['intended'::text, 'granted'::text, 'activated'::text, 'undone'::text, 'repaired'::text, 'drifted'::text, 'revoke-started'::text, 'revoked'::text, 'closed'::text, 'lease-extended'::text, 'extended'::text, 'extension-closed'::text])));

create policy read on event for select to curfew_cli, curfew_courier, curfew_gateway, curfew_provider, curfew_reader, curfew_sweeper, curfew_worker using (true);

create policy streamer_reads on event for select to curfew_streamer using ((kind = ANY (ARRAY['requested'::text, 'intended'::text, 'granted'::text])));

create policy sweeper_records on event for insert to curfew_sweeper with check (((kind = ANY (ARRAY['requested'::text, 'judged'::text, 'repaired'::text, 'drifted'::text, 'revoke-started'::text, 'revoked'::text, 'tidied'::text, 'closed'::text, 'refused'::text, 'extension-closed'::text])) OR ((kind = 'end-adopted'::text) AND (((body ->> 'endsAt'::text))::numeric <= (EXTRACT(epoch FROM planned_end(request_id)) * (1000)::numeric)))));

create policy worker_records on event for insert to curfew_worker with check ((kind = ANY (ARRAY['requested'::text, 'judged'::text, 'approved'::text, 'grant-started'::text, 'delivered'::text, 'revoke-started'::text, 'closed'::text, 'refused'::text, 'asked'::text, 'answered'::text, 'extension-requested'::text, 'extension-approved'::text, 'extension-started'::text, 'extension-closed'::text])));

-- rights

grant usage on schema public to curfew_cli;

grant usage on schema public to curfew_console;

grant usage on schema public to curfew_courier;

grant usage on schema public to curfew_gateway;

grant usage on schema public to curfew_provider;

grant usage on schema public to curfew_reader;

grant usage on schema public to curfew_sequencer;

grant usage on schema public to curfew_streamer;

grant usage on schema public to curfew_sweeper;

grant usage on schema public to curfew_worker;

grant select on access_check to curfew_cli;

grant select on access_check to curfew_reader;

grant insert (lease_id, provider, change, changed_at, repaired_at, gone_at), select, update (done, next_at, problem, repaired_at, gone_at) on access_check to curfew_sweeper;

grant select on access_check to curfew_worker;

grant insert (click_id, facts), select on account_check to curfew_gateway;

grant select on account_check to curfew_sweeper;

grant select on account_check to curfew_worker;

grant insert (who, kind), select, update (began_at, count, over) on attempt_count to curfew_cli;

grant insert (who, kind), select, update (began_at, count, over) on attempt_count to curfew_console;

grant insert (who, kind), select, update (began_at, count, over) on attempt_count to curfew_gateway;

grant select on attempt_count to curfew_reader;

grant select on audit.access to curfew_auditor;

grant select on audit.access to curfew_cli;

grant select on audit.access to curfew_console;

grant select on audit.access to curfew_gateway;

grant select on audit.access to curfew_reader;

grant select on audit.access to curfew_sweeper;

grant select on audit.access to curfew_worker;

grant select on audit.approval to curfew_auditor;

grant select on audit.approval to curfew_cli;

grant select on audit.approval to curfew_console;

grant select on audit.approval to curfew_gateway;

grant select on audit.approval to curfew_reader;

grant select on audit.approval_pair to curfew_auditor;

grant select on audit.approval_pair to curfew_cli;

grant select on audit.approval_pair to curfew_console;

grant select on audit.approval_pair to curfew_gateway;

grant select on audit.approval_pair to curfew_reader;

grant select on audit.drift to curfew_auditor;

grant select on audit.drift to curfew_cli;

grant select on audit.drift to curfew_console;

grant select on audit.drift to curfew_gateway;

grant select on audit.drift to curfew_reader;

grant select on audit.event to curfew_auditor;

grant select on audit.event to curfew_cli;

grant select on audit.event to curfew_console;

grant select on audit.event to curfew_gateway;

grant select on audit.event to curfew_reader;

grant select on audit.finding to curfew_auditor;

grant select on audit.finding to curfew_cli;

grant select on audit.finding to curfew_console;

grant select on audit.finding to curfew_gateway;

grant select on audit.finding to curfew_reader;

grant select on audit.finding_decision to curfew_auditor;

grant select on audit.finding_decision to curfew_cli;

grant select on audit.finding_decision to curfew_console;

grant select on audit.finding_decision to curfew_gateway;

grant select on audit.finding_decision to curfew_reader;

grant select on audit.granted_access to curfew_auditor;

grant select on audit.granted_access to curfew_cli;

grant select on audit.granted_access to curfew_console;

grant select on audit.granted_access to curfew_gateway;

grant select on audit.granted_access to curfew_reader;

grant select on audit.granted_access to curfew_sweeper;

grant select on audit.granted_access to curfew_worker;

grant select on audit.lease_use to curfew_auditor;

grant select on audit.lease_use to curfew_cli;

grant select on audit.lease_use to curfew_console;

grant select on audit.lease_use to curfew_reader;

grant select on audit.mass_ending to curfew_auditor;

grant select on audit.mass_ending to curfew_cli;

grant select on audit.mass_ending to curfew_console;

grant select on audit.mass_ending to curfew_gateway;

grant select on audit.mass_ending to curfew_reader;

grant select on audit.overstay to curfew_auditor;

grant select on audit.overstay to curfew_cli;

grant select on audit.overstay to curfew_console;

grant select on audit.overstay to curfew_gateway;

grant select on audit.overstay to curfew_reader;

grant select on audit.policy to curfew_auditor;

grant select on audit.policy to curfew_cli;

grant select on audit.policy to curfew_console;

grant select on audit.policy to curfew_gateway;

grant select on audit.policy to curfew_reader;

grant select on audit.policy_gain to curfew_auditor;

grant select on audit.policy_gain to curfew_cli;

grant select on audit.policy_gain to curfew_console;

grant select on audit.policy_gain to curfew_gateway;

grant select on audit.policy_gain to curfew_reader;

grant select on audit.purge to curfew_auditor;

grant select on audit.purge to curfew_cli;

grant select on audit.purge to curfew_console;

grant select on audit.purge to curfew_gateway;

grant select on audit.purge to curfew_reader;

grant select on audit.reading to curfew_auditor;

grant select on audit.reading to curfew_cli;

grant select on audit.reading to curfew_console;

grant select on audit.reading to curfew_gateway;

grant select on audit.reading to curfew_reader;

grant select on audit.refusal to curfew_auditor;

grant select on audit.refusal to curfew_cli;

grant select on audit.refusal to curfew_console;

grant select on audit.refusal to curfew_gateway;

grant select on audit.refusal to curfew_reader;

grant select on audit.request to curfew_auditor;

grant select on audit.request to curfew_cli;

grant select on audit.request to curfew_console;

grant select on audit.request to curfew_gateway;

grant select on audit.request to curfew_reader;

grant select on audit.review to curfew_auditor;

grant select on audit.review to curfew_cli;

grant select on audit.review to curfew_console;

grant select on audit.review to curfew_courier;

grant select on audit.review to curfew_gateway;

grant select on audit.review to curfew_reader;

grant select on audit.review to curfew_sweeper;

grant select on audit.review to curfew_worker;

grant select on audit.review_decision to curfew_auditor;

grant select on audit.review_decision to curfew_cli;

grant select on audit.review_decision to curfew_console;

grant select on audit.review_decision to curfew_gateway;

grant select on audit.review_decision to curfew_reader;

grant select on audit.review_line to curfew_auditor;

grant select on audit.review_line to curfew_cli;

grant select on audit.review_line to curfew_console;

grant select on audit.review_line to curfew_courier;

grant select on audit.review_line to curfew_gateway;

grant select on audit.review_line to curfew_reader;

grant select on audit.review_line to curfew_sweeper;

grant select on audit.review_line to curfew_worker;

grant select on audit.target to curfew_auditor;

grant select on audit.target to curfew_cli;

grant select on audit.target to curfew_console;

grant select on audit.target to curfew_gateway;

grant select on audit.target to curfew_reader;

grant select on audit.target to curfew_sweeper;

grant select on audit.target to curfew_worker;

grant insert (id, kind, request_id, via, account, person, body, source), select on click to curfew_cli;

grant insert (id, kind, request_id, via, account, person, body, source), select, select (id, kind, request_id, via, account, person, received_at, done_at, outcome) on click to curfew_console;

grant select on click to curfew_courier;

grant insert (id, kind, request_id, via, account, person, body, source), select on click to curfew_gateway;

grant select (id, kind, request_id, via, account, person, received_at, done_at) on click to curfew_reader;

grant select, update (body) on click to curfew_sweeper;

grant select, update (body, tries, next_try_at, done_at, outcome) on click to curfew_worker;

grant delete, insert (id_hash, person, account, zone, own_zone), select, update (zone, seen_at, ended_at) on console_session to curfew_console;

grant delete, insert (id_hash, state, nonce, verifier, path), select on console_sign_in to curfew_console;

grant insert (id, by, via, asked), select on copy_order to curfew_cli;

grant insert (id, by, via, asked), select on copy_order to curfew_console;

grant insert (person, kind, request_id, due_at, next_try_at), select, update (next_try_at, sent_at) on deferred_message to curfew_courier;

grant select on erasure to curfew_cli;

grant select on erasure to curfew_provider;

grant select on erasure to curfew_reader;

grant select on erasure to curfew_sequencer;

grant select on erasure to curfew_sweeper;

grant select on erasure to curfew_worker;

grant select on event to curfew_cli;

grant select on event to curfew_console;

grant select on event to curfew_courier;

grant select on event to curfew_gateway;

grant insert (request_id, seq, step, kind, body, via, at), select on event to curfew_provider;

grant select on event to curfew_reader;

grant select (request_id, seq, step, kind, body, via, at, log_id) on event to curfew_streamer;

grant insert (request_id, seq, step, kind, body, via, at), select on event to curfew_sweeper;

grant insert (request_id, seq, step, kind, body, via, at), select on event to curfew_worker;

grant select on event_free_text to curfew_cli;

grant select on event_free_text to curfew_console;

grant select on event_free_text to curfew_courier;

grant select on event_free_text to curfew_gateway;

grant insert, select (request_id, seq) on event_free_text to curfew_worker;

grant select on event_partition to curfew_cli;

grant select on event_partition to curfew_console;

grant select on event_partition to curfew_reader;

grant select on event_partition to curfew_sweeper;

grant select on event_text to curfew_cli;

grant select on event_text to curfew_console;

grant select on event_text to curfew_courier;

grant select on event_text to curfew_gateway;

grant insert, select on event_text to curfew_provider;

grant select on event_text to curfew_reader;

grant insert, select on event_text to curfew_sweeper;

grant insert, select on event_text to curfew_worker;

grant select on finding to curfew_cli;

grant select on finding to curfew_console;

grant select, update (message, draw_at) on finding to curfew_courier;

grant select on finding to curfew_gateway;

grant select on finding to curfew_reader;

grant insert, select, update (target, what, subject_name, level, on_ladder, sources, why_no_adopt, why_no_revoke, state, last_seen_at, closed_at, closed_by, closed_via, why, decision, work_at, problem, draw_at) on finding to curfew_sweeper;

grant select, update (decision, work_at, problem, draw_at) on finding to curfew_worker;

grant select on finding_decision to curfew_cli;

grant select on finding_decision to curfew_console;

grant select on finding_decision to curfew_courier;

grant select on finding_decision to curfew_gateway;

grant select on finding_decision to curfew_reader;

grant select on finding_decision to curfew_sweeper;

grant insert (click_id, finding_id, kind, by, via, confirmed, seen, refusal, reason_hash), select on finding_decision to curfew_worker;

grant select on finding_reason to curfew_cli;

grant select on finding_reason to curfew_console;

grant select on finding_reason to curfew_courier;

grant select on finding_reason to curfew_gateway;

grant insert on finding_reason to curfew_worker;

grant select on free_text to curfew_cli;

grant select on free_text to curfew_console;

grant select on free_text to curfew_courier;

grant select on free_text to curfew_gateway;

grant insert, select (request_id, kind, salt) on free_text to curfew_sweeper;

grant insert, select (request_id, kind, salt) on free_text to curfew_worker;

grant execute on function add_event_partitions() to curfew_sweeper;

grant execute on function adopt_end(text) to curfew_sweeper;

grant execute on function altered_access(text[],text[]) to curfew_sequencer;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone) to curfew_auditor;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone) to curfew_cli;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone) to curfew_console;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone) to curfew_gateway;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone) to curfew_reader;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone,text,text) to curfew_auditor;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone,text,text) to curfew_cli;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone,text,text) to curfew_console;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone,text,text) to curfew_gateway;

grant execute on function audit.access_as_known(timestamp with time zone,timestamp with time zone,timestamp with time zone,text,text) to curfew_reader;

grant execute on function audit.numbers_between(timestamp with time zone,timestamp with time zone) to curfew_auditor;

grant execute on function audit.numbers_between(timestamp with time zone,timestamp with time zone) to curfew_cli;

grant execute on function audit.numbers_between(timestamp with time zone,timestamp with time zone) to curfew_console;

grant execute on function audit.numbers_between(timestamp with time zone,timestamp with time zone) to curfew_gateway;

grant execute on function audit.numbers_between(timestamp with time zone,timestamp with time zone) to curfew_reader;

grant execute on function audit.rounded_up(double precision) to curfew_auditor;

grant execute on function audit.rounded_up(double precision) to curfew_cli;

grant execute on function audit.rounded_up(double precision) to curfew_console;

grant execute on function audit.rounded_up(double precision) to curfew_gateway;

grant execute on function audit.rounded_up(double precision) to curfew_reader;

grant execute on function changes_access(text) to curfew_provider;

grant execute on function changes_access(text) to curfew_sweeper;

grant execute on function changes_access(text) to curfew_worker;

grant execute on function changes_request_list(text) to curfew_provider;

grant execute on function changes_request_list(text) to curfew_sweeper;

grant execute on function changes_request_list(text) to curfew_worker;

grant execute on function close_visit() to curfew_sweeper;

grant execute on function count_numbers() to curfew_sweeper;

grant execute on function doubt_leases(text) to curfew_provider;

grant execute on function doubt_leases(text) to curfew_sweeper;

grant execute on function doubt_leases(text) to curfew_worker;

grant execute on function erase_secret(text,text) to curfew_gateway;

grant execute on function erase_secret_at_terminal(text,text) to curfew_cli;

grant execute on function extend_leases(text) to curfew_provider;

grant execute on function forget_vendor_turns(text) to curfew_provider;

grant execute on function forget_vendor_turns(text) to curfew_sweeper;

grant execute on function is_loggable(jsonb) to curfew_cli;

grant execute on function is_loggable(jsonb) to curfew_console;

grant execute on function is_loggable(jsonb) to curfew_provider;

grant execute on function is_loggable(jsonb) to curfew_sweeper;

grant execute on function is_loggable(jsonb) to curfew_worker;

grant execute on function is_sound_event(text,integer,text,jsonb,timestamp with time zone,text,text) to curfew_provider;

grant execute on function is_sound_event(text,integer,text,jsonb,timestamp with time zone,text,text) to curfew_sweeper;

grant execute on function is_sound_event(text,integer,text,jsonb,timestamp with time zone,text,text) to curfew_worker;

grant execute on function leases_with_access(text,integer) to curfew_sequencer;

grant execute on function ledger_now() to curfew_auditor;

grant execute on function ledger_now() to curfew_cli;

grant execute on function ledger_now() to curfew_console;

grant execute on function ledger_now() to curfew_courier;

grant execute on function ledger_now() to curfew_gateway;

grant execute on function ledger_now() to curfew_provider;

grant execute on function ledger_now() to curfew_reader;

grant execute on function ledger_now() to curfew_sequencer;

grant execute on function ledger_now() to curfew_streamer;

grant execute on function ledger_now() to curfew_sweeper;

grant execute on function ledger_now() to curfew_worker;

grant execute on function planned_end(text) to curfew_sweeper;

grant execute on function take_secret(text,text) to curfew_gateway;

grant execute on function take_secret_at_terminal(text,text) to curfew_cli;

grant select on holding to curfew_cli;

grant select on holding to curfew_console;

grant select on holding to curfew_courier;

grant select on holding to curfew_gateway;

grant insert, select, update (subject_name, prior, closed_at) on holding to curfew_provider;

grant select on holding to curfew_reader;

grant select, update (prior, closed_at) on holding to curfew_sweeper;

grant select on holding to curfew_worker;

grant select on lease to curfew_cli;

grant select on lease to curfew_console;

grant select on lease to curfew_courier;

grant select on lease to curfew_gateway;

grant select, update (state, holding_id, found_spec, generation, changed_at, next_try_at, last_fault, awaited_at) on lease to curfew_provider;

grant select on lease to curfew_reader;

grant select, update (state, generation, changed_at, tries, next_try_at, last_fault, awaited_at) on lease to curfew_sweeper;

grant insert (id, request_id, "position", provider, state, lock_key, ends_at, next_try_at), select, update (state, changed_at, next_try_at) on lease to curfew_worker;

grant select on log_beginning to curfew_cli;

grant select on log_beginning to curfew_provider;

grant select on log_beginning to curfew_reader;

grant select on log_beginning to curfew_sequencer;

grant select on log_beginning to curfew_sweeper;

grant select on log_beginning to curfew_worker;

grant select on log_checkpoint to curfew_cli;

grant select on log_checkpoint to curfew_console;

grant select on log_checkpoint to curfew_provider;

grant select on log_checkpoint to curfew_reader;

grant insert, select on log_checkpoint to curfew_sequencer;

grant select on log_checkpoint to curfew_streamer;

grant select on log_checkpoint to curfew_sweeper;

grant select on log_checkpoint to curfew_worker;

grant select on log_cosignature to curfew_cli;

grant select on log_cosignature to curfew_console;

grant select on log_cosignature to curfew_provider;

grant select on log_cosignature to curfew_reader;

grant insert, select on log_cosignature to curfew_sequencer;

grant select on log_cosignature to curfew_sweeper;

grant select on log_cosignature to curfew_worker;

grant select on log_entry to curfew_cli;

grant select on log_entry to curfew_console;

grant select on log_entry to curfew_provider;

grant select on log_entry to curfew_reader;

grant insert, select on log_entry to curfew_sequencer;

grant select on log_entry to curfew_streamer;

grant select on log_entry to curfew_sweeper;

grant select on log_entry to curfew_worker;

grant select on log_examination to curfew_cli;

grant select on log_examination to curfew_console;

grant select on log_examination to curfew_reader;

grant select, update (log, size, next, lease_after, differences, due_at, every_days, ended_at, found) on log_examination to curfew_sequencer;

grant delete, insert, select on log_gap to curfew_sequencer;

grant usage on log_id to curfew_cli;

grant usage on log_id to curfew_console;

grant usage on log_id to curfew_provider;

grant usage on log_id to curfew_sequencer;

grant usage on log_id to curfew_sweeper;

grant usage on log_id to curfew_worker;

grant select on log_keys to curfew_cli;

grant select on log_keys to curfew_provider;

grant select on log_keys to curfew_reader;

grant insert (keys), select on log_keys to curfew_sequencer;

grant select on log_keys to curfew_sweeper;

grant select on log_keys to curfew_worker;

grant select on log_place to curfew_cli;

grant select on log_place to curfew_console;

grant select on log_place to curfew_courier;

grant select on log_place to curfew_gateway;

grant select on log_place to curfew_provider;

grant select on log_place to curfew_reader;

grant insert, select, update (size, published_at, tried_at, problem, loss, lost_at, kind) on log_place to curfew_sequencer;

grant select on log_place to curfew_sweeper;

grant select on log_place to curfew_worker;

grant select on log_row to curfew_cli;

grant select on log_row to curfew_console;

grant select on log_row to curfew_reader;

grant select on log_row to curfew_sequencer;

grant select on log_row to curfew_streamer;

grant select on log_state to curfew_cli;

grant select on log_state to curfew_console;

grant select on log_state to curfew_provider;

grant select on log_state to curfew_reader;

grant select, update (name, size, seen_to) on log_state to curfew_sequencer;

grant select on log_state to curfew_streamer;

grant select on log_state to curfew_sweeper;

grant select on log_state to curfew_worker;

grant select on log_stream to curfew_cli;

grant select on log_stream to curfew_console;

grant select on log_stream to curfew_reader;

grant insert (sink, log, next, claimed_by, claimed_until), select, update (log, next, problem, sent_at, claimed_by, claimed_until) on log_stream to curfew_streamer;

grant select on log_tile to curfew_cli;

grant select on log_tile to curfew_console;

grant select on log_tile to curfew_provider;

grant select on log_tile to curfew_reader;

grant insert, select, update (hashes) on log_tile to curfew_sequencer;

grant select on log_tile to curfew_streamer;

grant select on log_tile to curfew_sweeper;

grant select on log_tile to curfew_worker;

grant select on manifest_entry to curfew_cli;

grant insert (lease_id), select, update (wanted, written, serial, state, written_at, tries, next_try_at) on manifest_entry to curfew_provider;

grant insert (lease_id), select, update (wanted, written, serial, state, written_at, tries, next_try_at) on manifest_entry to curfew_sweeper;

grant select, update (wanted, next_try_at) on manifest_entry to curfew_worker;

grant select on manifest_serial to curfew_cli;

grant select, update (serial) on manifest_serial to curfew_provider;

grant select on manifest_serial to curfew_sequencer;

grant select, update (serial) on manifest_serial to curfew_sweeper;

grant select on manifest_serial to curfew_worker;

grant select on mass_ending to curfew_cli;

grant select on mass_ending to curfew_console;

grant select on mass_ending to curfew_courier;

grant select on mass_ending to curfew_gateway;

grant select on mass_ending to curfew_provider;

grant select on mass_ending to curfew_reader;

grant select on mass_ending to curfew_sweeper;

grant insert (id, scope, made_by, needs, reason_hash), select on mass_ending to curfew_worker;

grant select on mass_ending_cut_off to curfew_cli;

grant select on mass_ending_cut_off to curfew_console;

grant select on mass_ending_cut_off to curfew_courier;

grant select on mass_ending_cut_off to curfew_gateway;

grant select on mass_ending_cut_off to curfew_provider;

grant select on mass_ending_cut_off to curfew_reader;

grant insert (mass_ending_id, provider, text_hash, done, again), select on mass_ending_cut_off to curfew_sweeper;

grant select on mass_ending_cut_off to curfew_worker;

grant select on mass_ending_cut_off_text to curfew_cli;

grant select on mass_ending_cut_off_text to curfew_console;

grant select on mass_ending_cut_off_text to curfew_courier;

grant select on mass_ending_cut_off_text to curfew_gateway;

grant select on mass_ending_cut_off_text to curfew_provider;

grant select on mass_ending_cut_off_text to curfew_reader;

grant insert, select on mass_ending_cut_off_text to curfew_sweeper;

grant select on mass_ending_cut_off_text to curfew_worker;

grant select on mass_ending_lift to curfew_cli;

grant select on mass_ending_lift to curfew_console;

grant select on mass_ending_lift to curfew_courier;

grant select on mass_ending_lift to curfew_gateway;

grant select on mass_ending_lift to curfew_provider;

grant select on mass_ending_lift to curfew_reader;

grant select on mass_ending_lift to curfew_sweeper;

grant insert (mass_ending_id, person, click_id, counting), select on mass_ending_lift to curfew_worker;

grant select on mass_ending_reason to curfew_cli;

grant select on mass_ending_reason to curfew_console;

grant select on mass_ending_reason to curfew_courier;

grant select on mass_ending_reason to curfew_gateway;

grant select on mass_ending_reason to curfew_provider;

grant select on mass_ending_reason to curfew_sweeper;

grant insert, select on mass_ending_reason to curfew_worker;

grant select on message_preference to curfew_courier;

grant insert (person, time_zone, quiet_from, quiet_to, digest_at, weekly), select, update (time_zone, quiet_from, quiet_to, digest_at, weekly, changed_at) on message_preference to curfew_gateway;

grant select on number_change to curfew_cli;

grant select on number_change to curfew_console;

grant select on number_change to curfew_reader;

grant select on number_count to curfew_cli;

grant select on number_count to curfew_console;

grant select on number_count to curfew_reader;

grant select on number_time to curfew_cli;

grant select on number_time to curfew_console;

grant select on number_time to curfew_reader;

grant select on outbox to curfew_cli;

grant select on outbox to curfew_console;

grant insert (request_id, body), select, update (tries, next_try_at, sent_at, last_fault) on outbox to curfew_courier;

grant insert (request_id, body, next_try_at) on outbox to curfew_provider;

grant insert (request_id, body), select on outbox to curfew_sweeper;

grant insert (request_id, body), select on outbox to curfew_worker;

grant insert, select, update (channel, ts, claimed_until, tried_since) on posted_message to curfew_courier;

grant insert, select, update (fence, owner, ends_at, verify_at, doubt_until, doubt_since) on provider_lock to curfew_provider;

grant insert, select, update (fence, owner, ends_at, verify_at, doubt_until, doubt_since) on provider_lock to curfew_sweeper;

grant select on purge to curfew_cli;

grant select on purge to curfew_console;

grant select on purge to curfew_provider;

grant select on purge to curfew_reader;

grant select on purge to curfew_sequencer;

grant select on purge to curfew_sweeper;

grant select on purge to curfew_worker;

grant select on purged_entry to curfew_cli;

grant select on purged_entry to curfew_console;

grant select on purged_entry to curfew_provider;

grant select on purged_entry to curfew_reader;

grant select on purged_entry to curfew_sequencer;

grant select on purged_entry to curfew_streamer;

grant select on purged_entry to curfew_sweeper;

grant select on purged_entry to curfew_worker;

grant select on quarantine to curfew_cli;

grant select on quarantine to curfew_console;

grant select on quarantine to curfew_courier;

grant select on quarantine to curfew_gateway;

grant insert (reason, ledger_serial, manifest_serial), select on quarantine to curfew_provider;

grant select on quarantine to curfew_reader;

grant insert (reason, ledger_serial, manifest_serial), select on quarantine to curfew_sequencer;

grant insert (reason, ledger_serial, manifest_serial), select, update (ended_at, ended_by, plan_digest) on quarantine to curfew_sweeper;

grant select on quarantine to curfew_worker;

grant insert (id, quarantine_id, account, person, plan_digest), select on quarantine_answer to curfew_cli;

grant select, update (decided_at, refusal) on quarantine_answer to curfew_sweeper;

grant select on quarantine_lease to curfew_cli;

grant select on quarantine_lease to curfew_console;

grant select on quarantine_lease to curfew_courier;

grant select on quarantine_lease to curfew_gateway;

grant insert (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at, ledger_ends_at), select, update (kind, entry, signed, access_key, ends_at, ledger_ends_at, gone_at, seen, tries, next_try_at) on quarantine_lease to curfew_provider;

grant select on quarantine_lease to curfew_reader;

grant insert (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at, ledger_ends_at), select, update (kind, entry, signed, access_key, ends_at, ledger_ends_at, gone_at, seen, tries, next_try_at) on quarantine_lease to curfew_sweeper;

grant select on quarantine_lease to curfew_worker;

grant insert, select, update (calls, at) on read_budget to curfew_sweeper;

grant insert (person, kind, address), select on reading to curfew_console;

grant select on request to curfew_cli;

grant select on request to curfew_console;

grant select on request to curfew_courier;

grant select on request to curfew_gateway;

grant select, update (state, ends_at, closed_at, extension_due_at, extension_approvers) on request to curfew_provider;

grant select on request to curfew_reader;

grant insert, select, update (state, approvers, lapses_at, ends_at, closed_at, extension_due_at, extension_approvers) on request to curfew_sweeper;

grant insert, select, update (state, approvers, lapses_at, ends_at, closed_at, extension_due_at, extension_approvers) on request to curfew_worker;

grant insert, select, update (request_id) on request_lock to curfew_provider;

grant insert, select, update (request_id) on request_lock to curfew_sweeper;

grant insert, select, update (request_id) on request_lock to curfew_worker;

grant select on review to curfew_cli;

grant select on review to curfew_console;

grant select on review to curfew_courier;

grant select on review to curfew_reader;

grant select on review to curfew_sweeper;

grant insert (id, opened_by, title_hash, scope, from_at, to_at, due_at, wanted, population, population_digest), select on review to curfew_worker;

grant select on review_decision to curfew_cli;

grant select on review_decision to curfew_console;

grant select on review_decision to curfew_courier;

grant select on review_decision to curfew_reader;

grant select on review_decision to curfew_sweeper;

grant insert (click_id, review_id, line_id, kind, by, via, reason_hash, refusal), select on review_decision to curfew_worker;

grant select on review_draw to curfew_cli;

grant select on review_draw to curfew_console;

grant select on review_draw to curfew_courier;

grant select on review_draw to curfew_reader;

grant insert (review_id, size, root), select on review_draw to curfew_sweeper;

grant select on review_draw to curfew_worker;

grant select on review_line to curfew_cli;

grant select on review_line to curfew_console;

grant select on review_line to curfew_courier;

grant select on review_line to curfew_reader;

grant insert (review_id, "position", line_id, kind, person, entitlement, request_id, provider, target_name, level, since, approved_by), select on review_line to curfew_sweeper;

grant insert (review_id, "position", line_id, kind, person, entitlement, request_id, provider, target_name, level, since, approved_by), select on review_line to curfew_worker;

grant select on review_member to curfew_cli;

grant select on review_member to curfew_console;

grant select on review_member to curfew_courier;

grant select on review_member to curfew_reader;

grant select on review_member to curfew_sweeper;

grant insert, select on review_member to curfew_worker;

grant select on review_reason to curfew_cli;

grant select on review_reason to curfew_console;

grant insert, select on review_reason to curfew_worker;

grant select on review_text to curfew_cli;

grant select on review_text to curfew_console;

grant select on review_text to curfew_courier;

grant insert, select on review_text to curfew_worker;

grant usage on schema audit to curfew_auditor;

grant usage on schema audit to curfew_cli;

grant usage on schema audit to curfew_console;

grant usage on schema audit to curfew_courier;

grant usage on schema audit to curfew_gateway;

grant usage on schema audit to curfew_reader;

grant usage on schema audit to curfew_sweeper;

grant usage on schema audit to curfew_worker;

grant select (lease_id, made_at, delivered_at, erased_at) on secret to curfew_cli;

grant select (lease_id, made_at, delivered_at, erased_at) on secret to curfew_console;

grant select (lease_id, made_at, delivered_at, erased_at) on secret to curfew_courier;

grant select (lease_id, made_at, delivered_at, erased_at) on secret to curfew_gateway;

grant insert, select, update (sealed, erased_at) on secret to curfew_provider;

grant select (lease_id, made_at, delivered_at, erased_at), update (sealed, erased_at) on secret to curfew_sweeper;

grant select (lease_id, made_at, delivered_at, erased_at), update (delivered_at) on secret to curfew_worker;

grant select on target_pass to curfew_cli;

grant select on target_pass to curfew_reader;

grant insert (provider, target_key, spec, next_at, target_name, entitlements), select, update (found_key, spec, next_at, first_at, last_at, members, note, problem, target_name, entitlements) on target_pass to curfew_sweeper;

grant select on target_pass to curfew_worker;

grant delete, insert (click_id), select, update (tries, next_try_at) on unchecked_click to curfew_gateway;

grant select on unchecked_click to curfew_worker;

grant select, update (tries, next_at) on use_plan to curfew_sweeper;

grant select on use_reading to curfew_cli;

grant select, select (lease_id, kind, amount) on use_reading to curfew_console;

grant insert, select on use_reading to curfew_provider;

grant select on use_reading to curfew_reader;

grant insert, select on use_reading to curfew_sweeper;

grant insert, select, update (provider) on vendor_budget to curfew_provider;

grant insert, select, update (provider) on vendor_budget to curfew_sweeper;

grant insert, select, update (kind, points, at, has_begun) on vendor_turn to curfew_provider;

grant insert, select, update (kind, points, at, has_begun) on vendor_turn to curfew_sweeper;

grant insert (request_id), select, update (version, tries, next_try_at) on wake_up to curfew_sweeper;

grant delete, insert (request_id), select, update (version, tries, next_try_at) on wake_up to curfew_worker;
