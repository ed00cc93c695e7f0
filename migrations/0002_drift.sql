-- Two kinds of events are new: somebody changed access by hand, and what a lease left is cleaned up.
alter table event drop constraint event_kind_check;
alter table event add constraint event_kind_check check (kind in (
  'requested', 'judged', 'approved', 'grant-started', 'intended', 'granted', 'activated', 'delivered',
  'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused')) not valid;
alter table event validate constraint event_kind_check;

alter policy provider_records on event with check (kind in (
  'intended', 'granted', 'activated', 'undone', 'repaired', 'drifted', 'revoke-started', 'revoked', 'closed'));
alter policy sweeper_records on event with check (kind in (
  'requested', 'judged', 'repaired', 'drifted', 'revoke-started', 'revoked', 'tidied', 'closed', 'refused'));

-- When a look last showed that the grant of a lease waits for its person.
alter table lease add column awaited_at timestamptz;
grant update (awaited_at) on lease to curfew_provider, curfew_sweeper;
