-- The state of a request is computed from the events that change it, so its time does not grow with refusals. A refusal that repeats another
-- is found without reading the others.
create index event_changes on event (request_id, seq) where kind <> 'refused';
create index event_refused on event (request_id, coalesce(body ->> 'by', ''), (body ->> 'tried'), (body -> 'refusal' ->> 'code')) where kind = 'refused';

-- The clicks of a person for the same thing, which can share one that is stored (ledger/same-ending.ts).
create index click_endings on click (via, account, kind, received_at) where kind in ('end', 'withdraw', 'deny', 'end-all', 'object', 'revoke-finding');

-- Old mass endings delay none that has something to end or to show.
create index mass_ending_made on mass_ending (made_at, id);

-- How often somebody did something since began_at, for the limits of one person, and how often they tried it above a limit in all.
create table attempt_count (
  who      text not null, -- a person, or an account that nobody has
  kind     text not null,
  began_at timestamptz not null default ledger_now(),
  count    integer not null default 1,
  over     integer not null default 0,
  primary key (who, kind)
);
grant select, insert (who, kind), update (began_at, count, over) on attempt_count to curfew_gateway, curfew_cli, curfew_console;
grant select on attempt_count to curfew_reader;

-- Who opens a request compares its reason with those of the open requests of the person, by their hashes. It reads no text.
grant select (salt) on free_text to curfew_worker, curfew_sweeper;
