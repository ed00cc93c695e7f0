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
create trigger append_only before update or delete on review for each row execute function append_only();
create trigger no_truncate before truncate on review for each statement execute function append_only();

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
create trigger append_only before update or delete on review_member for each row execute function append_only();
create trigger no_truncate before truncate on review_member for each statement execute function append_only();

-- Which checkpoint chose the sample: the first one that was published after the log had the review. So whoever opened it could not know it.
create table review_draw (
  review_id text primary key references review,
  size      bigint not null,
  root      text not null,           -- in base64
  drawn_at  timestamptz not null default ledger_now()
);
create trigger append_only before update or delete on review_draw for each row execute function append_only();
create trigger no_truncate before truncate on review_draw for each statement execute function append_only();

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
create trigger append_only before update or delete on review_line for each row execute function append_only();
create trigger no_truncate before truncate on review_line for each statement execute function append_only();

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
-- Who certified access in a review needs a second person to adopt it.
create index review_decision_certified on review_decision (line_id) where kind = 'certify' and refusal is null;
create trigger append_only before update or delete on review_decision for each row execute function append_only();
create trigger no_truncate before truncate on review_decision for each statement execute function append_only();

-- Why somebody objected. It is kept beside the row, so that it can be erased without changing it.
create table review_reason (
  click_id text primary key references review_decision,
  salt     text not null,
  body     text not null
);

-- Rights. The worker opens reviews and decides. The sweeper draws samples. Nobody chooses the number of a row in the log.
grant select on review, review_member, review_draw, review_line, review_decision
  to curfew_worker, curfew_sweeper, curfew_courier, curfew_console, curfew_reader, curfew_cli;
grant select on review_text to curfew_worker, curfew_courier, curfew_console, curfew_cli;
grant select on review_reason to curfew_worker, curfew_console, curfew_cli;
grant insert (id, opened_by, title_hash, scope, from_at, to_at, due_at, wanted, population, population_digest) on review to curfew_worker;
grant insert on review_text, review_member, review_reason to curfew_worker;
grant insert (review_id, position, line_id, kind, person, entitlement, request_id, provider, target_name, level, since, approved_by) on review_line
  to curfew_worker, curfew_sweeper;
grant insert (review_id, size, root) on review_draw to curfew_sweeper;
grant insert (click_id, review_id, line_id, kind, by, via, reason_hash, refusal) on review_decision to curfew_worker;
