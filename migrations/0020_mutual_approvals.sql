-- People who approve each other were found by a join over all pairs of approvers and requesters. Now a row says whether there is the other one too.
alter table approval_pair add column is_mutual boolean not null default false; -- the requester approved something of the person too
update approval_pair a set is_mutual = true where exists (select from approval_pair b where b.person = a.requester and b.requester = a.person);
create index approval_pair_mutual on approval_pair (person, requester) where is_mutual;

-- As before, and marks both rows of a pair. Approvals between the same two people wait for each other, so that each sees the other's row.
create or replace function keep_approval(its_request text, its_seq integer, its_kind text, its_at timestamptz, its_person text) returns void
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
  if its_person is null or its_requester is null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('approval_pair'), hashtext(least(its_person, its_requester) || E'\n' || greatest(its_person, its_requester)));
  insert into public.approval_pair as p (person, requester, approvals, first_at, last_at) values (its_person, its_requester, 1, its_at, its_at)
  on conflict (person, requester) do update
     set approvals = p.approvals + 1, first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at);
  update public.approval_pair p set is_mutual = true
   where not p.is_mutual and (p.person, p.requester) in ((its_person, its_requester), (its_requester, its_person))
     and exists (select from public.approval_pair b where b.person = its_requester and b.requester = its_person);
end $$;

create or replace view audit.approval_pair as
select a.person || '/' || b.person as id, greatest(a.last_at, b.last_at) as at, a.person as person, b.person as other,
       a.approvals::integer as approved, b.approvals::integer as was_approved, least(a.first_at, b.first_at) as first_at
  from approval_pair a join approval_pair b on b.person = a.requester and b.requester = a.person
 where a.is_mutual and b.is_mutual and a.person < b.person;
