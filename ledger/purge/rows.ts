import pg from 'pg';
import type { Db } from '../pool.ts';
import { eventsIn, type Leaving } from './partitions.ts';

const OF_REQUESTS = 'request_id in (select id from leaving_request)';
const LEASES = `select id from lease where ${OF_REQUESTS}`;
const CLICKS = `select id from click where ${OF_REQUESTS}`;

/** What is added up over requests, of which some leave. */
const ADDED_UP: readonly string[] = [
  `create temporary table leaving_pair on commit drop as
   select distinct least(person, requester) as person, greatest(person, requester) as other from approval_list where ${OF_REQUESTS}`,
  `create temporary table leaving_policy on commit drop as
   select distinct policy, policy_part(request_id) as part from judgement where ${OF_REQUESTS}`,
];

/** Adds it up again over those that stay. They run while nobody records anything, and wait for nobody's row then. */
const SUMS: readonly string[] = [
  'delete from approval_pair p using leaving_pair l where l.person = p.person and l.other = p.other',
  `insert into approval_pair (person, other, approved, was_approved, first_at, last_at)
   select p.person, p.other, count(*) filter (where a.person = p.person), count(*) filter (where a.person = p.other), min(a.at), max(a.at)
     from leaving_pair p join approval_list a on least(a.person, a.requester) = p.person and greatest(a.person, a.requester) = p.other
    where p.person <> p.other group by p.person, p.other`,
  'delete from policy_use u using leaving_policy l where l.policy = u.policy and l.part = u.part',
  `insert into policy_use (policy, part, judged, first_at, last_at)
   select l.policy, l.part, count(*), min(j.at), max(j.at)
     from leaving_policy l join judgement j on j.policy = l.policy and policy_part(j.request_id) = l.part group by l.policy, l.part`,
  `with gone as (delete from first_request where ${OF_REQUESTS} returning person, entitlement)
   insert into first_request (person, entitlement, request_id, at, policy)
   select distinct on (r.requester, r.entitlement) r.requester, r.entitlement, j.request_id, j.at, j.policy
     from gone g join request r on r.requester = g.person and r.entitlement = g.entitlement join judgement j on j.request_id = r.id and j.kind = 'judged'
    order by r.requester, r.entitlement, j.at, j.request_id`,
];

/** Marks every counted day and month as changed. The lock stops the sweeper until the purge commits, so that it counts no purged request. */
const MARK_NUMBERS: readonly string[] = [
  `select from number_turn for update`,
  'insert into number_change (from_at, before_at) select from_at, before_at from number_time',
];

/** Each deletes what a table has about the requests in `leaving_request`. What refers to another table comes before it. */
const DELETIONS: readonly string[] = [
  ...MARK_NUMBERS,
  ...ADDED_UP,
  ...['use_reading', 'use_plan', 'access_check', 'manifest_entry', 'secret'].map(
    (table) => `delete from ${table} where lease_id in (${LEASES})`,
  ),
  ...['unchecked_click', 'account_check'].map(
    (table) => `delete from ${table} where click_id in (${CLICKS})`,
  ),
  ...['access_period', 'approval_list', 'judgement', 'event_text', 'event_free_text', 'free_text'].map(
    (table) => `delete from ${table} where ${OF_REQUESTS}`,
  ),
  ...['outbox', 'posted_message', 'deferred_message', 'request_lock', 'click'].map(
    (table) => `delete from ${table} where ${OF_REQUESTS}`,
  ),
  `with gone as (delete from lease where ${OF_REQUESTS} returning holding_id)
   delete from holding h where closed_at is not null and id in (select holding_id from gone)
      and not exists (select from lease l where l.holding_id = h.id and l.request_id not in (select id from leaving_request))`,
  'delete from request_list where id in (select id from leaving_request)',
  'delete from request where id in (select id from leaving_request)',
];

/** Deletes everything about the requests that leave, but their events and what is added up. */
export async function deleteRequests(owner: Db): Promise<void> {
  for (const deletion of DELETIONS) await owner.query(deletion);
}

/** While a partition is removed, and while the purge waits for that, everybody else waits who reads or writes the trail. They give up after 5 s. */
const LOCK_TIMEOUT = '1s';

/** Something was recorded in the partitions after they were compared, so they do not leave. */
export class TrailChanged extends Error {
  override readonly name = 'TrailChanged';
}

/** Others used the trail for all the time that the purge waits for it. */
export class TrailBusy extends Error {
  override readonly name = 'TrailBusy';
}
const LOCK_NOT_AVAILABLE = '55P03';

/** Removes these partitions, which must have just these events, and adds up what stays. Throws when they have others, or when the trail is busy. */
export async function dropPartitions(owner: Db, leaving: Leaving, events: number): Promise<void> {
  await owner.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  await owner.query('lock table event in access exclusive mode').catch((error: unknown) => {
    throw (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE
      ? new TrailBusy('the trail is in use')
      : error;
  });
  const { rows } = await owner.query<{ count: number }>(
    `select count(*)::integer as count from ${eventsIn(leaving)} e`,
  );
  if (rows[0]?.count !== events) throw new TrailChanged('an event was recorded meanwhile');
  for (const sum of SUMS) await owner.query(sum);
  for (const name of leaving.names) await owner.query(`drop table ${pg.escapeIdentifier(name)}`);
  await owner.query('update event_partition set left_at = ledger_now() where name = any ($1)', [
    leaving.names,
  ]);
}
