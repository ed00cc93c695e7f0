-- When the first attempt to post a message began that ended without an answer of Slack. Then the message may be there.
alter table posted_message add column tried_since timestamptz;
grant update (tried_since) on posted_message to curfew_courier;
