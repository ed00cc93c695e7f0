/** Empties every table. In the transaction of a seed, so each seed begins with the same pages on disk, and the end brings them back. */
export const EMPTY_TABLES = `set local session_replication_role = replica;
  do $$ begin execute (
    select 'truncate ' || string_agg(c.oid::regclass::text, ', ') || ' restart identity' from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not in ('pgmigrations', 'manifest_serial')); end $$;
  set local session_replication_role = origin`;
