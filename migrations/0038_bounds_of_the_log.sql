-- A row of the log is signed for ever, and each export has it. So a role of Curfew must not be able to write one that the sequencer cannot read, or that
-- the verifier refuses for its form or its size: an export with it would never verify.

-- As before, with a limit of 4 MiB. The verifier reads a body of up to 64 MiB.
create or replace function is_loggable(body jsonb) returns boolean language sql immutable
return not jsonb_path_exists(body, '$.**{32 to last}')
   and not jsonb_path_exists(body, '$.** ? (@.type() == "number" && (@ > 9007199254740991 || @ < -9007199254740991 || @ != @.floor()))')
   and octet_length(body::text) <= 4194304;

alter table copy_order add constraint copy_order_is_loggable check (is_loggable(asked));
grant execute on function is_loggable(jsonb) to curfew_cli, curfew_console;

-- The same limit for the whole row of each other table whose rows are entries. Readings have limits of their own.
do $$
declare
  its text;
begin
  foreach its in array array['copy_order', 'erasure', 'finding_decision', 'log_beginning', 'log_keys', 'mass_ending', 'mass_ending_cut_off',
                             'mass_ending_lift', 'purge', 'quarantine', 'review', 'review_decision'] loop
    execute format('alter table %I add constraint %I check (octet_length((%I.*)::text) <= 4194304)', its, its || '_is_short', its);
  end loop;
end $$;

-- As before, and a visit has at most 1,000 readings. Another visit has those after them.
create or replace function close_visit() returns boolean
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
