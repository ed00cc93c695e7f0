import { rows } from '../own-ledger.fixture.ts';

// Each column that can hold words is in one of the two lists of this file. Whoever adds a column decides: a column with words or names of people is in
// WITH_WORDS, and the fixtures of this folder fill it. Every other one is in WITHOUT_WORDS, under the reason.

/** The columns that have the words of a person before the erasure, and none afterwards. */
export const WITH_WORDS: readonly string[] = [
  'access_check.problem',
  'access_period.account_name',
  'click.account',
  'click.body',
  'click.outcome',
  'console_session.account',
  'event_free_text.body',
  'event_text.texts',
  'finding.problem',
  'finding.sources',
  'finding.subject_name',
  'finding.what',
  'finding.why',
  'finding.why_no_adopt',
  'finding.why_no_revoke',
  'finding_decision.refusal',
  'finding_reason.body',
  'free_text.body',
  'holding.subject_name',
  'lease.last_fault',
  'lease.lock_key',
  'mass_ending_cut_off_text.seen',
  'mass_ending_cut_off_text.to_undo',
  'mass_ending_reason.body',
  'outbox.last_fault',
  'provider_lock.key',
  'quarantine_answer.account',
  'quarantine_lease.entry',
  'quarantine_lease.seen',
  'quarantine_lease.signed',
  'request.shown',
  'request.targets',
  'review_reason.body',
  'review_text.title',
  'use_reading.why',
];

/** The columns that never have words of a person, under the reason. */
export const WITHOUT_WORDS: Readonly<Record<string, string>> = {
  'the id of a person, and stays': `
    access_period.person approval_list.person approval_list.requester approval_pair.other approval_pair.person click.person console_session.person
    deferred_message.person erasure.person finding.closed_by finding_decision.by first_request.person mass_ending.made_by mass_ending_lift.counting
    mass_ending_lift.person message_preference.person quarantine.ended_by quarantine_answer.person reading.person request.approvers
    request.extension_approvers request.requester request_list.approved_by request_list.approvers request_list.person review.opened_by
    review_decision.by review_line.approved_by review_line.person visit.person`,
  'the id that a vendor or Slack gave to an account, and stays': `
    access_period.account_id finding.subject_id holding.subject_id posted_message.channel quarantine_lease.access_key`,
  'a login or an address that is in the log, and stays': `
    copy_order.by erasure.erased_by log_beginning.begun_by purge.purged_by reading.address`,
  'a person, or an account that nobody has in people.yaml': `attempt_count.who`,
  'ids, codes and flags': `account_check.facts copy_order.asked event.body mass_ending.scope outbox.body review.scope review_decision.refusal`,
  'the id of something else': `
    access_check.lease_id access_period.lease_id access_period.request_id account_check.click_id approval_list.request_id click.id click.request_id
    click.source deferred_message.request_id event.request_id event.step event_free_text.request_id event_text.request_id finding.decision finding.id
    finding.lease_id finding.message finding_decision.click_id finding_decision.finding_id finding_reason.click_id first_request.request_id
    free_text.request_id judgement.request_id lease.id lease.request_id log_examination.lease_after log_gap.holders manifest_entry.lease_id
    mass_ending.id mass_ending_cut_off.again mass_ending_cut_off.done mass_ending_cut_off.mass_ending_id mass_ending_cut_off_text.salt
    mass_ending_lift.click_id mass_ending_lift.mass_ending_id mass_ending_reason.mass_ending_id outbox.request_id posted_message.place
    posted_message.request_id posted_message.ts quarantine_answer.id quarantine_lease.lease_id quarantine_lease.request_id request.id request_list.id
    request_lock.request_id review.id review_decision.click_id review_decision.line_id review_decision.review_id review_draw.review_id review_line.line_id
    review_line.request_id review_line.review_id review_member.id review_member.review_id review_reason.click_id review_text.review_id secret.lease_id
    unchecked_click.click_id use_plan.lease_id use_reading.lease_id vendor_turn.key wake_up.request_id`,
  'one of a few words of Curfew': `
    access_check.change attempt_count.kind click.kind click.via copy_order.via deferred_message.kind event.kind event.via event_free_text.kind
    finding.closed_via finding.kind finding.state finding_decision.kind finding_decision.via free_text.kind judgement.kind lease.state log_place.kind
    manifest_entry.state number_count.list quarantine_lease.kind reading.kind request.state request_list.ending request_list.state review_decision.kind
    review_decision.via review_line.kind use_plan.change use_reading.kind vendor_turn.kind`,
  'a name of the catalogue, the policy or a vendor, or a time zone': `
    access_check.provider access_period.entitlement access_period.level access_period.provider access_period.target_key access_period.target_name
    approval_list.entitlement console_session.own_zone console_session.zone finding.level finding.provider finding.target finding.target_key
    finding.target_name first_request.entitlement first_request.policy holding.prior holding.provider holding.target_key judgement.policy
    lease.found_spec lease.provider mass_ending_cut_off.provider message_preference.time_zone number_count.label policy_use.policy read_budget.provider
    request.entitlement request_list.classes request_list.entitlement request_list.providers review_line.entitlement review_line.level
    review_line.provider review_line.target_name target_pass.entitlements target_pass.found_key target_pass.provider target_pass.spec
    target_pass.target_key target_pass.target_name use_plan.provider use_reading.mark use_reading.parts use_reading.source use_reading.unit
    vendor_budget.provider vendor_turn.provider`,
  'a hash, a signature, a random value, or sealed': `
    console_session.id_hash console_sign_in.id_hash console_sign_in.nonce console_sign_in.state console_sign_in.verifier event_free_text.salt
    event_text.salt finding_decision.reason_hash finding_decision.seen finding_reason.salt free_text.salt log_tile.hashes mass_ending.reason_hash
    mass_ending_cut_off.text_hash mass_ending_reason.salt purge.digest quarantine.plan_digest quarantine_answer.plan_digest request_list.digest
    review.population_digest review.title_hash review_decision.reason_hash review_draw.root review_reason.salt review_text.salt secret.sealed`,
  'of the log, its places and the database': `
    event_partition.name log_beginning.name log_beginning.previous log_beginning.previous_note log_checkpoint.note log_cosignature.line
    log_cosignature.place log_examination.log log_keys.keys log_place.loss log_place.name log_place.problem log_state.name log_stream.claimed_by
    log_stream.log log_stream.problem log_stream.sink migration.name`,
  'a sentence about the ledger or the policy': `quarantine.reason quarantine_answer.refusal`,
  'of a whole target, until the next look at it': `target_pass.note target_pass.problem`,
  'of nobody yet, for ten minutes': `console_sign_in.path`,
};

/** Each column of a table, with the SQL of both names. */
type Column = Readonly<{ place: string; table: string; column: string; isWord: boolean }>;

/** Every column of every table. `isWord`: its type can hold words, so it is no number, time, truth value, range or UUID. */
export const allColumns = (): Promise<readonly Column[]> =>
  rows<Column>(
    `select format('%s.%s', c.relname, a.attname) as place, format('%I.%I', n.nspname, c.relname) as table, format('%I', a.attname) as column,
            t.typcategory not in ('N', 'D', 'T', 'B', 'R') and t.typname <> 'uuid' as "isWord"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p', 'm') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' order by 1`,
  );
