-- Somebody orders a copy of the log with answers: evidence, or the folder of a review. The order is an entry of the log, so the log has the period,
-- the scope and the question, and the answers are made from the entries up to it.
create table copy_order (
  id     uuid primary key,
  by     text not null check (length(by) between 1 and 200),
  via    text not null check (via in ('cli', 'console')),
  asked  jsonb not null check (jsonb_typeof(asked) = 'object' and length(asked::text) <= 10000),
  at     timestamptz not null default ledger_now(),
  log_id bigint not null unique default nextval('log_id')
);
create trigger append_only before update or delete on copy_order for each row execute function append_only();
create trigger no_truncate before truncate on copy_order for each statement execute function append_only();
grant select, insert (id, by, via, asked) on copy_order to curfew_cli, curfew_console;
grant usage on sequence log_id to curfew_cli, curfew_console;

do $$
begin
  execute 'create or replace view log_row as ' || rtrim(pg_get_viewdef('log_row'::regclass), '; ') || '
    union all
    select log_id, ''copy'', id::text, at, asked || jsonb_build_object(''by'', by, ''via'', via), null, null from copy_order';
end $$;
