-- The questions of an auditor. The schema audit has one view for each of them. The commands of `curfew audit`, except `story`, read the same views.

do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_auditor') then
    create role curfew_auditor nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- a migration of another database was faster
end $$;

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
  changed_at   timestamptz not null,   -- when the last event about granted_at or ended_at was recorded
  during       tstzrange not null generated always as (tstzrange(granted_at, ended_at, '[]')) stored
);
create index access_period_during on access_period using gist (during);
create index access_period_granted on access_period (granted_at, lease_id);
create index access_period_person on access_period (person, granted_at, lease_id);
create index access_period_entitlement on access_period (entitlement, granted_at, lease_id);
create index access_period_target on access_period (target_name, granted_at, lease_id);
-- What was recorded later than it happened.
create index access_period_late on access_period (changed_at) where changed_at > ended_at;

create index event_approval on event (at) where kind in ('approved', 'extension-approved');
create index event_refusal on event (at) where kind = 'refused';
create index event_drift on event (at) where kind in ('drifted', 'repaired') or body ? 'drift';
create index event_judged on event (at) where kind in ('judged', 'extension-requested');

-- The periods of the leases of a request, from its events that were recorded until known_at. An access that was revoked without the ledger ended
-- when it was undone, unless it was set right again before the receipt. The ledger's clock may have been set back, so an end is never before the grant.
create function access_periods_of(its_request text, known_at timestamptz)
returns table (lease_id text, granted_at timestamptz, granted_seq integer, ended_at timestamptz, ends_at timestamptz, changed_at timestamptz)
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
                          where k.lease = g.lease and k.kind in ('undone', 'repaired', 'revoked')))
    from granted g left join revoked r on r.lease = g.lease left join undone u on u.lease = g.lease
$$;

-- Writes the rows of a request again, from its events.
create function write_access_periods(its_request text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into public.access_period as p (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name,
                                         level, granted_at, granted_seq, ended_at, ends_at, changed_at)
  select a.lease_id, r.id, r.requester, r.entitlement, l.provider, t.target ->> 'lockKey',
         coalesce(split_part(h.target_key, E'\n', 1), t.target ->> 'lockKey'),
         coalesce(i.body ->> 'subject', h.subject_id, t.target ->> 'account'),
         coalesce(h.subject_name, t.target ->> 'account'),
         coalesce(i.body ->> 'level', t.target ->> 'level'),
         a.granted_at, a.granted_seq, a.ended_at, a.ends_at, a.changed_at
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
     set ended_at = excluded.ended_at, ends_at = excluded.ends_at, changed_at = excluded.changed_at
   where p.request_id = excluded.request_id
     and (p.ended_at, p.ends_at, p.changed_at) is distinct from (excluded.ended_at, excluded.ends_at, excluded.changed_at)
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

select write_access_periods(request_id) from event where kind = 'granted' group by request_id;

revoke all on function access_periods_of(text, timestamptz), write_access_periods(text), keep_access_periods(), changes_access(text) from public;
grant execute on function changes_access(text) to curfew_worker, curfew_provider, curfew_sweeper;

create schema audit;
comment on schema audit is 'The questions of an auditor as views. docs/audit.md describes them.';

create view audit.access as
select lease_id as id, 'granted' as basis, person, entitlement, request_id, provider, target_name, target_key, account_id, account_name, level,
       granted_at as since, ended_at as until, ends_at as planned_end, during
  from access_period
union all
select id, case state when 'adopted' then 'adopted' else 'finding' end, null, null, null, provider, target_name, target_key, subject_id, subject_name,
       level, first_seen_at, f.until, null, tstzrange(first_seen_at, f.until, '[]')
  from finding cross join lateral (select case when state in ('revoked', 'gone') then greatest(first_seen_at, closed_at) end as until) f
 where kind = 'access';
comment on view audit.access is 'Who had which access, from when until when. One row for each access that Curfew granted, and for each access that it found at a provider.';
comment on column audit.access.id is 'The lease, or the finding.';
comment on column audit.access.basis is 'granted: by Curfew. adopted: standing access, which somebody adopted or which was there at the first look. finding: access that nobody explained.';
comment on column audit.access.person is 'Whose request it was. Null for access that Curfew did not grant: it is known by its account alone.';
comment on column audit.access.target_name is 'The target as the catalogue names it.';
comment on column audit.access.target_key is 'The target with the vendor''s own id.';
comment on column audit.access.account_id is 'The account at the vendor, by the vendor''s own id.';
comment on column audit.access.since is 'When a read from the provider showed the access first.';
comment on column audit.access.until is 'When a read from the provider showed that it is gone. Null while it is held.';
comment on column audit.access.planned_end is 'The end that was approved, with extensions.';
comment on column audit.access.during is 'From since until until, both included. "during @> timestamptz ''…''" finds who had it at a moment.';

create function audit.access_as_known(known_at timestamptz, from_at timestamptz, to_at timestamptz) returns setof audit.access
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.lease_id, 'granted', p.person, p.entitlement, p.request_id, p.provider, p.target_name, p.target_key, p.account_id, p.account_name, p.level,
         k.granted_at, k.ended_at, k.ends_at, tstzrange(k.granted_at, k.ended_at, '[]')
    from public.access_period p
    join lateral public.access_periods_of(p.request_id, known_at) k on k.lease_id = p.lease_id
   where p.granted_at <= least(known_at, to_at)
     and (p.during && tstzrange(from_at, to_at, '[]') or p.during @> known_at or (p.ended_at <= known_at and p.changed_at > known_at))
     and tstzrange(k.granted_at, k.ended_at, '[]') && tstzrange(from_at, to_at, '[]')
  union all
  select a.id, a.basis, a.person, a.entitlement, a.request_id, a.provider, a.target_name, a.target_key, a.account_id, a.account_name, a.level,
         a.since, k.until, a.planned_end, tstzrange(a.since, k.until, '[]')
    from audit.access a cross join lateral (select case when a.until <= known_at then a.until end as until) k
   where a.basis <> 'granted' and a.since <= known_at and tstzrange(a.since, k.until, '[]') && tstzrange(from_at, to_at, '[]')
$$;
comment on function audit.access_as_known(timestamptz, timestamptz, timestamptz) is
  'Who had which access between two moments, from only what had been recorded at known_at. The basis of a finding is the one that it has today.';

create view audit.approval as
select e.request_id || '/' || e.seq as id, e.at, e.body ->> 'by' as person, e.via, c.account,
       case e.kind when 'approved' then 'request' else 'extension' end as approved,
       e.request_id, r.requester, r.entitlement, r.minutes, (e.body ->> 'stage')::integer as stage, e.body ->> 'digest' as digest,
       asked.at as asked_at, round(greatest(extract(epoch from e.at - asked.at), 0), 3)::float8 as seconds
  from event e
  join request r on r.id = e.request_id
  left join click c on e.step = 'click/' || c.id
  left join lateral (
    select j.at from event j
     where j.request_id = e.request_id and j.seq < e.seq
       and j.kind = case e.kind when 'approved' then 'judged' else 'extension-requested' end
     order by j.seq desc limit 1) asked on true
 where e.kind in ('approved', 'extension-approved');
comment on view audit.approval is 'Every approval of a request or of an extension.';
comment on column audit.approval.person is 'Who approved.';
comment on column audit.approval.account is 'The account with which they approved: a Slack user id, or a login of the operating system.';
comment on column audit.approval.digest is 'Names exactly what was approved.';
comment on column audit.approval.asked_at is 'When the policy had judged the request or the extension, so that it could be approved.';
comment on column audit.approval.seconds is 'From asked_at to the approval.';

create view audit.approval_pair as
with given as (
  select person, requester, count(*) as approvals, min(at) as first_at, max(at) as last_at from audit.approval group by person, requester)
select a.person || '/' || b.person as id, greatest(a.last_at, b.last_at) as at, a.person as person, b.person as other,
       a.approvals::integer as approved, b.approvals::integer as was_approved, least(a.first_at, b.first_at) as first_at
  from given a join given b on b.person = a.requester and b.requester = a.person and a.person < b.person;
comment on view audit.approval_pair is 'Two people who approved requests or extensions of each other.';
comment on column audit.approval_pair.at is 'When one of them last approved something of the other.';
comment on column audit.approval_pair.approved is 'How often the first person approved something of the other one.';
comment on column audit.approval_pair.was_approved is 'How often the other one approved something of the first person.';

create view audit.overstay as
select lease_id as id, ended.at, person, entitlement, request_id, provider, target_name, account_name, level, ends_at as planned_end, ended_at as until,
       round(extract(epoch from ended.at - ends_at), 3)::float8 as seconds
  from access_period cross join lateral (select coalesce(ended_at, ledger_now()) as at) ended
 where ended.at > ends_at;
comment on view audit.overstay is 'Access that was held after its planned end, and for how many seconds. Curfew allows 60 seconds for the calls to the provider.';
comment on column audit.overstay.at is 'When it ended, or now.';

create view audit.refusal as
select e.request_id || '/' || e.seq as id, e.at, e.body ->> 'by' as person, e.via, c.account, e.body ->> 'tried' as tried,
       e.body -> 'refusal' ->> 'code' as code, e.request_id, r.requester, r.entitlement
  from event e left join request r on r.id = e.request_id left join click c on e.step = 'click/' || c.id
 where e.kind = 'refused';
comment on view audit.refusal is 'Every attempt about a request that was refused.';
comment on column audit.refusal.person is 'Who tried. Null when nobody in people.yaml has the account.';
comment on column audit.refusal.code is 'Why it was refused. docs/errors.md explains each code.';
comment on column audit.refusal.requester is 'Whose request it was. Null when no request was opened.';

create view audit.drift as
select e.request_id || '/' || e.seq as id, e.at, e.kind, d.drift ->> 'change' as change, d.drift ->> 'expected' as expected, d.drift ->> 'found' as found,
       e.body ->> 'lease' as lease_id, e.request_id, r.requester as person, r.entitlement, l.provider, r.targets -> l.position ->> 'lockKey' as target_name,
       coalesce(h.subject_name, r.targets -> l.position ->> 'account') as account_name
  from event e
  join request r on r.id = e.request_id
  left join lease l on l.id = e.body ->> 'lease'
  left join holding h on h.id = l.holding_id
  cross join lateral (select case e.kind when 'drifted' then e.body else e.body -> 'drift' end as drift) d
 where e.kind in ('drifted', 'repaired') or e.body ? 'drift';
comment on view audit.drift is 'Where a provider showed other access than the ledger expected. Access that no lease explains is in audit.finding.';
comment on column audit.drift.kind is 'drifted, or revoked: somebody changed the access by hand. repaired: Curfew corrected it.';

create view audit.finding as
select id, first_seen_at as at, kind, provider, target_name, target_key, what, subject_id as account_id, subject_name as account_name, level, state,
       last_seen_at, closed_at, closed_by, closed_via, lease_id
  from finding;
comment on view audit.finding is 'Access, and objects with the mark of Curfew, that no lease explains.';
comment on column audit.finding.at is 'When it was seen first.';

create view audit.finding_decision as
select d.click_id as id, d.at, d.by as person, d.via, d.kind as decision, d.refusal ->> 'code' as refused, d.finding_id, f.provider, f.target_name,
       f.subject_name as account_name, f.level, f.state
  from finding_decision d left join finding f on f.id = d.finding_id;
comment on view audit.finding_decision is 'Who decided what about a finding.';
comment on column audit.finding_decision.refused is 'Why the decision did not count. Null when it counted.';

create view audit.mass_ending as
select m.id, m.made_at as at, m.made_by as person, m.scope ->> 'kind' as scope,
       coalesce(m.scope ->> 'person', m.scope ->> 'entitlement', m.scope ->> 'provider') as scope_name, m.needs,
       (select count(distinct e.request_id) from event e
         where e.body -> 'ending' ? 'massEnding' and e.body -> 'ending' ->> 'massEnding' = m.id)::integer as requests,
       array(select l.person from mass_ending_lift l where l.mass_ending_id = m.id order by l.lifted_at, l.person) as lifted_by
  from mass_ending m;
comment on view audit.mass_ending is 'Every time that somebody ended everything of a person, of an entitlement, at a provider, or all.';
comment on column audit.mass_ending.needs is 'How many people must lift its lock. Null when it has no lock.';
comment on column audit.mass_ending.requests is 'How many requests it ended.';

create view audit.policy as
select policy as id, min(at) as at, max(at) as last_at, count(*)::integer as judged
  from (select at, body -> 'requirements' ->> 'policy' as policy from event where kind in ('judged', 'extension-requested')) judged
 where policy is not null
 group by policy;
comment on view audit.policy is 'Every policy by which something was judged, by its digest. The ledger knows a policy from the first time that it was used.';

create view audit.policy_gain as
select request_id as id, at, policy, requester as person, entitlement, request_id
  from (select distinct on (r.requester, r.entitlement) r.requester, r.entitlement, e.request_id, e.at, e.body -> 'requirements' ->> 'policy' as policy
          from event e join request r on r.id = e.request_id
         where e.kind = 'judged'
         order by r.requester, r.entitlement, e.at, e.request_id) first;
comment on view audit.policy_gain is 'The first request of each person for each entitlement, and the policy by which it was judged.';

create view audit.request as
select id, opened_at as at, requester as person, entitlement, minutes, state, ends_at, closed_at from request;
comment on view audit.request is 'Every request that the policy allowed.';

create view audit.event as
select request_id || '/' || seq as id, request_id, seq, at, kind, via, coalesce(body ->> 'by', body -> 'details' ->> 'requester') as person, body
  from event;
comment on view audit.event is 'The trail: every event of every request. Texts of people and vendors are salted hashes in it.';

create view audit.purge as
select id::text, purged_at as at, purged_by as person, before_at, requests, entries, export_size from purge;
comment on view audit.purge is 'Every time that old requests were removed from the ledger. The other views lack these requests. Access is complete from 30 days after the latest before_at.';
comment on column audit.purge.person is 'Who removed them: a login of the operating system.';
comment on column audit.purge.before_at is 'The requests that were made before it are gone, with everything of them.';
comment on column audit.purge.export_size is 'The export that was made before has the checkpoint of this size.';

-- The name of a target, as findings and leases have it, and the entitlements that give it or gave it. So an answer about an entitlement has the other
-- access at its targets, also when Curfew never granted it.
alter table target_pass add column target_name text, add column entitlements text[] not null default '{}';
grant insert (target_name, entitlements), update (target_name, entitlements) on target_pass to curfew_sweeper;
create view audit.target as
select provider, target_name, entitlements, first_at as first_looked_at, last_at as last_looked_at, problem
  from target_pass where target_name is not null;
comment on view audit.target is 'The targets at which Curfew looks for access that it did not grant.';
comment on column audit.target.entitlements is 'The entitlements of the catalogue that give it, or gave it.';
comment on column audit.target.first_looked_at is 'When Curfew had looked at all of it for the first time. Of the time before, only what Curfew granted is known.';
comment on column audit.target.problem is 'Why the last look failed. Null when it succeeded.';

-- The role for a login of an auditor. It reads these views and nothing else, so it reads no text of a person.
do $$
begin
  execute format('grant connect on database %I to curfew_auditor', current_database());
end $$;
grant execute on function ledger_now() to curfew_auditor;
grant usage on schema audit to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader;
grant select on all tables in schema audit to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader;
revoke all on function audit.access_as_known(timestamptz, timestamptz, timestamptz) from public;
grant execute on function audit.access_as_known(timestamptz, timestamptz, timestamptz)
  to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader;
