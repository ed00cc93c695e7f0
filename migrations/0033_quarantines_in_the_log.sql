-- The beginning and the end of a quarantine are entries of the log. The log stands still during a quarantine, so both come into it afterwards.
-- A sequencer that runs waits for the numbers of a transaction that has this lock.
lock table event in row exclusive mode;
alter table quarantine add column log_id bigint not null unique default nextval('log_id'), add column end_log_id bigint unique;
update quarantine set end_log_id = nextval('log_id') where ended_at is not null;
alter table quarantine add check ((ended_at is null) = (end_log_id is null));

create function quarantine_only_ends() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null or new.ended_at is null
     or (new.id, new.reason, new.ledger_serial, new.manifest_serial, new.started_at, new.log_id)
        is distinct from (old.id, old.reason, old.ledger_serial, old.manifest_serial, old.started_at, old.log_id) then
    raise exception 'a quarantine only ends, and only once' using errcode = 'CRF01';
  end if;
  new.end_log_id := nextval('public.log_id');
  return new;
end $$;
revoke all on function quarantine_only_ends() from public;
create trigger only_ends before update or delete on quarantine for each row execute function quarantine_only_ends();
create trigger no_truncate before truncate on quarantine for each statement execute function append_only();

do $$
begin
  execute 'create or replace view log_row as ' || rtrim(pg_get_viewdef('log_row'::regclass), '; ') || '
    union all
    select log_id, ''quarantine'', id::text, started_at, jsonb_build_object(''reason'', reason), null, null from quarantine
    union all
    select end_log_id, ''quarantine-end'', id::text, ended_at, jsonb_build_object(''reason'', reason, ''by'', ended_by, ''plan'', plan_digest), null, null
      from quarantine where ended_at is not null';
end $$;

-- A waiting request names the witness that does not sign. Whether a place is a witness, its kind says.
alter table log_place add column kind text check (kind in ('folder', 'bucket', 'git', 'slack', 'witness'));
grant update (kind) on log_place to curfew_sequencer;
grant select on log_place to curfew_gateway, curfew_courier;
