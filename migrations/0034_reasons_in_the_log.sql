-- Why somebody decided about a finding, and why somebody ended many, has a salted hash in the log, as the reasons of reviews have. So nobody can replace
-- such a reason later. Rows from before have no hash, and the same entry as before.
alter table finding_decision add column reason_hash text check (reason_hash ~ '^[0-9a-f]{64}$');
alter table finding_reason add column salt text;
alter table mass_ending add column reason_hash text check (reason_hash ~ '^[0-9a-f]{64}$');
alter table mass_ending_reason add column salt text;
grant insert (reason_hash) on finding_decision, mass_ending to curfew_worker;

-- As before, with these hashes.
create or replace view log_row as
  select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from event
  union all
  select log_id, 'finding-decision', click_id, at, jsonb_build_object('finding', finding_id, 'kind', kind, 'by', by, 'via', via,
    'confirmed', confirmed, 'seen', seen, 'refusal', refusal -> 'code')
    || case when reason_hash is null then '{}' else jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash)) end, null, null
    from finding_decision
  union all
  select log_id, 'mass-ending', id, made_at, jsonb_build_object('scope', scope, 'by', made_by, 'needs', needs)
    || case when reason_hash is null then '{}' else jsonb_build_object('reason', jsonb_build_object('text', 0, 'hash', reason_hash)) end, null, null
    from mass_ending
  union all
  select log_id, 'mass-ending-lift', mass_ending_id || '/' || person || case when counting is null then '' else '/' || click_id end, lifted_at,
    jsonb_build_object('click', click_id) || case when counting is null then '{}' else jsonb_build_object('counting', to_jsonb(counting)) end, null, null
    from mass_ending_lift
  union all
  select log_id, 'mass-ending-cut-off', mass_ending_id || '/' || id, cut_off_at, jsonb_build_object('provider', provider,
    'text', jsonb_build_object('text', 0, 'hash', text_hash), 'done', to_jsonb(done), 'again', to_jsonb(again)), null, null
    from mass_ending_cut_off
  union all
  select log_id, 'log-beginning', name, begun_at, jsonb_build_object('previous', previous, 'note', previous_note, 'by', begun_by), null, null
    from log_beginning
  union all
  select log_id, 'erasure', id::text, erased_at, jsonb_build_object('person', person, 'requests', requests, 'by', erased_by), null, null
    from erasure
  union all
  select log_id, 'purge', id::text, purged_at, jsonb_build_object('before', to_char(before_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'requests', requests, 'entries', entries, 'digest', digest, 'exportSize', export_size, 'by', purged_by), null, null from purge
  union all
  select log_id, 'log-keys', id::text, since, jsonb_build_object('keys', to_jsonb(keys)), null, null from log_keys
  union all
  select log_id, 'reading', id::text, at, jsonb_build_object('by', person, 'kind', kind, 'address', address), null, null from reading
  union all
  select log_id, 'review', id, opened_at, jsonb_build_object('by', opened_by, 'title', jsonb_build_object('text', 0, 'hash', title_hash), 'scope', scope,
    'from', to_char(from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'to', to_char(to_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'due', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'sample', wanted, 'population', population, 'digest', population_digest),
    null, null from review
  union all
  select log_id, 'review-decision', click_id, at, jsonb_build_object('review', review_id, 'line', line_id, 'kind', kind, 'by', by, 'via', via,
    'reason', case when reason_hash is not null then jsonb_build_object('text', 0, 'hash', reason_hash) end, 'refusal', refusal -> 'code'),
    null, null from review_decision
  union all
  select log_id, 'quarantine', id::text, started_at, jsonb_build_object('reason', reason), null, null from quarantine
  union all
  select end_log_id, 'quarantine-end', id::text, ended_at, jsonb_build_object('reason', reason, 'by', ended_by, 'plan', plan_digest), null, null
    from quarantine where ended_at is not null;
