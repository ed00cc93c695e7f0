import type { RequestId } from '../../../core/ids.ts';

/**
 * What an attack is aimed at: an active request, a click to end it, and a lease with the click that delivered its password in
 * Slack. `typed` is the lease of another request, with the click that delivered its password at the command line. `extended`: a
 * request whose extension is approved and recorded, and whose lease row has the old end. `failed`: one whose extension failed.
 */
export type Victim = Readonly<{
  request: RequestId;
  lease: string;
  click: string;
  delivered: string;
  extended: RequestId;
  failed: RequestId;
  typed: Readonly<{ lease: string; click: string }>;
}>;

type Attack = (victim: Victim) => string;

const click =
  (via: string): Attack =>
  ({ request }) =>
    `insert into click (id, kind, request_id, via, account, person, body, source)
     values ('click_forged', 'approve', '${request}', '${via}', 'U1', 'cy', '{"digest":"d1"}', null)`;

const event =
  (kind: string, kindOfBody = kind): Attack =>
  ({ request, lease }) =>
    `insert into event (request_id, seq, step, kind, body, via, at)
     values ('${request}', 900, 'forged', '${kind}', '{"kind":"${kindOfBody}","lease":"${lease}"}', 'workflow', now())`;

const TABLES =
  'click attempt_count account_check event event_text request lease holding secret free_text event_free_text outbox posted_message request_lock provider_lock access_check target_pass finding finding_decision finding_reason use_plan use_reading review review_text review_member review_draw review_line review_decision review_reason vendor_budget vendor_turn reading visit visit_lock copy_order'.split(
    ' ',
  );

/** Succeeds when one of the tables can be locked, so that nobody can write to it. */
const lockAny: Attack = () => `
  do $$
  declare
    name text;
  begin
    foreach name in array array[${TABLES.map((each) => `'${each}'`).join(', ')}] loop
      begin
        execute format('lock table %I in share mode', name);
        return;
      exception
        when insufficient_privilege then null;
      end;
    end loop;
    raise insufficient_privilege;
  end $$`;

/** Succeeds when the role may run one of the statements. */
const anyOf =
  (...statements: readonly string[]): Attack =>
  () =>
    `
  do $$
  declare
    each text;
  begin
    foreach each in array array[${statements.map((each) => `'${each.replaceAll("'", "''")}'`).join(', ')}] loop
      begin
        execute each;
        return;
      exception
        when insufficient_privilege then null;
      end;
    end loop;
    raise insufficient_privilege;
  end $$`;

/** One statement for each line of the table in docs/security.md. */
export const HARMS: Readonly<Record<string, Attack>> = {
  'forge a click in Slack': click('slack'),
  'forge a click at the command line': click('cli'),
  'forge a click in the console': click('console'),
  'lock everything': () =>
    `insert into mass_ending (id, scope, made_by, needs) values ('end_forged', '{"kind":"everything"}', 'cy', 1)`,
  'lift a lock': () =>
    `insert into mass_ending_lift (mass_ending_id, person, click_id) values ('end_victim', 'cy', 'click_forged')`,
  'say that something was cut off': () =>
    `insert into mass_ending_cut_off (mass_ending_id, provider, text_hash, done, again) values ('end_victim', 'fake', 'x', '{}', '{}')`,
  'change a mass ending or a lift': anyOf(
    `update mass_ending set needs = 1 where id = 'end_victim'`,
    `update mass_ending_lift set person = 'cy' where mass_ending_id = 'end_victim'`,
    `delete from mass_ending_lift where mass_ending_id = 'end_victim'`,
    `update mass_ending_cut_off set done = '{}' where mass_ending_id = 'end_victim'`,
  ),
  'forge a click at the command line for a password': ({ request, lease }) =>
    `insert into click (id, kind, request_id, via, account, person, body, source)
     values ('click_forged', 'deliver', '${request}', 'cli', 'ana', 'ana', '{"lease":"${lease}"}', null)`,
  'forge a click that was checked already': ({ request }) =>
    `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
     values ('click_forged', 'request', '${request}', 'slack', 'U1', 'cy', '{}', now(), '{"kind":"started"}')`,
  'forge the outcome of a click': ({ click: id }) =>
    `update click set outcome = '{"kind":"started"}', done_at = now() where id = '${id}'`,
  'change what a person sent': ({ click: id }) => `update click set body = '{}' where id = '${id}'`,
  'change who clicked': ({ click: id }) => `update click set person = 'cy' where id = '${id}'`,
  'forge the facts of an account': ({ click: id }) =>
    `insert into account_check (click_id, facts) values ('${id}', '{}')`,
  'change the facts of an account': ({ click: id }) =>
    `update account_check set facts = '{}' where click_id = '${id}'`,
  'let a click wait for Slack': ({ click: id }) => `insert into unchecked_click (click_id) values ('${id}')`,
  'delete a click': ({ click: id }) => `delete from click where id = '${id}'`,

  'forge a submission': event('requested'),
  'forge a judgement': event('judged'),
  'forge an approval': event('approved'),
  'forge an approval as an event of another kind': event('granted', 'approved'),
  'forge the start of a grant': event('grant-started'),
  'forge an intent': event('intended'),
  'forge a grant': event('granted'),
  'forge the start of an access': event('activated'),
  'forge the delivery of a password': event('delivered'),
  'forge a request for a later end': event('extension-requested'),
  'forge an approval of a later end': event('extension-approved'),
  'forge the start of an extension': event('extension-started'),
  'forge the later end of a lease': event('lease-extended'),
  'forge an extension': event('extended'),
  'forge the end of an extension': event('extension-closed'),
  'forge the adoption of a later end': event('end-adopted'),
  'adopt a later end that the plan of no open quarantine has': ({ request }) =>
    `insert into event (request_id, seq, step, kind, body, via, at)
     values ('${request}', 900, 'forged', 'end-adopted', '{"kind":"end-adopted","endsAt":9000000000000}', 'sweeper', now())`,
  'adopt a later end by a plan that is forged too': ({ request, lease }) =>
    `insert into quarantine (reason, ledger_serial, manifest_serial) values ('forged', 1, 2);
     insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
     select id, '${lease}', 'later-end', '{"serial":1}', '', '${request}', 'x', '2200-01-01' from quarantine where ended_at is null;
     insert into event (request_id, seq, step, kind, body, via, at)
     values ('${request}', 900, 'forged', 'end-adopted', '{"kind":"end-adopted","endsAt":7000000000000}', 'sweeper', now())`,
  'move the end of a lease without an adoption': ({ request }) => `
    do $$
    begin
      if adopt_end('${request}') = 0 then
        raise insufficient_privilege;
      end if;
    end $$`,
  'raise the serial of the manifest': () => 'update manifest_serial set serial = serial + 1000',
  'use up the serials of the manifest': () => 'update manifest_serial set serial = 9000000000000000000',
  'begin a quarantine': () =>
    `insert into quarantine (reason, ledger_serial, manifest_serial) values ('forged', 1, 2)`,
  'end a quarantine': () =>
    `insert into quarantine (reason, ledger_serial, manifest_serial) values ('restored', 1, 2);
     update quarantine set ended_at = now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null`,
  'answer for somebody that the quarantine is over': () =>
    `insert into quarantine_answer (id, quarantine_id, account, person, plan_digest)
     select gen_random_uuid()::text, id, 'dee', 'dee', 'd' from quarantine limit 1`,
  'keep an entry from being written to the manifest': () => 'update manifest_entry set written = wanted',
  'say that the access of a lost lease is gone': () =>
    `update quarantine_lease set gone_at = now() where lease_id = 'lease_lost'`,
  'change for what a lease was granted': ({ lease }) =>
    `update lease set holding_id = null, found_spec = '{}' where id = '${lease}'`,
  'forge a lost lease': () =>
    `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
     select id, 'lease_forged', 'unknown', '{"serial":1}', 'forged', 'req_forged', 'access', now() from quarantine limit 1`,
  'forge a question': event('asked'),
  'forge an answer to a question': event('answered'),
  'forge a refusal': event('refused'),
  'forge an end': event('revoke-started'),
  'forge a receipt': event('revoked'),
  'forge a closing': event('closed'),
  'forge a report of a revocation without the ledger': event('undone'),
  'forge a repair': event('repaired'),
  'forge a report of drift': event('drifted'),
  'forge a report of a clean-up': event('tidied'),
  'change an event': ({ request }) => `update event set via = 'cli' where request_id = '${request}'`,
  'delete an event': ({ request }) => `delete from event where request_id = '${request}'`,
  'empty the trail': () => 'truncate event',

  'make a request without events': ({ request }) =>
    `insert into request select 'req_forged', requester, entitlement, minutes, state, targets, shown, approvers, opened_at, lapses_at
       from request where id = '${request}'`,
  'change the state of a request': ({ request }) =>
    `update request set state = 'closed' where id = '${request}'`,
  'change what was approved': ({ request }) => `update request set targets = '[]' where id = '${request}'`,
  'delete a request': ({ request }) => `delete from request where id = '${request}'`,
  'make a lease without an approval': ({ request }) =>
    `insert into lease (id, request_id, position, provider, state, lock_key, ends_at)
     values ('lease_forged', '${request}', 9, 'fake', 'grant-started', 'x', now() + interval '1 day')`,
  'put a lease on the access of another one': ({ request, lease }) =>
    `insert into lease (id, request_id, position, provider, state, lock_key, ends_at, holding_id)
     select 'lease_forged', '${request}', 9, provider, 'granted', lock_key, ends_at, holding_id from lease where id = '${lease}'`,
  'change the state of a lease': ({ lease }) => `update lease set state = 'granted' where id = '${lease}'`,
  'move the end of a lease': ({ lease }) =>
    `update lease set ends_at = 'infinity', next_try_at = 'infinity' where id = '${lease}'`,
  'move the ends of a request without an approval': ({ request }) =>
    `select from extend_leases('${request}') as moved where moved > 0`,
  'move the ends of a request to its approved extension': ({ extended }) =>
    `select from extend_leases('${extended}') as moved where moved > 0`,
  'put the accesses of a request in doubt': ({ failed }) => `select doubt_leases('${failed}')`,
  'hide a lease from the sweeper': ({ lease }) =>
    `update lease set next_try_at = 'infinity' where id = '${lease}'`,
  'delete a lease': ({ lease }) => `delete from lease where id = '${lease}'`,
  'change the prior state of an account': () => `update holding set prior = 'admin'`,
  'fill the rate of a provider': () =>
    `insert into vendor_budget (provider) values ('forged');
     insert into vendor_turn (provider, key, kind, points, at, has_begun) values ('forged', 'x', 'end', 900, now(), true)`,
  'keep an access from being verified': () => 'update provider_lock set verify_at = null, doubt_until = null',

  'forge a notification': ({ request }) =>
    `insert into outbox (request_id, body) values ('${request}', '{"step":"open","from":0,"to":1}')`,
  'lose a notification': ({ request }) => `update outbox set sent_at = now() where request_id = '${request}'`,
  'change a notification': ({ request }) => `update outbox set body = '{}' where request_id = '${request}'`,
  'delete a notification': ({ request }) => `delete from outbox where request_id = '${request}'`,
  'redirect a card': ({ request }) =>
    `update posted_message set channel = 'C0OTHER' where request_id = '${request}'`,
  'change when a person gets messages': () =>
    `insert into message_preference (person, time_zone, weekly) values ('ana', 'UTC', true)`,
  'change how often a person did something': () =>
    `insert into attempt_count (who, kind) values ('ana', 'forged')`,
  'remove the count of attempts above a limit': () => `delete from attempt_count where who = 'ana'`,
  'delay a message to a person': ({ request }) =>
    `insert into deferred_message (person, kind, request_id, due_at, next_try_at)
     values ('ana', 'news', '${request}', now(), now())`,
  'lose a wake-up': ({ request }) => `delete from wake_up where request_id = '${request}'`,

  'read a sealed password': ({ lease }) => `select sealed from secret where lease_id = '${lease}'`,
  'take a password that was delivered': ({ delivered, lease }) =>
    `select from take_secret('${delivered}', '${lease}') as sealed where sealed is not null`,
  'take a password that was not delivered': ({ click: id, lease }) =>
    `select from take_secret('${id}', '${lease}') as sealed where sealed is not null`,
  'take a password that was delivered at the command line': ({ typed }) =>
    `select from take_secret_at_terminal('${typed.click}', '${typed.lease}') as sealed where sealed is not null`,
  'take one that was delivered in Slack, at the command line': ({ delivered, lease }) =>
    `select from take_secret_at_terminal('${delivered}', '${lease}') as sealed where sealed is not null`,
  'take one that was delivered at the command line, in Slack': ({ typed }) =>
    `select from take_secret('${typed.click}', '${typed.lease}') as sealed where sealed is not null`,
  'erase a password that was delivered': ({ delivered, lease }) =>
    `select from erase_secret('${delivered}', '${lease}') as erased where erased`,
  'erase a password that was delivered at the command line': ({ typed }) =>
    `select from erase_secret_at_terminal('${typed.click}', '${typed.lease}') as erased where erased`,
  'erase any password': ({ lease }) =>
    `update secret set sealed = null, erased_at = now() where lease_id = '${lease}'`,
  'change when a password was delivered': ({ lease }) =>
    `update secret set delivered_at = null where lease_id = '${lease}'`,
  'replace a password': ({ lease }) => `delete from secret where lease_id = '${lease}'`,
  'read the reasons of people': ({ request }) => `select body from free_text where request_id = '${request}'`,
  'read what people wrote with an event': () => 'select count(body) from event_free_text',
  'read what a provider showed': ({ request }) =>
    `select texts from event_text where request_id = '${request}'`,
  'change what a provider showed': ({ request }) =>
    `update event_text set texts = '[]' where request_id = '${request}'`,
  'read what people clicked': ({ click: id }) => `select body from click where id = '${id}'`,
  'change the reasons of people': ({ request }) =>
    `update free_text set body = 'x' where request_id = '${request}'`,
  'delete the reasons of people': ({ request }) => `delete from free_text where request_id = '${request}'`,
  'read who has which access': ({ request }) => `select body from event where request_id = '${request}'`,

  'forge a finding': () =>
    `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
     values ('find_forged', 'access', 'fake', 'y', 'y', '{}', 'y', 'i', 'eve', 'read', true, '[]', 'open')`,
  'hide a finding': () => `update finding set state = 'gone' where id = 'find_victim'`,
  'record access as standing access': () => `update finding set state = 'adopted' where id = 'find_victim'`,
  'forge a decision about a finding': () =>
    `insert into finding_decision (click_id, finding_id, kind, by, via) values ('click_f', 'find_victim', 'revoke', 'cy', 'cli')`,
  'change a decision about a finding': () =>
    `update finding_decision set by = 'cy' where click_id = 'click_decided'`,
  'let a decision be carried out that is not recorded': () =>
    `update finding set decision = 'click_f', work_at = now() where id = 'find_victim'`,
  'put off the looks at access': ({ lease }) =>
    `update access_check set next_at = null where lease_id = '${lease}'`,
  'put off the passes through the targets': () => `update target_pass set next_at = 'infinity'`,
  'use up the calls of the looks': () => `update read_budget set calls = -1e9`,
  'tell nobody of a finding': () => `update finding set draw_at = null where id = 'find_victim'`,
  'read why somebody adopted access': () => `select body from finding_reason`,
  'change why somebody adopted access': () => `update finding_reason set body = 'x'`,
  'forge a reading of use': ({ lease }) =>
    `insert into use_reading (lease_id, read_at, source, kind, why) values ('${lease}', now(), 'x', 'unknown', 'x')`,
  'change a reading of use': ({ lease }) => `update use_reading set why = 'x' where lease_id = '${lease}'`,
  'put off the readings of use': ({ lease }) =>
    `update use_plan set next_at = null where lease_id = '${lease}'`,
  'read what was done with a lease': ({ lease }) =>
    `select amount from use_reading where lease_id = '${lease}'`,
  'hold the lock of a request for ever': ({ request }) =>
    `select from request_lock where request_id = '${request}' for update`,
  'hold the lock of an access for ever': () => `update provider_lock set ends_at = 'infinity'`,
  'hold the row of a lease for ever': ({ lease }) => `select from lease where id = '${lease}' for update`,
  'hold the row of a click for ever': ({ click: id }) => `select from click where id = '${id}' for update`,
  'hold a notification for ever': ({ request }) =>
    `select from outbox where request_id = '${request}' for update`,
  'hold the wake-ups for ever': () => 'lock table wake_up in access exclusive mode',
  'hold the clicks that wait for Slack for ever': () => 'lock table unchecked_click in access exclusive mode',
  'hold any other table for ever': lockAny,
  'hold every advisory lock for ever': () => 'select pg_advisory_lock(7)',

  'remove the protection of the trail': () => 'alter table event disable trigger all',
  'change the rights': () => 'alter table event disable row level security',
  'change the clock': () =>
    `create or replace function ledger_now() returns timestamptz language sql as 'select now()'`,
  'make a table': () => 'create table forged (id int)',
  'make a temporary table': () => 'create temporary table forged (id int)',
  'fill the disk with large objects': anyOf(
    'select lo_creat(-1)',
    'select lo_create(0)',
    `select lo_from_bytea(0, 'x')`,
  ),
  'act as another part': () => 'set local role curfew_worker',
  'choose the number of a row in the log': ({ request }) =>
    `insert into event (request_id, seq, step, kind, body, via, at, log_id)
     values ('${request}', 900, 'forged', 'refused', '{"kind":"refused"}', 'workflow', now(), 1000000)`,
  'change or delete what is in the log': anyOf(
    'update log_entry set log_id = -1',
    'delete from log_entry',
    `update log_checkpoint set note = ''`,
    'delete from log_checkpoint',
    'delete from log_tile',
    'delete from log_beginning',
  ),
  'put an entry into the log that nobody recorded': () =>
    'insert into log_entry (index, log_id) values (1000000, 1000000)',
  'hide a row from the log': () => 'delete from log_gap',
  'say that a checkpoint was published': () => `insert into log_checkpoint (size, note) values (2, 'forged')`,
  'say that the log was examined': () => 'update log_examination set next = size, ended_at = now()',
  'let the SIEM miss records': () => 'update log_stream set next = next + 1',
  'sign somebody in to the console': () =>
    `insert into console_session (id_hash, person, account, zone, own_zone) values (sha256('x'), 'ana', 'x', 'UTC', 'UTC')`,
  'take over a session of the console': () => `update console_session set person = 'dee'`,
  'say that somebody looked at something': () =>
    `insert into reading (person, kind, address) values ('ana', 'page', '/')`,
  'order a copy of the log in the name of somebody': () =>
    `insert into copy_order (id, by, via, asked) values (gen_random_uuid(), 'ana', 'cli', '{}')`,
  'open a review in the name of somebody': () =>
    `insert into review (id, opened_by, title_hash, scope, from_at, to_at, due_at, population, population_digest)
     values ('review_forged', 'dee', 'x', '{}', '2026-01-01', '2026-02-01', '2026-03-01', 1, 'x')`,
  'put another access into a review': () =>
    `insert into review_line (review_id, position, line_id, kind, provider, target_name, level, since, approved_by)
     values ('review_victim', 9, 'lease_forged', 'grant', 'fake', 'x', 'read', now(), '{}')`,
  'choose the checkpoint of a sample': () =>
    `insert into review_draw (review_id, size, root) values ('review_victim', 1, 'x')`,
  'forge a decision about a line of a review': () =>
    `insert into review_decision (click_id, review_id, line_id, kind, by, via) values ('click_f', 'review_victim', 'lease_x', 'certify', 'cy', 'cli')`,
  'change a review or a decision about a line': anyOf(
    `update review set due_at = now()`,
    `delete from review_member`,
    `update review_line set person = 'cy'`,
    `update review_decision set by = 'cy'`,
    `delete from review_decision`,
  ),
  'read why somebody objected in a review': () => `select body from review_reason`,
  'hide that somebody looked at something': anyOf(
    'delete from reading',
    `update reading set person = 'cy'`,
    `update reading set visit_id = 1`,
    'delete from visit',
    `update visit set person = 'cy'`,
  ),
  'put a visit into the log that nobody made': () =>
    `insert into visit (person, from_at, until_at) values ('ana', now(), now() + interval '15 minutes')`,
  'keep readings out of the log': () => 'update visit_lock set one = true',
};
