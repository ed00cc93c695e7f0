-- The console shows what a mass ending would end. That includes access that a restored ledger has lost.
grant select on quarantine_lease to curfew_console;
