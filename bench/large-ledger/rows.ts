/** The reason of each request. */
export const INSERT_REASONS = `insert into free_text (request_id, kind, salt, body) select id, 'reason', 'salt', 'To look at ticket ' || n from life where kind <> 'refused' order by n`;

/** The statements that make what the ledger has of each life beside its events, in the order in which they run. */
export const INSERT_ROWS: readonly string[] = [
  `insert into click (id, kind, request_id, via, account, person, body, received_at, next_try_at, done_at, outcome)
   select 'click_' || tail, 'request', id, 'slack', 'U0' || upper(person), person, jsonb_build_object('entitlement', 'e' || what, 'length', '1h'), at, at, at, '{"ok": true}'
     from life order by n`,
  `insert into click (id, kind, request_id, via, account, person, body, received_at, next_try_at, done_at, outcome)
   select 'click_a' || substr(tail, 2), 'approve', id, 'slack', 'U0' || upper(approver), approver, jsonb_build_object('digest', digest), decided, decided, decided, '{"ok": true}'
     from life where first_end is not null order by n`,
  `insert into request (id, requester, entitlement, minutes, state, targets, shown, approvers, opened_at, lapses_at, ends_at, closed_at)
   select id, person, 'e' || what, minutes, case when kind in ('pending', 'active', 'revoking') then kind else 'closed' end,
          (select jsonb_agg(jsonb_build_object('provider', provider, 'account', person, 'spec', jsonb_build_object('resource', lock_key), 'lockKey', lock_key,
                                               'level', 'write', 'ownObject', false) order by place) from thing_target t where t.what = l.what),
          jsonb_build_object('title', 'Entitlement ' || what, 'class', 'internal', 'requester', jsonb_build_object('name', 'Person ' || person), 'targets',
            (select jsonb_agg(jsonb_build_object('plain', 'Everything of ' || lock_key, 'permissions', '["read", "write"]'::jsonb, 'cautions', '[]'::jsonb, 'atEnd', '[]'::jsonb,
                                                 'widens', false, 'level', 'write', 'enforcement', class, 'residualMs', 0) order by place)
               from thing_target t where t.what = l.what)),
          case when kind = 'pending' then may else '{}' end, at, at + interval '24 hours', ends,
          case when kind not in ('pending', 'active', 'revoking') then closed end
     from life l where kind <> 'refused' order by n`,
  INSERT_REASONS,
  `insert into holding (id, provider, target_key, subject_id, subject_name, prior, opened_at, closed_at) overriding system value
   select n * 2 + place, provider, lock_key || ':id', 'id-' || person, person, 'none', decided, case when kind not in ('active', 'revoking') then gone end
     from life join thing_target using (what) where first_end is not null order by n`,
  `insert into lease (id, request_id, position, provider, state, holding_id, lock_key, ends_at, changed_at, next_try_at)
   select 'lease_' || tail || '_' || place, id, place, provider, case kind when 'active' then 'granted' when 'revoking' then 'revoke-started' else 'revoked' end,
          n * 2 + place, provider || E'\\n' || lock_key || E'\\n' || person, ends, coalesce(gone, decided), case when kind in ('active', 'revoking') then ends end
     from life join thing_target using (what) where first_end is not null order by n`,
  `insert into use_reading (lease_id, read_at, source, kind, amount, unit, first_at, last_at, covered_from, covered_until, why)
   select 'lease_' || tail || '_' || place, gone, provider, case when provider = 'github' then 'unknown' else 'known' end,
          case when provider = 'github' then null when n % 20 = 0 then 0 else 1 + n % 900 end, case when provider <> 'github' then 'rows' end,
          case when provider <> 'github' and n % 20 > 0 then decided + interval '1 minute' end, case when provider <> 'github' and n % 20 > 0 then gone end,
          case when provider <> 'github' then decided end, case when provider <> 'github' then gone + interval '1 minute' end,
          case when provider = 'github' then 'The vendor shows no use of this.' end
     from life join thing_target using (what) where granted and gone is not null and kind <> 'revoking' order by n`,
  `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level, granted_at, granted_seq,
                              ended_at, ends_at, changed_at, revoked_at)
   select 'lease_' || tail || '_' || place, id, person, 'e' || what, provider, lock_key, lock_key || ':id', 'id-' || person, person, 'write', e.at, e.seq,
          case when kind not in ('active', 'revoking') then gone end, ends, case when kind in ('active', 'revoking') then e.at else gone end, case when kind not in ('active', 'revoking') then gone end
     from life join thing_target t using (what)
     cross join lateral (
       select v.at, v.seq from event v where v.request_id = id and v.kind = 'granted' and v.body ->> 'lease' = 'lease_' || tail || '_' || place) e
    where granted order by n`,
  `insert into request_list (id, opened_at, person, entitlement, minutes, providers, classes, state, ending, approvers, approved_by, refused, ends_at, closed_at, digest,
                             asked_at, decided_at)
   select id, at, person, 'e' || what, case when kind <> 'refused' then minutes end,
          case when kind = 'refused' then '{}' else array(select each from unnest(thing.providers) each order by each) end,
          case when kind = 'refused' then '{}' else array(select distinct each from unnest(thing.classes) each order by each) end,
          case when kind in ('refused', 'pending', 'active', 'revoking') then kind else 'closed' end,
          case when kind = 'revoking' then 'expired' when kind not in ('refused', 'pending', 'active') then kind end,
          case when kind = 'refused' then '{}' else array(select each from unnest(may) each order by each) end,
          case when first_end is null then '{}' else array[approver] end, kind = 'refused' or attempt is not null, ends,
          case when kind not in ('refused', 'pending', 'active', 'revoking') then closed end, case when kind <> 'refused' then digest end,
          case when kind <> 'refused' then at end, case when first_end is not null then decided when kind = 'denied' then closed end
     from life join thing using (what) order by n`,
  `insert into judgement (policy, at, request_id, kind)
   select body -> 'requirements' ->> 'policy', at, request_id, kind from event where kind in ('judged', 'extension-requested') order by at`,
  `insert into policy_use (policy, part, judged, first_at, last_at)
   select policy, policy_part(request_id), count(*), min(at), max(at) from judgement where policy is not null group by 1, 2`,
  `insert into first_request (person, entitlement, request_id, at, policy)
   select distinct on (person, what) person, 'e' || what, id, at, policy from life where kind <> 'refused' order by person, what, at, id`,
  `insert into approval_list (request_id, seq, at, person, requester, entitlement, asked_at, seconds)
   select id, v.seq, v.at, approver, person, 'e' || what, asked.at, round(greatest(extract(epoch from v.at - asked.at), 0), 3)::float8
     from life join event v on v.request_id = id and v.kind in ('approved', 'extension-approved')
     cross join lateral (select case v.kind when 'approved' then life.at else first_end - interval '10 minutes' end as at) asked`,
  `insert into approval_pair (person, other, approved, was_approved, first_at, last_at)
   select least(person, requester collate "C"), greatest(person, requester collate "C"), count(*) filter (where person < requester collate "C"),
          count(*) filter (where person > requester collate "C"),
          min(at), max(at)
     from approval_list where person <> requester group by 1, 2`,
];

/** What the ledger has that is no life of a request. The second value of each is how many rows there are. */
export const INSERT_OTHERS: readonly string[] = [
  `insert into target_pass (provider, target_key, spec, next_at, first_at, last_at, target_name, entitlements)
   select provider, lock_key, jsonb_build_object('resource', lock_key), now() + interval '1 hour', now() - interval '2 years', now(), lock_key, array['e' || what]
     from thing_target`,
  `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, first_seen_at, last_seen_at, closed_at)
   select 'find_' || lpad(n::text, 26, '0'), 'access', provider, lock_key || ':id', lock_key, '{}', 'Everything of ' || lock_key, 'stranger-' || n, 'stranger-' || n, 'write', true,
          '[]', state, seen, seen + interval '1 day', case when state <> 'open' then seen + interval '2 days' end
     from (select n, now() - random() * interval '2 years' as seen, case when n % 20 = 0 then 'open' else (array['adopted', 'revoked', 'gone'])[1 + n % 3] end as state
             from generate_series(1, $1::integer / 500) n) f
     join lateral (select * from thing_target offset n % 330 limit 1) t on true`,
  `insert into finding_decision (click_id, finding_id, kind, by, via, at)
   select 'click_f' || substr(id, 7), id, case when state = 'adopted' then 'adopt' else 'revoke' end, 'p1', 'slack', closed_at from finding where state <> 'open'`,
  `insert into mass_ending (id, scope, made_by, needs, made_at)
   select 'end_' || lpad(n::text, 26, '0'), jsonb_build_object('kind', 'person', 'person', 'p' || n), 'p1', null, now() - (20 - n) * interval '36 days' from generate_series(0, 19) n`,
  `insert into reading (person, kind, address, at)
   select 'p' || n % 5, 'page', '/people/p' || n % 2000, now() - ($1::integer / 5 - n) * interval '2 years' / ($1::integer / 5) from generate_series(1, $1::integer / 5) n`,
];

/** The log has everything. The note of its checkpoint is given. */
export const INSERT_LOG: readonly string[] = [
  'insert into log_entry (index, log_id) select row_number() over (order by log_id) - 1, log_id from log_row',
  `update log_state set name = 'bench.example/log', size = (select count(*) from log_entry), seen_to = (select max(log_id) from log_entry)`,
];
