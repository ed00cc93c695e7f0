-- The console: who is signed in, who looked at what, and who ordered a copy.

-- A sign-in that began and did not end yet. The browser has the id, whose hash is here. It is taken once, so nobody can use it again.
create table console_sign_in (
  id_hash  bytea primary key check (length(id_hash) = 32),
  state    text not null check (length(state) <= 200),
  nonce    text not null check (length(nonce) <= 200),
  verifier text not null check (length(verifier) <= 200),  -- of PKCE (RFC 7636)
  path     text not null check (length(path) <= 2000),     -- where the person wanted to go
  begun_at timestamptz not null default ledger_now()
);
create index console_sign_in_begun on console_sign_in (begun_at);

-- A browser in which somebody signed in. The browser has the id, whose hash is here: who reads this table can be nobody else.
create table console_session (
  id_hash  bytea primary key check (length(id_hash) = 32),
  person   text not null check (length(person) <= 100),
  account  text not null check (length(account) <= 500),   -- of the person at the identity provider
  zone     text not null check (length(zone) <= 100),      -- of the times that they see: a name of the IANA time zone database
  own_zone text not null check (length(own_zone) <= 100),  -- the one that the identity provider gave
  begun_at timestamptz not null default ledger_now(),
  seen_at  timestamptz not null default ledger_now(),
  ended_at timestamptz
);

-- The readings of one person in 15 minutes are one entry of the log: a visit.
create table visit (
  id       bigint generated always as identity primary key,
  person   text not null,
  from_at  timestamptz not null,  -- the moment of its first reading
  until_at timestamptz not null check (until_at = from_at + interval '15 minutes'),
  at       timestamptz not null default ledger_now(),
  log_id   bigint not null unique default nextval('log_id')
);
create trigger append_only before update or delete on visit for each row execute function append_only();
create trigger no_truncate before truncate on visit for each statement execute function append_only();

-- Who looked at what that is not their own, or took a copy of it. The address has ids and times, and nothing that a person wrote. A reading is stored before
-- its page is shown.
create table reading (
  id       bigint generated always as identity primary key,
  person   text not null check (length(person) <= 100),
  kind     text not null check (kind in ('page', 'export')),
  address  text not null check (length(address) <= 2000),
  at       timestamptz not null default ledger_now(),
  log_id   bigint unique,              -- of a reading that is an entry of its own
  visit_id bigint references visit,
  check (log_id is null or visit_id is null)
);
create index reading_at on reading (at, id);
create index reading_of_visit on reading (visit_id, at, id) where visit_id is not null;
create index reading_waits on reading (at, id) where visit_id is null and log_id is null;

create function reading_only_gets_its_visit() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.visit_id is not null or new.visit_id is null
     or (new.id, new.person, new.kind, new.address, new.at, new.log_id) is distinct from (old.id, old.person, old.kind, old.address, old.at, old.log_id) then
    raise exception 'a reading only gets its visit, and only once' using errcode = 'CRF01';
  end if;
  return new;
end $$;
create trigger only_gets_its_visit before update or delete on reading for each row execute function reading_only_gets_its_visit();
create trigger no_truncate before truncate on reading for each statement execute function append_only();

-- A process that closes a visit locks this row, so that only one closes.
create table visit_lock (one boolean primary key default true check (one));
insert into visit_lock default values;

-- Closes the oldest visit that is over: the readings of one person in the 15 minutes from the first one that waits. False: none is over, or another
-- process closes one. It waits for one more minute, because a statement of the console that began in the 15 minutes ends sooner than that. A reading
-- after this moment is of a clock that was ahead, and waits no longer. A visit has at most 1,000 readings. Another visit has those after them.
create function close_visit() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  opened record;
  its_id bigint;
begin
  perform from public.visit_lock for update skip locked;
  if not found then
    return false;
  end if;
  select r.person, r.at into opened
    from public.reading r
   where r.visit_id is null and r.log_id is null
     and (r.at <= public.ledger_now() - interval '16 minutes' or r.at > public.ledger_now())
   order by r.at, r.id limit 1;
  if not found then
    return false;
  end if;
  insert into public.visit (person, from_at, until_at) values (opened.person, opened.at, opened.at + interval '15 minutes') returning id into its_id;
  update public.reading r set visit_id = its_id
   where r.id in (select w.id from public.reading w
                   where w.visit_id is null and w.log_id is null and w.person = opened.person and w.at >= opened.at and w.at < opened.at + interval '15 minutes'
                   order by w.at, w.id limit 1000);
  return true;
end $$;

-- Somebody orders a copy of the log with answers: evidence, or the folder of a review. The order is an entry of the log, so the log has the period,
-- the scope and the question, and the answers are made from the entries up to it.
create table copy_order (
  id     uuid primary key,
  by     text not null check (length(by) between 1 and 200),
  via    text not null check (via in ('cli', 'console')),
  asked  jsonb not null check (jsonb_typeof(asked) = 'object' and length(asked::text) <= 10000),
  at     timestamptz not null default ledger_now(),
  log_id bigint not null unique default nextval('log_id'),
  constraint copy_order_is_loggable check (is_loggable(asked))
);
create trigger append_only before update or delete on copy_order for each row execute function append_only();
create trigger no_truncate before truncate on copy_order for each statement execute function append_only();

-- Rights. What else the console reads is in the rights of each table.
grant insert (id_hash, state, nonce, verifier, path), select, delete on console_sign_in to curfew_console;
grant insert (id_hash, person, account, zone, own_zone), select, update (zone, seen_at, ended_at), delete on console_session to curfew_console;
grant insert (person, kind, address), select on reading to curfew_console;
grant select, insert (id, by, via, asked) on copy_order to curfew_console, curfew_cli;
revoke all on all functions in schema public from public;
grant execute on function close_visit() to curfew_sweeper;
