-- Access that ended too late is rare. Without these statistics Postgres expects it to be a ninth of all access, and reads everything that ended in a period
-- instead of the few rows of access_period_overstay.
create statistics access_period_overstay_seconds on (round(extract(epoch from ended_at - ends_at), 3)::float8) from access_period;
analyze access_period;

-- A reading comes after the grant. So for access that was granted since a moment, readings from long before it need no look at their lease.
drop index use_reading_nothing;
create index use_reading_nothing on use_reading (lease_id) include (read_at) where kind = 'known' and amount = 0;
