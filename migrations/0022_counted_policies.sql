-- How often a policy judged was counted over all judgements. Now each judgement adds one to one of sixteen rows of its policy, so that judgements at the
-- same moment seldom wait for each other.
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

create or replace function keep_judgement(its_request text, its_kind text, its_at timestamptz, its_policy text) returns void
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

insert into policy_use (policy, part, judged, first_at, last_at)
select policy, policy_part(request_id), count(*), min(at), max(at) from judgement where policy is not null group by 1, 2;

create or replace view audit.policy as
select policy as id, min(first_at) as at, max(last_at) as last_at, sum(judged)::integer as judged from policy_use group by policy;

drop index judgement_policy; -- policy_use has what it was for

-- There should be none, which is known without reading every approval.
create index approval_list_own on approval_list (at) where person = requester;

revoke all on function policy_part(text) from public;
