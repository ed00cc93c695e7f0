-- The target as it was found before the first write, with the vendor's own id where it has one: what is taken away
-- is that one, whatever it is called by then. The catalogue's words, which were approved, stay with the request.
alter table lease add column pinned jsonb;
