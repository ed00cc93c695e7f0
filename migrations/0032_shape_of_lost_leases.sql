-- Whoever reads the plan of a quarantine compares the serials of its entries. An entry without one must not keep the others from being read.
alter table quarantine_lease add constraint quarantine_lease_serial check (coalesce(entry ->> 'serial' ~ '^[0-9]{1,16}$', false)) not valid;
alter table quarantine_lease validate constraint quarantine_lease_serial;
