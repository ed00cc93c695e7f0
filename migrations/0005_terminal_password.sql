-- A password can be shown at the command line too. Each channel takes and erases only what was delivered through it.
create function was_delivered(its_click text, its_lease text, its_via text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.lease l join public.event e using (request_id)
     where l.id = its_lease and e.step = 'click/' || its_click and e.kind = 'delivered' and e.via = its_via
       and e.body ->> 'lease' = its_lease)
$$;

create function erase_delivered(its_click text, its_lease text, its_via text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  its_request text;
begin
  update public.secret s set sealed = null, erased_at = public.ledger_now()
    from public.lease l
   where s.lease_id = its_lease and l.id = its_lease and s.sealed is not null
     and public.was_delivered(its_click, its_lease, its_via)
  returning l.request_id into its_request;
  if not found then return false; end if;
  insert into public.outbox (request_id, body)
  select its_request, '{"step": "redraw", "from": 0, "to": 0, "redraw": true}'
   where not exists (
     select from public.outbox where request_id = its_request and tries = 0 and body ? 'redraw');
  perform pg_notify('curfew_outbox', '');
  return true;
end $$;

create or replace function take_secret(its_click text, its_lease text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'slack')
$$;

create or replace function erase_secret(its_click text, its_lease text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.erase_delivered(its_click, its_lease, 'slack')
$$;

create function take_secret_at_terminal(its_click text, its_lease text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sealed from public.secret where lease_id = its_lease and public.was_delivered(its_click, its_lease, 'cli')
$$;

create function erase_secret_at_terminal(its_click text, its_lease text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.erase_delivered(its_click, its_lease, 'cli')
$$;

drop function was_delivered(text, text);

revoke all on function was_delivered(text, text, text), erase_delivered(text, text, text),
  take_secret_at_terminal(text, text), erase_secret_at_terminal(text, text) from public;
grant execute on function take_secret_at_terminal(text, text), erase_secret_at_terminal(text, text) to curfew_cli;

-- The command line may say that somebody wants to see a password. A worker decides whether that person may.
alter policy cli_writes on click with check (via = 'cli');
