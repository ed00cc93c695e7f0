/**
 * SQL: each finds requests of whose access somebody still has something to do. Until then the accounts of these requests are needed: a provider is
 * asked by them.
 */
export const UNFINISHED_ACCESS: readonly string[] = [
  `select request_id from lease where state <> 'revoked' or next_try_at is not null`,
  `select l.request_id from lease l join provider_lock p on p.key = l.lock_key where p.verify_at is not null or p.doubt_until > ledger_now()`,
  `select l.request_id from lease l join access_check c on c.lease_id = l.id where c.next_at is not null`,
  `select l.request_id from lease l join use_plan p on p.lease_id = l.id where p.next_at is not null`,
  `select l.request_id from lease l join manifest_entry m on m.lease_id = l.id where m.wanted > m.written or m.state = 'live'`,
  `select request_id from quarantine_lease where kind in ('unknown', 'not-granted') and gone_at is null`,
];
