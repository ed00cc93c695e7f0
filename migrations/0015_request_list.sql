-- What the lists of requests, approvals and policies need to answer at once in a ledger of a million requests. All of it is computed from the events. A
-- trigger writes it in the transaction of the event, so the two never differ.

-- One row for each request, and for each submission that was refused before it was opened, with everything that a search names. The classes are those that
-- the card showed, which the digest covers.
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
-- index and sorted. ledger/request/request-search.ts says when.
create index request_list_newest on request_list (opened_at, id);
create index request_list_person on request_list (person, opened_at);
create index request_list_entitlement on request_list (entitlement, opened_at);
create index request_list_state on request_list (state, opened_at) where state <> 'closed';
create index request_list_ending on request_list (ending, opened_at) where ending is not null;
create index request_list_decided on request_list (decided_at) include (asked_at, ending) where decided_at is not null;
create index request_list_refused on request_list (opened_at) where refused;
create index request_list_refused_person on request_list (person, opened_at) where refused; -- the refused attempts about the requests of a person
create index request_list_end_of_id on request_list (reverse(id) text_pattern_ops);
create index request_list_terms on request_list using gin (approved_by, approvers, providers, classes) with (fastupdate = off);

-- One row for each approval of a request or of an extension.
create table approval_list (
  request_id  text not null,
  seq         integer not null,        -- of the event
  at          timestamptz not null,
  person      text,
  requester   text not null,
  entitlement text not null,
  asked_at    timestamptz,             -- when the policy had judged the request or the extension, so that it could be approved
  seconds     float8,                  -- from asked_at to the approval
  primary key (request_id, seq)
);
create index approval_list_at on approval_list (at, seconds);
create index approval_list_person on approval_list (person, at);
-- There should be none, which is known without reading every approval.
create index approval_list_own on approval_list (at) where person = requester;

-- Two people and how often each approved something of the other one. One row for each pair, so that two approvals in opposite directions wait for the same
-- row. The order of the two does not depend on the server.
create table approval_pair (
  person       text not null,
  other        text not null,
  approved     integer not null, -- how often the person approved something of the other one
  was_approved integer not null, -- how often the other one approved something of the person
  first_at     timestamptz not null,
  last_at      timestamptz not null,
  primary key (person, other),
  check (person collate "C" < other collate "C")
);
create index approval_pair_mutual on approval_pair (last_at) where approved > 0 and was_approved > 0;

-- One row for each time that something was judged by a policy.
create table judgement (
  policy     text,                      -- its digest; null when the event does not name one
  at         timestamptz not null,
  request_id text not null,
  kind       text not null check (kind in ('judged', 'extension-requested'))
);

-- How often a policy judged. Each judgement adds one to one of sixteen rows of its policy, so that judgements at the same moment seldom wait for each other.
create table policy_use (
  policy   text not null,
  part     smallint not null check (part between 0 and 15),
  judged   integer not null,
  first_at timestamptz not null,
  last_at  timestamptz not null,
  primary key (policy, part)
);

-- Which of the rows counts the judgements of a request.
create function policy_part(its_request text) returns smallint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (hashtext(its_request) & 15)::smallint
$$;

-- The first request of a person for an entitlement that was judged.
create table first_request (
  person      text not null,
  entitlement text not null,
  request_id  text not null,
  at          timestamptz not null,
  policy      text,
  primary key (person, entitlement)
);
create index first_request_at on first_request (at, request_id);

-- Adds a judgement. The first one of a person for an entitlement may come later than another one, when the clock was set back.
create function keep_judgement(its_request text, its_kind text, its_at timestamptz, its_policy text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
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
end $$;

-- Adds an approval. Any login can hold an advisory lock for ever. So nothing that Curfew records waits for one: here it waits for a row that only its owner
-- can lock.
create function keep_approval(its_request text, its_seq integer, its_kind text, its_at timestamptz, its_person text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
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
end $$;

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

revoke all on all functions in schema public from public;
grant execute on function changes_request_list(text) to curfew_worker, curfew_provider, curfew_sweeper;
