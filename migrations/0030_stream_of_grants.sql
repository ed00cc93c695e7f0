-- A record of a receipt says whether the access of its lease was ever granted, so the streamer reads the grants of a request too.
alter policy streamer_reads on event using (kind in ('requested', 'intended', 'granted'));
