-- An erasure wrote "(erased)" over the id of an account that is also its name. The event "intended" keeps the id, so the examination of the log took this for a
-- change of the database. The id is put back.
update access_period p
   set account_id = coalesce(
         (select e.body ->> 'subject' from event e
           where e.request_id = p.request_id and e.kind = 'intended' and e.body ->> 'lease' = p.lease_id and e.seq < p.granted_seq
           order by e.seq desc limit 1),
         (select h.subject_id from lease l join holding h on h.id = l.holding_id where l.id = p.lease_id),
         p.account_id)
 where p.account_id = '(erased)';

-- An erasure writes "(erased)" over what a vendor said, because it may name the account: why the use of a lease is unknown, and why a finding could not be
-- adopted or revoked. Nothing else of these rows changes. The argument is the path of that text in the row. The log has neither of the two.
create function only_a_text_is_erased() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_jsonb(new) is not distinct from jsonb_set(to_jsonb(old), tg_argv[0]::text[], '"(erased)"', false) and new is distinct from old then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'CRF01';
end $$;
revoke all on function only_a_text_is_erased() from public;
drop trigger append_only on use_reading;
create trigger append_only before delete on use_reading for each row execute function append_only_until_purged();
create trigger only_a_text_is_erased before update on use_reading for each row execute function only_a_text_is_erased('{why}');
drop trigger append_only on finding_decision;
create trigger append_only before delete on finding_decision for each row execute function append_only();
create trigger only_a_text_is_erased before update on finding_decision for each row execute function only_a_text_is_erased('{refusal,why}');
