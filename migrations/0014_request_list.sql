-- The list of all requests, which auditors search. A ledger of a million requests must answer at once, so each request has one row with everything that
-- a search names.

-- One row for each request, and for each submission that was refused before it was opened. It is computed from the events of the request. A
-- trigger writes it in the transaction of the event, so the two never differ. The classes are those that the card showed, which the digest covers.
create table request_list (
  id          text primary key,
  opened_at   timestamptz not null,
  person      text,                    -- null when nobody in people.yaml had the account of a refused submission
  entitlement text,
  minutes     integer,
  providers   text[] not null,
  classes     text[] not null,
  state       text not null,           -- as request.state, or "refused" when it was never opened
  ending      text,                    -- how it ended, or why it ends
  approvers   text[] not null,         -- everybody whom a stage named, also one of an extension
  approved_by text[] not null,         -- who approved it, or an extension of it
  refused     boolean not null,        -- whether an attempt about it was refused
  ends_at     timestamptz,
  closed_at   timestamptz,
  digest      text,
  asked_at    timestamptz,             -- when the policy had judged it, so that it could be approved
  decided_at  timestamptz              -- the last approval that it needed, or the denial
);
-- A page of what is frequent is found in the newest rows, which the first index has in the order of the list. What is rare is found by its own
-- index and sorted. ledger/request-search.ts says when.
create index request_list_newest on request_list (opened_at, id);
create index request_list_person on request_list (person, opened_at);
create index request_list_entitlement on request_list (entitlement, opened_at);
create index request_list_state on request_list (state, opened_at) where state <> 'closed';
create index request_list_ending on request_list (ending, opened_at) where ending is not null;
create index request_list_decided on request_list (decided_at) include (asked_at, ending) where decided_at is not null;
create index request_list_refused on request_list (opened_at) where refused;
create index request_list_end_of_id on request_list (reverse(id) text_pattern_ops);
create index request_list_terms on request_list using gin (approved_by, approvers, providers, classes) with (fastupdate = off);

-- Writes the row of a request again, from its events. A later event of a kind that comes once changes nothing, and neither does one that came before
-- the request was opened.
create function write_request_list(its_request text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
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
end $$;

-- Writes what one event changes, because a request has many. The row is the same as when all of it is written again. An event that comes twice changes
-- nothing.
create function keep_request_list() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    when 'approved', 'extension-approved' then
      update public.request_list set approved_by = approved_by || (new.body ->> 'by')
       where id = new.request_id and not approved_by @> array[new.body ->> 'by'];
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
end $$;
-- A function of its own, because Postgres reads the text of a trigger's condition again for every insert.
create function changes_request_list(kind text) returns boolean language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return kind in ('requested', 'judged', 'approved', 'grant-started', 'activated', 'extension-requested', 'extension-approved', 'extended', 'end-adopted',
                  'revoke-started', 'closed', 'refused');
end $$;
create trigger keep_request_list after insert on event for each row
  when (changes_request_list(new.kind))
  execute function keep_request_list();

select write_request_list(request_id) from event
 where kind = 'requested' or (kind = 'refused' and body ->> 'tried' = 'request') group by request_id;

revoke all on function write_request_list(text), keep_request_list(), changes_request_list(text) from public;
grant execute on function changes_request_list(text) to curfew_worker, curfew_provider, curfew_sweeper;

drop view audit.request;
create view audit.request as
select l.id, l.opened_at as at, l.person, l.entitlement, l.minutes, l.state, l.ends_at, l.closed_at, l.providers, l.classes, l.ending, l.approved_by,
       l.approvers, l.refused,
       case when l.refused then (select count(*) from event e where e.request_id = l.id and e.kind = 'refused')::integer else 0 end as refusals,
       l.digest, l.asked_at, l.decided_at, round(greatest(extract(epoch from l.decided_at - l.asked_at), 0), 3)::float8 as decided_in
  from request_list l;
comment on view audit.request is 'Every request, and every submission of one that was refused before it was opened.';
comment on column audit.request.at is 'When it was opened. Of a refused submission, when it was refused.';
comment on column audit.request.person is 'Whose request it is. Null when nobody in people.yaml had the account of a refused submission.';
comment on column audit.request.state is 'pending, granting, active, revoking, closed, or refused: it was refused before it was opened, so it never was a request.';
comment on column audit.request.ends_at is 'The end that was approved, with extensions. Null when nothing was approved.';
comment on column audit.request.providers is 'Where it gives access.';
comment on column audit.request.classes is 'Who enforces its end: A the provider, B the credential itself, C Curfew.';
comment on column audit.request.ending is 'How it ended, or why it ends: denied, withdrawn, lapsed, voided, grant-failed, ended, mass-ended or expired.';
comment on column audit.request.approved_by is 'Who approved it, or an extension of it.';
comment on column audit.request.approvers is 'Everybody who could approve it, or an extension of it.';
comment on column audit.request.refused is 'Whether an attempt about it was refused. audit.refusal has the attempts.';
comment on column audit.request.refusals is 'How many attempts about it were refused.';
comment on column audit.request.digest is 'Names exactly what was requested.';
comment on column audit.request.asked_at is 'When the policy had judged it, so that it could be approved.';
comment on column audit.request.decided_at is 'The last approval that it needed, or the denial. Null when nobody had to decide, or nobody has.';
comment on column audit.request.decided_in is 'From asked_at to decided_at, in seconds.';
grant select on audit.request to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader;
