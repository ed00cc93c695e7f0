-- The views of the schema audit about requests, and about what people did with everything else.

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

create view audit.event as
select request_id || '/' || seq as id, request_id, seq, at, kind, via, coalesce(body ->> 'by', body -> 'details' ->> 'requester') as person, body
  from event;
comment on view audit.event is 'The trail: every event of every request. Texts of people and vendors are salted hashes in it.';

create view audit.approval as
select a.request_id || '/' || a.seq as id, a.at, a.person, e.via, (select c.account from click c where 'click/' || c.id = e.step) as account,
       case e.kind when 'approved' then 'request' else 'extension' end as approved,
       a.request_id, a.requester, a.entitlement, (select r.minutes from request r where r.id = a.request_id) as minutes, (e.body ->> 'stage')::integer as stage,
       e.body ->> 'digest' as digest, a.asked_at, a.seconds
  from approval_list a left join event e on e.request_id = a.request_id and e.seq = a.seq;
comment on view audit.approval is 'Every approval of a request or of an extension.';
comment on column audit.approval.person is 'Who approved.';
comment on column audit.approval.account is 'The account with which they approved: a Slack user id, or a login of the operating system.';
comment on column audit.approval.digest is 'Names exactly what was approved.';
comment on column audit.approval.asked_at is 'When the policy had judged the request or the extension, so that it could be approved.';
comment on column audit.approval.seconds is 'From asked_at to the approval.';

create view audit.approval_pair as
select person || '/' || other as id, last_at as at, person, other, approved, was_approved, first_at
  from approval_pair where approved > 0 and was_approved > 0;
comment on view audit.approval_pair is 'Two people who approved requests or extensions of each other.';
comment on column audit.approval_pair.at is 'When one of them last approved something of the other.';
comment on column audit.approval_pair.approved is 'How often the first person approved something of the other one.';
comment on column audit.approval_pair.was_approved is 'How often the other one approved something of the first person.';

create view audit.refusal as
select e.request_id || '/' || e.seq as id, e.at, e.body ->> 'by' as person, e.via, c.account, e.body ->> 'tried' as tried,
       e.body -> 'refusal' ->> 'code' as code, e.request_id, r.requester, r.entitlement
  from event e left join request r on r.id = e.request_id left join click c on e.step = 'click/' || c.id
 where e.kind = 'refused';
comment on view audit.refusal is 'Every attempt about a request that was refused.';
comment on column audit.refusal.person is 'Who tried. Null when nobody in people.yaml has the account.';
comment on column audit.refusal.code is 'Why it was refused. docs/errors.md explains each code.';
comment on column audit.refusal.requester is 'Whose request it was. Null when no request was opened.';

create view audit.policy as
select policy as id, min(first_at) as at, max(last_at) as last_at, sum(judged)::integer as judged from policy_use group by policy;
comment on view audit.policy is 'Every policy by which something was judged, by its digest. The ledger knows a policy from the first time that it was used.';

create view audit.policy_gain as
select request_id as id, at, policy, person, entitlement, request_id from first_request;
comment on view audit.policy_gain is 'The first request of each person for each entitlement, and the policy by which it was judged.';

create view audit.mass_ending as
select m.id, m.made_at as at, m.made_by as person, m.scope ->> 'kind' as scope,
       coalesce(m.scope ->> 'person', m.scope ->> 'entitlement', m.scope ->> 'provider') as scope_name, m.needs,
       (select count(distinct e.request_id) from event e
         where e.body -> 'ending' ? 'massEnding' and e.body -> 'ending' ->> 'massEnding' = m.id)::integer as requests,
       coalesce(
         (select l.counting from mass_ending_lift l where l.mass_ending_id = m.id order by l.counting is null, l.log_id desc limit 1),
         array(select l.person from mass_ending_lift l where l.mass_ending_id = m.id order by l.lifted_at, l.person)) as lifted_by
  from mass_ending m;
comment on view audit.mass_ending is 'Every time that somebody ended everything of a person, of an entitlement, at a provider, or all.';
comment on column audit.mass_ending.needs is 'How many people must lift its lock. Null when it has no lock.';
comment on column audit.mass_ending.requests is 'How many requests it ended.';

create view audit.purge as
select id::text, purged_at as at, purged_by as person, before_at, requests, entries, export_size from purge;
comment on view audit.purge is 'Every time that old requests were removed from the ledger. The other views lack these requests. Access is complete from 30 days after the latest before_at.';
comment on column audit.purge.person is 'Who removed them: a login of the operating system.';
comment on column audit.purge.before_at is 'The requests that were made before it are gone, with everything of them.';
comment on column audit.purge.export_size is 'The export that was made before has the checkpoint of this size.';

create view audit.reading as
select at, id::text as id, person, kind, address,
       case when log_id is not null then 'reading/' || id when visit_id is not null then 'visit/' || visit_id end as entry
  from reading;
comment on column audit.reading.entry is 'The entry of the log that has it, by its type and its id. Null while it waits for the end of its 15 minutes.';
comment on view audit.reading is 'Who looked in the console at what is not their own, and who took a copy of it.';
comment on column audit.reading.kind is 'page: it was shown. export: it was downloaded.';
comment on column audit.reading.address is 'The page with its question, as the browser had it.';

create view audit.review as
select r.id, r.opened_at as at, r.opened_by as person, r.from_at, r.to_at, r.due_at,
       coalesce((select string_agg(k.key || ':' || (select string_agg(v, ',') from jsonb_array_elements_text(k.value) v), ' ' order by k.key)
                   from jsonb_each(r.scope) k), '') as scope,
       r.population, r.wanted, c.lines, c.certified, c.objected,
       case when c.lines > 0 and c.lines = c.certified + c.objected then c.last_at end as finished_at,
       r.population_digest, d.size as checkpoint_size, d.root as checkpoint_root
  from review r
  left join review_draw d on d.review_id = r.id
  cross join lateral (
    select count(*)::integer as lines, count(*) filter (where x.kind = 'certify')::integer as certified,
           count(*) filter (where x.kind = 'object')::integer as objected, max(x.at) as last_at
      from review_line l
      left join review_decision x on x.review_id = l.review_id and x.line_id = l.line_id and x.refusal is null
     where l.review_id = r.id) c;
comment on view audit.review is 'Every review of access, with how far it is.';
comment on column audit.review.person is 'Who opened it.';
comment on column audit.review.scope is 'Which access it is about, in the language of the search. Empty: all of it.';
comment on column audit.review.population is 'How many accesses were held in the period and are in the scope.';
comment on column audit.review.wanted is 'How many lines the sample has at most. Null when every access is a line.';
comment on column audit.review.lines is 'How many accesses are reviewed. Zero until the sample is drawn.';
comment on column audit.review.finished_at is 'When the last line was decided. Null while one is not.';
comment on column audit.review.population_digest is 'SHA-256, in hex, of the ids of the population, each with a newline, ordered by their bytes.';
comment on column audit.review.checkpoint_root is 'The root of the checkpoint that chose the sample, in base64. Null while it is not drawn, and when every access is a line.';

create view audit.review_line as
select l.review_id || '/' || l.line_id as id, l.since as at, l.review_id, l.position, l.line_id, l.kind, l.person, l.entitlement, l.provider,
       l.target_name, coalesce(p.account_name, f.subject_name) as account_name, l.level, l.approved_by,
       coalesce(p.ended_at, case when f.state in ('revoked', 'gone') then greatest(f.first_seen_at, f.closed_at) end) as until, p.ends_at as planned_end,
       case d.kind when 'certify' then 'certified' when 'object' then 'objected' end as decision, d.by as decided_by, d.at as decided_at,
       d.click_id as decision_id, l.request_id, p.request_id || '/' || p.granted_seq as granted_event,
       (select p.request_id || '/' || min(e.seq) from event e
         where e.request_id = p.request_id and e.kind = 'revoked' and e.body ->> 'lease' = l.line_id) as receipt
  from review_line l
  left join access_period p on p.lease_id = l.line_id
  left join finding f on f.id = l.line_id
  left join review_decision d on d.review_id = l.review_id and d.line_id = l.line_id and d.refusal is null;
comment on view audit.review_line is 'What each review is about, line by line, with its decision.';
comment on column audit.review_line.at is 'When a read from the provider showed the access first.';
comment on column audit.review_line.position is 'Its place in the sample, or in the population when every access is a line.';
comment on column audit.review_line.line_id is 'The lease, or the finding.';
comment on column audit.review_line.kind is 'grant: Curfew granted it. standing: Curfew found it at a provider.';
comment on column audit.review_line.approved_by is 'Who had approved it when the line was made.';
comment on column audit.review_line.until is 'When a read from the provider showed that it is gone. Null while it is held.';
comment on column audit.review_line.decision is 'certified or objected. Null while nobody has decided.';
comment on column audit.review_line.decision_id is 'The entry of the decision in the log.';

create view audit.review_decision as
select d.click_id as id, d.at, d.by as person, d.via, c.account, case d.kind when 'certify' then 'certified' else 'objected' end as decision,
       d.refusal ->> 'code' as refused, d.review_id, d.line_id
  from review_decision d left join click c on c.id = d.click_id;
comment on view audit.review_decision is 'Who certified an access in a review or objected to it, also where that was refused.';
comment on column audit.review_decision.refused is 'Why it does not count. Null when it does.';

-- Rights.
grant select on audit.request, audit.event, audit.approval, audit.approval_pair, audit.refusal, audit.policy, audit.policy_gain, audit.mass_ending,
  audit.purge, audit.reading, audit.review, audit.review_line, audit.review_decision
  to curfew_gateway, curfew_console, curfew_reader, curfew_auditor, curfew_cli;
grant select on audit.review, audit.review_line to curfew_worker, curfew_sweeper, curfew_courier;
