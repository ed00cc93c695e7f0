-- No transaction contains NOTIFY: any login of the server can fill its queue and hold its lock. The ledger sends a hint after the commit.
create or replace function erase_delivered(its_click text, its_lease text, its_via text) returns boolean
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
  return true;
end $$;

-- Any login of a database can make large objects until the disk is full. Only a superuser can take that from everybody; `curfew doctor`
-- says when nobody did.
do $$ begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) from public;
  end if;
end $$;
