-- Reviews of access: somebody certifies each access of a period, or objects to it. A review and each decision are rows that are added and never
-- changed, and entries of the log.
create table review (
  id                text primary key,                          -- made from the id of its click
  opened_by         text not null check (length(opened_by) <= 100),
  title_hash        text not null,                             -- salted, of what is beside it in review_text
  scope             jsonb not null check (is_loggable(scope)), -- by key of the search what an access must have one of. {} is everything
  from_at           timestamptz not null,
  to_at             timestamptz not null check (to_at > from_at),
  due_at            timestamptz not null,
  wanted            integer check (wanted > 0),                -- how many lines the sample has at most; null when every access is a line
  population        integer not null check (population > 0),
  population_digest text not null,                             -- SHA-256, in hex, of a line for each id in review_member, ordered by their bytes
  opened_at         timestamptz not null default ledger_now(),
  log_id            bigint not null unique default nextval('log_id'),
  check (length(id) <= 100 and length(scope::text) <= 10000)
);
create index review_opened on review (opened_at desc, id desc);

-- How a review is called. It is kept beside the row, so that it can be erased without changing it.
create table review_text (
  review_id text primary key references review,
  salt      text not null,
  title     text not null
);

-- The population: the leases and the findings whose access was held in the period and is in the scope, as the ledger knew it when the review was opened.
create table review_member (
  review_id text not null references review,
  id        text not null,
  primary key (review_id, id)
);

-- Which checkpoint chose the sample: the first one that was published after the log had the review. So whoever opened it could not know it.
create table review_draw (
  review_id text primary key references review,
  size      bigint not null,
  root      text not null,           -- in base64
  drawn_at  timestamptz not null default ledger_now()
);

-- What is reviewed. The facts are those of the moment at which the line was made.
create table review_line (
  review_id   text not null references review,
  position    integer not null,
  line_id     text not null,         -- the lease, or the finding
  kind        text not null check (kind in ('grant', 'standing')),
  person      text,                  -- null for standing access: it is known by its account alone
  entitlement text,
  request_id  text,
  provider    text not null,
  target_name text not null,
  level       text not null,
  since       timestamptz not null,
  approved_by text[] not null,
  primary key (review_id, position),
  unique (review_id, line_id)
);
create index review_line_person on review_line (person, review_id);

-- Who certified a line or objected to it. A refused decision is a row too.
create table review_decision (
  click_id    text primary key,
  review_id   text not null,
  line_id     text not null,
  kind        text not null check (kind in ('certify', 'object')),
  by          text,
  via         text not null check (via in ('slack', 'cli', 'console')),
  reason_hash text,                  -- salted, of what is beside it in review_reason
  refusal     jsonb,                 -- null when the decision counts
  at          timestamptz not null default ledger_now(),
  log_id      bigint not null unique default nextval('log_id'),
  check (is_loggable(refusal -> 'code') and length(click_id) <= 100 and length(review_id) <= 100 and length(line_id) <= 100)
);
create unique index review_decision_counts on review_decision (review_id, line_id) where refusal is null;
create index review_decision_at on review_decision (at, click_id);

-- Why somebody objected. It is kept beside the row, so that it can be erased without changing it.
create table review_reason (
  click_id text primary key references review_decision,
  salt     text not null,
  body     text not null
);

create trigger append_only before update or delete on review for each row execute function append_only();
create trigger no_truncate before truncate on review for each statement execute function append_only();
create trigger append_only before update or delete on review_member for each row execute function append_only();
create trigger no_truncate before truncate on review_member for each statement execute function append_only();
create trigger append_only before update or delete on review_draw for each row execute function append_only();
create trigger no_truncate before truncate on review_draw for each statement execute function append_only();
create trigger append_only before update or delete on review_line for each row execute function append_only();
create trigger no_truncate before truncate on review_line for each statement execute function append_only();
create trigger append_only before update or delete on review_decision for each row execute function append_only();
create trigger no_truncate before truncate on review_decision for each statement execute function append_only();

-- As before, with the reviews and their decisions.
create or replace view log_row as
  select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from event
  union all
  select log_id, 'finding-decision', click_id, at, jsonb_build_object('finding', finding_id, 'kind', kind, 'by', by, 'via', via,
    'confirmed', confirmed, 'seen', seen, 'refusal', refusal -> 'code'), null, null from finding_decision
  union all
  select log_id, 'mass-ending', id, made_at, jsonb_build_object('scope', scope, 'by', made_by, 'needs', needs), null, null from mass_ending
  union all
  select log_id, 'mass-ending-lift', mass_ending_id || '/' || person, lifted_at, jsonb_build_object('click', click_id), null, null
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
    null, null from review_decision;

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

-- People open reviews and decide their lines.
alter table click drop constraint click_kind_check;
alter table click add constraint click_kind_check check (kind in (
  'request', 'approve', 'deny', 'withdraw', 'end', 'deliver', 'extend', 'ask', 'answer',
  'adopt-finding', 'revoke-finding', 'end-all', 'lift', 'open-review', 'certify', 'object')) not valid;
alter table click validate constraint click_kind_check;

-- Rights. The worker opens reviews and decides. The sweeper draws samples. Nobody chooses the number of a row in the log.
grant usage on schema audit to curfew_worker, curfew_sweeper, curfew_courier;
grant select on audit.granted_access, audit.access, audit.target to curfew_worker, curfew_sweeper;
grant select on audit.review, audit.review_line to curfew_worker, curfew_sweeper, curfew_courier;
grant select on audit.review, audit.review_line, audit.review_decision
  to curfew_auditor, curfew_gateway, curfew_cli, curfew_reader, curfew_console;
grant select on review, review_member, review_draw, review_line, review_decision
  to curfew_worker, curfew_sweeper, curfew_courier, curfew_reader, curfew_cli, curfew_console;
grant select on review_text to curfew_worker, curfew_courier, curfew_cli, curfew_console;
grant select on review_reason to curfew_worker, curfew_cli, curfew_console;
grant select on log_entry, log_checkpoint to curfew_sweeper;
grant insert (id, opened_by, title_hash, scope, from_at, to_at, due_at, wanted, population, population_digest) on review to curfew_worker;
grant insert on review_text, review_member, review_reason to curfew_worker;
grant insert (review_id, position, line_id, kind, person, entitlement, request_id, provider, target_name, level, since, approved_by) on review_line
  to curfew_worker, curfew_sweeper;
grant insert (review_id, size, root) on review_draw to curfew_sweeper;
grant insert (click_id, review_id, line_id, kind, by, via, reason_hash, refusal) on review_decision to curfew_worker;
drop policy console_writes on click;
create policy console_writes on click for insert to curfew_console
  with check (via = 'console' and kind in ('approve', 'deny', 'withdraw', 'end', 'ask', 'answer', 'extend', 'end-all', 'open-review', 'certify', 'object'));
