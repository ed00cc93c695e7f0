-- A denial, an objection and the revocation of a finding that somebody sends again are the click that waits, as an ending is. The expression is that
-- of ledger/same-ending.ts.
drop index click_same_ending, click_endings;
create unique index click_same_ending on click (via, account, kind, coalesce(person, ''), (case when kind in ('end', 'withdraw', 'deny') then request_id else '' end),
                                                md5((body - array['reason', 'note', 'title', 'channel', 'message'])::text))
  where done_at is null and kind in ('end', 'withdraw', 'deny', 'end-all', 'object', 'revoke-finding');
create index click_endings on click (via, account, kind, received_at) where kind in ('end', 'withdraw', 'deny', 'end-all', 'object', 'revoke-finding');
