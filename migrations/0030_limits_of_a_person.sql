-- The state of a request is computed from the events that change it, so its time does not grow with refusals. A refusal that repeats another
-- is found without reading the others.
create index event_changes on event (request_id, seq) where kind <> 'refused';
create index event_refused on event (request_id, coalesce(body ->> 'by', ''), (body ->> 'tried'), (body -> 'refusal' ->> 'code')) where kind = 'refused';
