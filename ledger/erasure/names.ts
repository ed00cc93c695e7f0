import { ERASED } from '../salted-text.ts';
import { CLOSED, SETTLED, SETTLED_LEASES } from './scope.ts';

/** How the person `$1` is called, and how they sign in. Their id stays. Slack's id of their account stays as well, because what Slack said of it does. */
const OF_PERSON: readonly string[] = [
  `update request set shown = jsonb_set(shown, '{requester}', '{"name": "${ERASED}"}') where id in ${CLOSED}`,
  `update console_session set account = '${ERASED}' where person = $1 and (ended_at is not null or begun_at < ledger_now() - interval '1 day')`,
  `update quarantine_answer set account = '${ERASED}' where person = $1 and decided_at is not null`,
];

/** A click that was decided and whose request is not open. A submission that waits for its workflow has its reason. */
const IS_OVER = `person = $1 and done_at is not null and request_id not in (select id from request where state <> 'closed')
  and not (kind = 'request' and body ? 'reason' and not exists (select from event e where e.request_id = click.request_id))`;

/** What the person typed, and what they read of it. A refusal keeps its code. */
const OF_CLICKS = `update click set
    account = case via when 'slack' then account else '${ERASED}' end,
    body = body - '{reason,note,title,entitlement,length,refusal}'::text[],
    outcome = case when outcome ? 'refusal' then jsonb_set(outcome, '{refusal}', jsonb_build_object('code', outcome -> 'refusal' -> 'code')) else outcome end
  where ${IS_OVER}`;

/** What vendors and Slack said about work for the closed requests. */
const FAULTS: readonly string[] = [
  `update lease set last_fault = null where request_id in ${CLOSED} and last_fault is not null`,
  `update access_check set problem = null where problem is not null and lease_id in (select id from lease where request_id in ${CLOSED})`,
  `update outbox set last_fault = null where request_id in ${CLOSED} and last_fault is not null`,
  `update use_reading set why = '${ERASED}' where why <> '${ERASED}' and lease_id in (select id from lease where request_id in ${CLOSED})`,
];

const IS_ACCOUNT = (provider: string, name: string): string =>
  `exists (select from erased_account a where a.provider = ${provider} and a.name = lower(${name}))`;
const IS_SUBJECT = (provider: string, id: string): string =>
  `exists (select from erased_account a where a.provider = ${provider} and a.subject_id = ${id})`;

/** A finding that is over, about an account of the person. */
const IS_OVER_FINDING = `state in ('revoked', 'gone')
  and (lease_id in ${SETTLED_LEASES} or ${IS_ACCOUNT('provider', 'subject_name')} or ${IS_SUBJECT('provider', 'subject_id')})`;

/** A provider that needs no account has the id of the person as its account. */
const ACCOUNT_OF = `case when target ->> 'account' = $1 then target else jsonb_set(target, '{account}', '"${ERASED}"') end`;

/** The vendor's id of an account stays, also when it is the name: the log has it in the intent. Without an intent, the id of a row is the name in the request. */
const HAS_VENDOR_ID = `exists (select from lease l where l.id = access_period.lease_id and l.holding_id is not null)`;

/**
 * The accounts of settled requests. The key of a lease keeps its target, and has the id of the lease in place of the account. A lock that nobody needs is
 * deleted: the next one of that access begins anew, with another owner.
 */
const ACCOUNTS: readonly string[] = [
  `update request r set targets = (select jsonb_agg(${ACCOUNT_OF} order by nth) from jsonb_array_elements(r.targets) with ordinality as t (target, nth))
    where id in ${SETTLED} and targets <> '[]'`,
  `update lease l set lock_key = concat_ws(E'\\n', l.provider, r.targets -> l.position ->> 'lockKey', l.id)
     from request r where r.id = l.request_id and r.id in ${SETTLED}`,
  `delete from provider_lock p
    where ends_at <= ledger_now() and verify_at is null and coalesce(doubt_until <= ledger_now(), true)
      and exists (select from erased_account a where a.provider = split_part(p.key, E'\\n', 1) and right(p.key, length(a.name) + 1) = E'\\n' || a.name)
      and not exists (select from lease l where l.lock_key = p.key)`,
  `update holding set subject_name = '${ERASED}' where closed_at is not null and subject_name <> $1 and id in (
     select holding_id from lease where request_id in ${SETTLED})
     and not exists (select from lease l join request r on r.id = l.request_id where l.holding_id = holding.id and r.requester <> $1)`,
  `update access_period set account_name = '${ERASED}', account_id = case when ${HAS_VENDOR_ID} then account_id else '${ERASED}' end
    where request_id in ${SETTLED} and account_name <> $1`,
  `update finding_decision set refusal = jsonb_set(refusal, '{why}', '"${ERASED}"')
    where refusal ->> 'code' in ('cannot-adopt', 'cannot-revoke') and refusal ->> 'why' <> '${ERASED}'
      and finding_id in (select id from finding where ${IS_OVER_FINDING})`,
  `update finding set subject_name = '${ERASED}', sources = '[]', why_no_adopt = null, why_no_revoke = null, problem = null,
          what = case kind when 'mark' then '${ERASED}' else what end, why = case when why is not null then '${ERASED}' end
    where ${IS_OVER_FINDING}`,
  `update quarantine_lease set entry = jsonb_set(entry, '{subject,name}', '"${ERASED}"'), signed = '', seen = null
    where quarantine_id in (select id from quarantine where ended_at is not null) and (gone_at is not null or kind in ('later-end', 'ended-before'))
      and (request_id in ${SETTLED} or ${IS_ACCOUNT(`entry ->> 'provider'`, `entry -> 'subject' ->> 'name'`)}
           or ${IS_SUBJECT(`entry ->> 'provider'`, `entry -> 'subject' ->> 'id'`)})`,
];

/** Each writes over a name or an account of the person `$1`. */
export const NAMES: readonly string[] = [...OF_PERSON, OF_CLICKS, ...FAULTS, ...ACCOUNTS];
